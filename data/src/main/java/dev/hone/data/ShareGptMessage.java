package dev.hone.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A message as ShareGPT has it: {@code {"from", "value", "weight"?}}. The value of {@code
 * function_call} is the JSON of one call {@code {"name", "arguments"}} or of a list of them.
 */
final class ShareGptMessage {

    private static final String CALL = "function_call";

    /** Roles of the datasets around, to those of templates. */
    private static final Map<String, String> ROLES =
            Map.ofEntries(
                    Map.entry("system", "system"),
                    Map.entry("human", "user"),
                    Map.entry("user", "user"),
                    Map.entry("gpt", "assistant"),
                    Map.entry("assistant", "assistant"),
                    Map.entry("chatgpt", "assistant"),
                    Map.entry("bing", "assistant"),
                    Map.entry("bard", "assistant"),
                    Map.entry("model", "assistant"),
                    Map.entry(CALL, "assistant"),
                    Map.entry("tool_call", "assistant"),
                    Map.entry("observation", "tool"),
                    Map.entry("tool", "tool"),
                    Map.entry("tool_response", "tool"),
                    Map.entry("function_response", "tool"));

    private static final Set<String> KEYS =
            Set.of("from", "value", "weight", "loss_weight", "train");

    private ShareGptMessage() {}

    static Message read(JsonNode node, String name, String list, Consumer<String> ignored)
            throws RowFault {
        for (String key : node.propertyNames()) {
            if (!KEYS.contains(key)) {
                var meant = Suggestion.nearest(key, KEYS.stream().sorted().toList());
                if (meant.isPresent() && !node.has(meant.get())) {
                    throw new RowFault(
                            "%s has the unknown key \"%s\"; did you mean \"%s\"?"
                                    .formatted(name, key, meant.get()));
                }
                ignored.accept(list + "[]." + key);
            }
        }
        String from = Fields.text(node.path("from"), name + ".from");
        String role = ROLES.get(from);
        if (role == null) {
            throw new RowFault(
                    "%s.from is \"%s\"; expected one of %s%s"
                            .formatted(
                                    name,
                                    from,
                                    ROLES.keySet().stream()
                                            .sorted()
                                            .collect(Collectors.joining(", ")),
                                    Suggestion.nearest(from, ROLES.keySet())
                                            .map(near -> "; did you mean \"" + near + "\"?")
                                            .orElse("")));
        }
        float weight = MessageWeight.read(node, name, role);
        if (from.equals(CALL) || from.equals("tool_call")) {
            return new Message(
                    role,
                    "",
                    weight,
                    Optional.empty(),
                    ToolCalls.inText(node.path("value"), name + ".value"),
                    Optional.empty(),
                    Optional.empty());
        }
        ContentParts content = ContentParts.read(node.path("value"), name + ".value", role);
        if (content.absent()) {
            throw new RowFault(
                    "%s.value is %s; expected a string"
                            .formatted(name, Fields.describe(node.path("value"))));
        }
        if (content.text().isBlank() && role.equals("assistant") && weight > 0) {
            throw new RowFault(
                    name + ".value is empty, and it is to be trained; give it text or weight 0");
        }
        return new Message(
                role,
                content.text(),
                weight,
                Optional.of(content.reasoning()).filter(text -> !text.isEmpty()),
                List.copyOf(content.toolCalls()),
                Optional.empty(),
                Optional.empty());
    }
}
