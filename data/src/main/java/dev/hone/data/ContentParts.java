package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The content of a message: a string, or an array of parts. A part is {@code {"type": "text",
 * "text": …}}; LLaMA-Factory writes {@code "value"} for {@code "text"}, and has parts of type
 * {@code reasoning} and {@code tool_call} in an assistant's message.
 *
 * @param absent whether the message has no content at all
 * @param text all text parts, one after the other
 * @param reasoning all reasoning parts
 */
record ContentParts(boolean absent, String text, String reasoning, List<ToolCall> toolCalls) {

    /**
     * @param name the key as faults show it
     * @param role whose message it is
     */
    static ContentParts read(JsonNode value, String name, String role) throws RowFault {
        if (value.isMissingNode() || value.isNull()) {
            return new ContentParts(true, "", "", List.of());
        }
        if (!value.isArray()) {
            return new ContentParts(false, Fields.text(value, name), "", List.of());
        }
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode part = value.get(i);
            String partName = name + "[" + i + "]";
            String type = part.path("type").asString("");
            String key = part.has("text") ? "text" : "value";
            boolean assistant = role.equals("assistant");
            if (type.equals("text") && part.has(key)) {
                text.append(Fields.text(part.path(key), partName + "." + key));
            } else if (type.equals("reasoning") && part.has(key) && assistant) {
                reasoning.append(Fields.text(part.path(key), partName + "." + key));
            } else if (type.equals("tool_call") && part.has(key) && assistant) {
                calls.addAll(ToolCalls.inText(part.path(key), partName + "." + key));
            } else {
                throw new RowFault(
                        "%s has the keys %s and type %s; expected {\"type\": \"text\", \"text\": …}"
                                .formatted(
                                        partName,
                                        part.propertyNames(),
                                        Fields.describe(part.path("type"))));
            }
        }
        return new ContentParts(false, text.toString(), reasoning.toString(), calls);
    }
}
