package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads tool calls: OpenAI's {@code [{"id"?, "type": "function", "function": {"name",
 * "arguments"}}]}, or {@code {"name", "arguments"}} alone. Arguments are an object, or the JSON of
 * one in a string.
 */
final class ToolCalls {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ToolCalls() {}

    /** A list of calls; empty when it is absent or null. */
    static List<ToolCall> read(JsonNode array, String name) throws RowFault {
        if (array.isMissingNode() || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw new RowFault(
                    name + " is " + Fields.describe(array) + "; expected an array of tool calls");
        }
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            calls.add(one(array.get(i), name + "[" + i + "]"));
        }
        return calls;
    }

    /** One call. */
    static ToolCall one(JsonNode node, String name) throws RowFault {
        JsonNode call = node.has("function") ? node.path("function") : node;
        String at = node.has("function") ? name + ".function" : name;
        if (!call.isObject()) {
            throw new RowFault(
                    at + " is " + Fields.describe(call) + "; expected {\"name\", \"arguments\"}");
        }
        Optional<String> id =
                Optional.of(Fields.optionalText(node.path("id"), name + ".id"))
                        .filter(text -> !text.isEmpty());
        return new ToolCall(
                id,
                Fields.filledText(call.path("name"), at + ".name"),
                arguments(call.path("arguments"), at + ".arguments"));
    }

    /** The calls that a text holds as JSON: one object or a list of them. */
    static List<ToolCall> inText(JsonNode text, String name) throws RowFault {
        JsonNode parsed = text.isString() ? parse(Fields.text(text, name), name) : text;
        return parsed.isArray() ? read(parsed, name) : List.of(one(parsed, name));
    }

    private static Map<String, @Nullable Object> arguments(JsonNode value, String name)
            throws RowFault {
        JsonNode arguments = value;
        if (value.isString()) {
            String text = Fields.text(value, name);
            arguments = text.isBlank() ? MAPPER.createObjectNode() : parse(text, name);
        } else if (value.isMissingNode() || value.isNull()) {
            arguments = MAPPER.createObjectNode();
        }
        if (!arguments.isObject()) {
            throw new RowFault(
                    "%s is %s; expected an object, or the JSON of one in a string"
                            .formatted(name, Fields.describe(arguments)));
        }
        return JsonValues.object(arguments, name);
    }

    private static JsonNode parse(String json, String name) throws RowFault {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new RowFault(name + " is not valid JSON" + JsonFault.in(e));
        }
    }
}
