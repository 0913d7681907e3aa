package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A message as OpenAI's fine-tuning files have it: {@code {"role", "content", "weight"?,
 * "tool_calls"?, "tool_call_id"?, "name"?}}. Content is a string or an array of parts ({@link
 * ContentParts}). {@code reasoning_content} is what an assistant thought before its answer. The
 * deprecated {@code function_call} and role {@code function} are read as a tool call and a tool's
 * answer.
 */
final class OpenAiMessage {

    private static final List<String> ROLES =
            List.of("system", "developer", "user", "assistant", "tool", "function");
    private static final Set<String> KEYS =
            Set.of(
                    "role",
                    "content",
                    "weight",
                    "loss_weight",
                    "train",
                    "tool_calls",
                    "tool_call_id",
                    "function_call",
                    "name",
                    "reasoning_content");

    private OpenAiMessage() {}

    static Message read(JsonNode node, String name, String list, Consumer<String> ignored)
            throws RowFault {
        checkKeys(node, name, list, ignored);
        String role = role(Fields.text(node.path("role"), name + ".role"), name);
        float weight = MessageWeight.read(node, name, role);
        ContentParts content = ContentParts.read(node.path("content"), name + ".content", role);
        List<ToolCall> calls = new ArrayList<>(content.toolCalls());
        calls.addAll(ToolCalls.read(node.path("tool_calls"), name + ".tool_calls"));
        if (node.hasNonNull("function_call")) {
            calls.add(ToolCalls.one(node.path("function_call"), name + ".function_call"));
        }
        if (!calls.isEmpty() && !role.equals("assistant")) {
            throw new RowFault(
                    "%s has tool calls, but its role is %s; only the assistant calls tools"
                            .formatted(name, role));
        }
        if (content.absent() && calls.isEmpty()) {
            throw new RowFault(
                    "%s.content is %s; expected a string"
                            .formatted(name, Fields.describe(node.path("content"))));
        }
        if (content.text().isBlank() && calls.isEmpty() && role.equals("assistant") && weight > 0) {
            throw new RowFault(
                    name + ".content is empty, and it is to be trained; give it text or weight 0");
        }
        String thoughts =
                Fields.optionalText(node.path("reasoning_content"), name + ".reasoning_content");
        return new Message(
                role,
                content.text(),
                weight,
                Optional.of(thoughts.isEmpty() ? content.reasoning() : thoughts)
                        .filter(text -> !text.isEmpty()),
                calls,
                optional(node, "tool_call_id", name),
                optional(node, "name", name));
    }

    private static Optional<String> optional(JsonNode node, String key, String name)
            throws RowFault {
        return Optional.of(Fields.optionalText(node.path(key), name + "." + key))
                .filter(text -> !text.isEmpty());
    }

    private static void checkKeys(JsonNode node, String name, String list, Consumer<String> ignored)
            throws RowFault {
        for (String key : node.propertyNames()) {
            if (KEYS.contains(key) || node.path(key).isNull()) {
                continue;
            }
            var meant =
                    Suggestion.nearest(
                            key, KEYS.stream().filter(k -> !node.has(k)).sorted().toList());
            if (meant.isPresent()) {
                throw new RowFault(
                        "%s has the unknown key \"%s\"; did you mean \"%s\"?"
                                .formatted(name, key, meant.get()));
            }
            ignored.accept(list + "[]." + key);
        }
    }

    private static String role(String role, String name) throws RowFault {
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
        return role.equals("function") ? "tool" : role;
    }
}
