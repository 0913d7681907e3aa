package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys of a JSON object and the type of each value.
 *
 * @param types type by key, for example {@code string}, {@code number}, {@code null}
 */
record JsonShape(SortedMap<String, String> types) {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** The shape of a text, if all of it is one JSON object. */
    static Optional<JsonShape> of(String text) {
        String object = text.strip();
        if (!object.startsWith("{") || !object.endsWith("}")) {
            return Optional.empty();
        }
        try {
            JsonNode node = MAPPER.readTree(object);
            SortedMap<String, String> types = new TreeMap<>();
            node.properties()
                    .forEach(entry ->
                            types.put(
                                    entry.getKey(),
                                    entry.getValue()
                                            .getNodeType()
                                            .name()
                                            .toLowerCase(Locale.ROOT)));
            return Optional.of(new JsonShape(types));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * What this shape has otherwise than another, in words; empty if nothing. Null fits any type.
     */
    String unlike(JsonShape other) {
        List<String> differences = new ArrayList<>();
        for (String key : other.types().keySet()) {
            if (!types.containsKey(key)) {
                differences.add("lacks \"" + key + "\"");
            }
        }
        types.forEach((key, type) -> {
            String wanted = other.types().get(key);
            if (wanted == null) {
                differences.add("has \"" + key + "\" besides");
            } else if (!wanted.equals(type) && !wanted.equals("null") && !type.equals("null")) {
                differences.add("has a %s for \"%s\"".formatted(type, key));
            }
        });
        return String.join(", ", differences);
    }

    /** The keys with the type of each: {@code name (string), age (number)}. */
    @Override
    public String toString() {
        return types.entrySet().stream()
                .map(entry -> "%s (%s)".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}
