package dev.hone.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the tools that a row offers: {@code tools} or the deprecated {@code functions}, an array or
 * the JSON of one in a string; and {@code parallel_tool_calls}, which must agree with the messages.
 */
final class ToolList {

    /** Keys of a row that are read here. */
    static final Set<String> KEYS = Set.of("tools", "functions", "parallel_tool_calls");

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ToolList() {}

    /**
     * The tools of a row, none if it has none.
     *
     * @param messages the row's messages, for {@code parallel_tool_calls}
     */
    static List<Tool> read(JsonNode row, List<Message> messages) throws RowFault {
        checkParallel(row.path("parallel_tool_calls"), messages);
        if (row.hasNonNull("tools") && row.hasNonNull("functions")) {
            throw new RowFault("the row has tools and functions; expected one of them");
        }
        String key = row.hasNonNull("functions") ? "functions" : "tools";
        JsonNode array = parsed(row.path(key), key);
        if (array.isMissingNode() || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw new RowFault(
                    "%s is %s; expected an array of tools, or the JSON of one in a string"
                            .formatted(key, Fields.describe(array)));
        }
        List<Tool> tools = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            tools.add(tool(array.get(i), key + "[" + i + "]"));
        }
        return tools;
    }

    private static Tool tool(JsonNode node, String name) throws RowFault {
        JsonNode function = node.has("function") ? node.path("function") : node;
        if (!function.path("name").isString()) {
            throw new RowFault(
                    "%s has no name; expected {\"type\": \"function\", \"function\": {\"name\", \"description\", \"parameters\"}}"
                            .formatted(name));
        }
        Map<String, @Nullable Object> definition = JsonValues.object(node, name);
        if (node.has("function")) {
            return new Tool(definition);
        }
        Map<String, @Nullable Object> wrapped = new LinkedHashMap<>();
        wrapped.put("type", "function");
        wrapped.put("function", definition);
        return new Tool(wrapped);
    }

    private static JsonNode parsed(JsonNode value, String key) throws RowFault {
        if (!value.isString()) {
            return value;
        }
        String text = Fields.text(value, key);
        if (text.isBlank()) {
            return MAPPER.nullNode();
        }
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new RowFault(key + " is not valid JSON" + JsonFault.in(e));
        }
    }

    private static void checkParallel(JsonNode flag, List<Message> messages) throws RowFault {
        if (flag.isMissingNode() || flag.isNull()) {
            return;
        }
        if (!flag.isBoolean()) {
            throw new RowFault(
                    "parallel_tool_calls is %s; expected true or false"
                            .formatted(Fields.describe(flag)));
        }
        for (int i = 0; i < messages.size() && !flag.booleanValue(); i++) {
            int calls = messages.get(i).toolCalls().size();
            if (calls > 1) {
                throw new RowFault(
                        "parallel_tool_calls is false, and message %d makes %d tool calls; expected one"
                                .formatted(i + 1, calls));
            }
        }
    }
}
