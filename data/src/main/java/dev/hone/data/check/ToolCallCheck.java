package dev.hone.data.check;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hone.data.Message;
import dev.hone.data.Suggestion;
import dev.hone.data.Tool;
import dev.hone.data.ToolCall;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether the assistant calls tools that the row has, with arguments that the tool's JSON schema
 * accepts (draft 2020-12, unless the schema names another), and whether tools answer calls that
 * were made.
 */
record ToolCallCheck() implements Check.OfRow {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Override
    public void check(CheckedRow row, Findings out) {
        boolean calls = row.messages().stream().anyMatch(m -> !m.toolCalls().isEmpty());
        boolean answers = row.messages().stream().anyMatch(m -> m.toolCallId().isPresent());
        if (!calls && !answers) {
            return;
        }
        Map<String, Tool> tools = new LinkedHashMap<>();
        row.tools().forEach(tool -> tools.put(tool.name(), tool));
        TreeSet<String> ids = new TreeSet<>();
        for (int i = 0; i < row.messages().size(); i++) {
            Message message = row.messages().get(i);
            String where = "message " + (i + 1);
            for (ToolCall call : message.toolCalls()) {
                call.id().ifPresent(ids::add);
                check(row, where, call, tools, out);
            }
            if (message.toolCallId().isPresent() && !ids.contains(message.toolCallId().get())) {
                out.add(
                        row,
                        Code.BAD_TOOL_CALL,
                        "%s answers the call \"%s\", which no message before it makes"
                                .formatted(where, message.toolCallId().get()),
                        ids.isEmpty() ? "a call with this id before it" : "one of " + ids);
            }
        }
    }

    private static void check(
            CheckedRow row, String where, ToolCall call, Map<String, Tool> tools, Findings out) {
        Tool tool = tools.get(call.name());
        if (tool == null) {
            Optional<String> near = Suggestion.nearest(call.name(), tools.keySet());
            out.add(
                    row,
                    Code.BAD_TOOL_CALL,
                    "%s calls the tool \"%s\", which the row does not have"
                            .formatted(where, call.name()),
                    near.map(name -> "\"" + name + "\"?")
                            .orElse(
                                    tools.isEmpty()
                                            ? "a list of tools in the row"
                                            : "one of " + new TreeSet<>(tools.keySet())));
            return;
        }
        // A schema that is none is reported by ToolSchemaCheck, and can refuse nothing.
        if (!(tool.function().get("parameters") instanceof Map<?, ?> parameters)
                || ToolSchemaCheck.fault(parameters).isPresent()) {
            return;
        }
        List<Error> errors;
        try {
            errors =
                    schema(parameters)
                            .validate(MAPPER.valueToTree(new HashMap<>(call.arguments())));
        } catch (RuntimeException e) {
            // The library throws what it likes at a reference it cannot follow or a bad pattern.
            out.add(
                    row,
                    Code.TOOL_SCHEMA,
                    "the parameters of the tool %s cannot be used as a JSON schema: %s"
                            .formatted(
                                    call.name(),
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    "a JSON schema that stands alone");
            return;
        }
        if (!errors.isEmpty()) {
            String more = errors.size() > 1 ? ", and %d more".formatted(errors.size() - 1) : "";
            Error first = errors.getFirst();
            out.add(
                    row,
                    Code.BAD_TOOL_CALL,
                    "%s calls %s with arguments that its schema refuses: %s%s"
                            .formatted(
                                    where,
                                    call.name(),
                                    "%s %s"
                                            .formatted(
                                                    first.getInstanceLocation(), first.getMessage())
                                            .strip(),
                                    more),
                    "arguments by the tool's parameters");
        }
    }

    private static Schema schema(Map<?, ?> parameters) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(MAPPER.valueToTree(parameters));
    }
}
