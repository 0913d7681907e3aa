package dev.hone.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a byte-level BPE tokenizer cuts a text before it merges bytes, where its {@code
 * tokenizer.json} says so in terms that Java's regular expressions share.
 *
 * @param splits expressions applied one inside the pieces of the other; matches and what lies
 *     between them are pieces
 * @param added added tokens and their ids
 */
record PieceRules(List<Pattern> splits, Map<String, Integer> added) {

    /** What ByteLevel cuts by when no other expression is given: GPT-2's. */
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /**
     * The rules of a file; empty if it is another kind of tokenizer or says anything that is not
     * known here to the letter.
     */
    static Optional<PieceRules> read(Path file) throws IOException {
        Map<String, JsonNode> parts = new HashMap<>();
        Map<String, String> model = new HashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                JsonParser parser = new JsonMapper().createParser(in)) {
            parser.nextToken();
            for (String key = parser.nextName(); key != null; key = parser.nextName()) {
                parser.nextToken();
                if (key.equals("model")) {
                    readModel(parser, model);
                } else {
                    parts.put(key, parser.readValueAsTree());
                }
            }
        }
        Map<String, Integer> added = added(parts.get("added_tokens"));
        List<Pattern> splits = new ArrayList<>();
        boolean known =
                "BPE".equals(model.get("type"))
                        && model.get("dropout") == null
                        && isNfcOrNone(parts.get("normalizer"))
                        && keepsOffsets(parts.get("post_processor"))
                        && readSplits(parts.get("pre_tokenizer"), splits)
                        && added.size() == count(parts.get("added_tokens"));
        return known ? Optional.of(new PieceRules(splits, added)) : Optional.empty();
    }

    /** Single values of the model; the vocabulary, which may be tens of megabytes, is skipped. */
    private static void readModel(JsonParser parser, Map<String, String> model) {
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            JsonToken value = parser.nextToken();
            if (value.isStructStart()) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                model.put(key, parser.getString());
            }
        }
    }

    private static int count(@Nullable JsonNode tokens) {
        return tokens == null ? 0 : tokens.size();
    }

    /**
     * Added tokens that are cut out wherever they stand, in one pass; none if one asks for more.
     */
    private static Map<String, Integer> added(@Nullable JsonNode tokens) {
        Map<String, Integer> added = new HashMap<>();
        Set<Boolean> passes = new HashSet<>();
        if (tokens == null) {
            return added;
        }
        for (JsonNode token : tokens) {
            passes.add(token.path("normalized").asBoolean(false));
            boolean plain =
                    !token.path("single_word").asBoolean(false)
                            && !token.path("lstrip").asBoolean(false)
                            && !token.path("rstrip").asBoolean(false)
                            && !token.path("content").asString("").isEmpty();
            if (!plain || passes.size() > 1) {
                return Map.of();
            }
            added.put(token.path("content").stringValue(), token.path("id").intValue());
        }
        return added;
    }

    private static boolean isNfcOrNone(@Nullable JsonNode normalizer) {
        return normalizer == null
                || normalizer.isNull()
                || normalizer.path("type").asString("").equals("NFC");
    }

    private static boolean keepsOffsets(@Nullable JsonNode processor) {
        if (processor == null || processor.isNull()) {
            return true;
        }
        return switch (processor.path("type").asString("")) {
            case "TemplateProcessing" -> true;
            case "ByteLevel" -> !processor.path("add_prefix_space").asBoolean(true);
            case "Sequence" ->
                    processor.path("processors").values().stream()
                            .allMatch(PieceRules::keepsOffsets);
            default -> false;
        };
    }

    /** Adds the expressions of a pre-tokenizer that ends with ByteLevel; false if it is another. */
    private static boolean readSplits(@Nullable JsonNode preTokenizer, List<Pattern> splits) {
        if (preTokenizer == null || preTokenizer.isNull()) {
            return false;
        }
        List<JsonNode> steps =
                preTokenizer.path("type").asString("").equals("Sequence")
                        ? List.copyOf(preTokenizer.path("pretokenizers").values())
                        : List.of(preTokenizer);
        for (int i = 0; i < steps.size(); i++) {
            Optional<String> regex = regex(steps.get(i), i == steps.size() - 1);
            if (regex.isEmpty()) {
                return false;
            }
            try {
                if (!regex.get().isEmpty()) {
                    splits.add(Pattern.compile(regex.get(), Pattern.UNICODE_CHARACTER_CLASS));
                }
            } catch (PatternSyntaxException e) {
                return false;
            }
        }
        return true;
    }

    /** The expression of one step, the empty text if it cuts nothing, empty if it is not known. */
    private static Optional<String> regex(JsonNode step, boolean last) {
        return switch (step.path("type").asString("")) {
            case "Split" ->
                    !last
                                    && step.path("behavior").asString("").equals("Isolated")
                                    && !step.path("invert").asBoolean(false)
                                    && step.path("pattern").path("Regex").isString()
                            ? Optional.of(step.path("pattern").path("Regex").stringValue())
                            : Optional.empty();
            case "Digits" ->
                    last
                            ? Optional.empty()
                            : Optional.of(
                                    step.path("individual_digits").asBoolean(false)
                                            ? "\\p{N}"
                                            : "\\p{N}+");
            case "ByteLevel" ->
                    last && !step.path("add_prefix_space").asBoolean(true)
                            ? Optional.of(step.path("use_regex").asBoolean(true) ? GPT2 : "")
                            : Optional.empty();
            default -> Optional.empty();
        };
    }
}
