package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Chat rows as OpenAI's fine-tuning files have them: {@code {"messages": [{"role", "content",
 * "weight"?}, …]}}. Content is a string or an array of {@code {"type": "text", "text": …}} parts.
 * {@code weight} stands with assistant messages.
 */
final class MessagesShape implements RowShape {

    private static final List<String> ROLES = List.of("system", "user", "assistant");
    private static final Set<String> KEYS = Set.of("role", "content", "weight");

    /**
     * Keys that would change what is trained; passing over them would train something else than the
     * file says.
     */
    private static final Set<String> REFUSED =
            Set.of(
                    "tool_calls",
                    "tool_call_id",
                    "function_call",
                    "reasoning_content",
                    "loss_weight");

    @Override
    public String name() {
        return "messages";
    }

    @Override
    public Set<String> required() {
        return Set.of("messages");
    }

    @Override
    public Set<String> optional() {
        return Set.of();
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        JsonNode array = row.path("messages");
        if (!array.isArray() || array.isEmpty()) {
            throw new RowFault(
                    "messages is "
                            + (array.isArray() ? "an empty array" : Fields.describe(array))
                            + "; expected an array of {role, content}");
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            messages.add(message(array.get(i), "messages[" + i + "]", ignored));
        }
        return new Row.Conversation(source, messages);
    }

    private static Message message(JsonNode node, String name, Consumer<String> ignored)
            throws RowFault {
        if (!node.isObject()) {
            throw new RowFault(
                    name + " is " + Fields.describe(node) + "; expected an object {role, content}");
        }
        for (String key : node.propertyNames()) {
            if (REFUSED.contains(key)) {
                throw new RowFault(
                        ("%s has the key \"%s\", which is not supported; a message has role,"
                                        + " content and, for the assistant, weight (0 to 1)")
                                .formatted(name, key));
            }
            if (!KEYS.contains(key)) {
                var meant =
                        Suggestion.nearest(
                                key, KEYS.stream().filter(k -> !node.has(k)).sorted().toList());
                if (meant.isPresent()) {
                    throw new RowFault(
                            "%s has the unknown key \"%s\"; did you mean \"%s\"?"
                                    .formatted(name, key, meant.get()));
                }
                ignored.accept("messages[]." + key);
            }
        }
        String role = Fields.text(node.path("role"), name + ".role");
        if (!ROLES.contains(role)) {
            String meant =
                    switch (role) {
                        case "human" -> "; did you mean \"user\"?";
                        case "gpt", "model", "bot" -> "; did you mean \"assistant\"?";
                        default ->
                                Suggestion.nearest(role, ROLES)
                                        .map(near -> "; did you mean \"" + near + "\"?")
                                        .orElse("");
                    };
            throw new RowFault(
                    "%s.role is \"%s\"; expected one of %s%s".formatted(name, role, ROLES, meant));
        }
        float weight = weight(node.path("weight"), name, role);
        String content = content(node.path("content"), name + ".content");
        if (content.isBlank() && role.equals("assistant") && weight > 0) {
            throw new RowFault(
                    name + ".content is empty, and it is to be trained; give it text or weight 0");
        }
        return new Message(role, content, weight);
    }

    private static float weight(JsonNode value, String name, String role) throws RowFault {
        if (value.isMissingNode() || value.isNull()) {
            return 1f;
        }
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw new RowFault(
                    "%s.weight is %s; expected a number from 0 to 1"
                            .formatted(name, Fields.describe(value)));
        }
        if (!role.equals("assistant") && value.doubleValue() > 0) {
            throw new RowFault(
                    ("%s.weight is %s, but its role is %s; only assistant messages are"
                                    + " trained, remove the weight")
                            .formatted(name, value, role));
        }
        return value.floatValue();
    }

    private static String content(JsonNode value, String name) throws RowFault {
        if (!value.isArray()) {
            return Fields.text(value, name);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.size(); i++) {
            JsonNode part = value.get(i);
            String partName = name + "[" + i + "]";
            if (!part.path("type").asString("").equals("text") || !part.has("text")) {
                throw new RowFault(
                        "%s has the keys %s and type %s; expected {\"type\": \"text\", \"text\": …}"
                                .formatted(
                                        partName,
                                        part.propertyNames(),
                                        Fields.describe(part.path("type"))));
            }
            text.append(Fields.text(part.path("text"), partName + ".text"));
        }
        return text.toString();
    }
}
