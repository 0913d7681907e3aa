package dev.hone.cli;

import dev.hone.data.Suggestion;
import dev.hone.template.ChatTemplate;
import dev.hone.template.Rendered;
import dev.hone.template.Span;
import dev.hone.template.TemplateException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One line of {@code hone data render}: what is in it, and what the template made of it. */
final class RenderCase {
    private static final Set<String> KEYS =
            Set.of("messages", "tools", "add_generation_prompt", "kwargs", "special_tokens");

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** Half a surrogate pair cannot be written in UTF-8, but as an escape it can. */
    private static final JsonMapper ESCAPING =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private RenderCase() {}

    enum Kind {
        TEXT,
        REFUSED,
        MALFORMED
    }

    /**
     * @param json the output line
     * @param problem why there is no text; empty if there is one
     */
    record Result(Kind kind, String json, String problem) {}

    /** Renders lines with one template at one time. */
    record Renderer(ChatTemplate template, Clock clock) {

        Result render(String line) {
            try {
                Rendered rendered = template.render(variables(line), clock);
                ObjectNode json = MAPPER.createObjectNode();
                json.put("text", rendered.text());
                ArrayNode spans = json.putArray("generation_spans");
                for (Span span : rendered.generationSpansInCodePoints()) {
                    spans.addArray().add(span.start()).add(span.end());
                }
                return new Result(Kind.TEXT, write(json), "");
            } catch (TemplateException e) {
                return failed(Kind.REFUSED, String.valueOf(e.getMessage()));
            } catch (BadInputException | IllegalArgumentException e) {
                return failed(Kind.MALFORMED, String.valueOf(e.getMessage()));
            }
        }
    }

    private static Result failed(Kind kind, String problem) {
        return new Result(kind, write(MAPPER.createObjectNode().put("error", problem)), problem);
    }

    private static String write(ObjectNode json) {
        String plain = json.toString();
        boolean halved =
                plain.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
        return halved ? ESCAPING.writeValueAsString(json) : plain;
    }

    private static Map<String, @Nullable Object> variables(String line) {
        JsonNode one;
        try {
            one = MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new BadInputException(
                    "not one JSON object on one line, at column %d: %s"
                            .formatted(e.getLocation().getColumnNr(), e.getOriginalMessage()));
        }
        if (!one.isObject()) {
            throw new BadInputException("the line is no JSON object; expected {\"messages\": …}");
        }
        for (String key : one.propertyNames()) {
            Optional<String> meant =
                    KEYS.contains(key)
                            ? Optional.empty()
                            : Suggestion.nearest(
                                    key, KEYS.stream().filter(k -> !one.has(k)).sorted().toList());
            if (meant.isPresent()) {
                throw new BadInputException(
                        "the line has the unknown key \"%s\"; did you mean \"%s\"?"
                                .formatted(key, meant.get()));
            }
        }
        require(one.path("messages").isArray(), "messages", "an array of {role, content}");
        JsonNode prompt = one.path("add_generation_prompt");
        require(
                prompt.isMissingNode() || prompt.isNull() || prompt.isBoolean(),
                "add_generation_prompt",
                "true or false");
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        putAll(variables, one, "special_tokens");
        variables.put("messages", MAPPER.treeToValue(one.path("messages"), List.class));
        variables.put("tools", optional(one, "tools"));
        variables.put("documents", null);
        variables.put("add_generation_prompt", prompt.asBoolean(false));
        putAll(variables, one, "kwargs");
        return variables;
    }

    private static @Nullable Object optional(JsonNode one, String key) {
        JsonNode value = one.path(key);
        boolean absent = value.isMissingNode() || value.isNull();
        require(absent || value.isArray(), key, "an array or null");
        return absent ? null : MAPPER.treeToValue(value, List.class);
    }

    @SuppressWarnings("unchecked") // a JSON object has strings for keys
    private static void putAll(Map<String, @Nullable Object> variables, JsonNode one, String key) {
        JsonNode value = one.path(key);
        boolean absent = value.isMissingNode() || value.isNull();
        require(absent || value.isObject(), key, "an object or null");
        if (!absent) {
            variables.putAll(MAPPER.treeToValue(value, Map.class));
        }
    }

    private static void require(boolean fits, String key, String expected) {
        if (!fits) {
            throw new BadInputException(
                    "the key \"%s\" is not what it must be; expected %s".formatted(key, expected));
        }
    }
}
