package dev.hone.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives a row the names that its format knows, by a {@link RowMapping}. */
final class RowRenaming {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Keys whose values are messages. */
    private static final List<String> MESSAGES =
            List.of("messages", "conversations", "prompt", "completion", "chosen", "rejected");

    /** Keys of a message that say who speaks. */
    private static final List<String> ROLE_KEYS = List.of("role", "from");

    private final RowMapping mapping;
    private final Map<String, String> columns = new HashMap<>();
    private final Map<String, String> messageKeys = new HashMap<>();

    RowRenaming(RowMapping mapping) {
        this.mapping = mapping;
        mapping.columns().forEach((standard, found) -> columns.put(found, standard));
        mapping.messageKeys().forEach((standard, found) -> messageKeys.put(found, standard));
    }

    /** Whether nothing is renamed. */
    boolean isEmpty() {
        return columns.isEmpty() && messageKeys.isEmpty() && mapping.roles().isEmpty();
    }

    /** The row with the format's names. A column that takes the name of another replaces it. */
    JsonNode apply(JsonNode row) {
        if (isEmpty()) {
            return row;
        }
        ObjectNode renamed = rename(row, columns);
        for (String key : MESSAGES) {
            JsonNode value = renamed.path(key);
            if (value.isArray()) {
                ArrayNode messages = MAPPER.createArrayNode();
                value.forEach(message -> messages.add(message(message)));
                renamed.set(key, messages);
            } else if (value.isObject()) {
                renamed.set(key, message(value));
            }
        }
        return renamed;
    }

    private JsonNode message(JsonNode message) {
        if (!message.isObject()) {
            return message;
        }
        ObjectNode renamed = rename(message, messageKeys);
        for (String key : ROLE_KEYS) {
            String role = mapping.roles().get(renamed.path(key).asString(""));
            if (role != null) {
                renamed.put(key, role);
            }
        }
        return renamed;
    }

    private static ObjectNode rename(JsonNode object, Map<String, String> names) {
        ObjectNode renamed = MAPPER.createObjectNode();
        object.properties()
                .forEach(entry -> {
                    if (!names.containsKey(entry.getKey())
                            && !names.containsValue(entry.getKey())) {
                        renamed.set(entry.getKey(), entry.getValue());
                    }
                });
        object.properties()
                .forEach(entry -> {
                    String name = names.get(entry.getKey());
                    if (name != null) {
                        renamed.set(name, entry.getValue());
                    }
                });
        return renamed;
    }

    /** What is renamed, for messages: {@code messages is read from "dialogue"}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(mapping.columns())
                .forEach((standard, found) ->
                        parts.add("%s is read from \"%s\"".formatted(standard, found)));
        new TreeMap<>(mapping.messageKeys())
                .forEach((standard, found) ->
                        parts.add("a message's %s from \"%s\"".formatted(standard, found)));
        new TreeMap<>(mapping.roles())
                .forEach((found, standard) ->
                        parts.add("the role \"%s\" as %s".formatted(found, standard)));
        return String.join(", ", parts);
    }
}
