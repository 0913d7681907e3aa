package dev.hone.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens and ids of a {@code tokenizer.json}. BPE, WordPiece and WordLevel hold {@code
 * model.vocab} as an object {@code token: id}, Unigram as an array {@code [[token, score], …]}
 * whose index is the id; {@code added_tokens} come on top.
 *
 * @param ids id of each token
 * @param tokens token of each id, as it is written in the file; null where an id has none
 * @param added ids of added tokens: those that are cut out of a text before anything else
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
record Vocabulary(Map<String, Integer> ids, @Nullable String[] tokens, Set<Integer> added) {

    /** Reads the file token by token: a vocabulary may be tens of megabytes. */
    static Vocabulary read(Path file) throws IOException {
        Map<String, Integer> ids = new HashMap<>();
        Set<Integer> added = new HashSet<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                JsonParser parser = new JsonMapper().createParser(in)) {
            parser.nextToken();
            for (String key = parser.nextName(); key != null; key = parser.nextName()) {
                parser.nextToken();
                switch (key) {
                    case "model" -> readModel(parser, ids);
                    case "added_tokens" -> readAdded(parser, ids, added);
                    default -> parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw new DataException(
                    file.toString(), "is not valid JSON: " + e.getOriginalMessage());
        }
        if (ids.isEmpty()) {
            throw new DataException(
                    file.toString(), "holds no vocabulary; expected model.vocab or added_tokens");
        }
        int size = 0;
        for (int id : ids.values()) {
            size = Math.max(size, Math.addExact(id, 1));
        }
        @Nullable String[] tokens = new String[size];
        ids.forEach((token, id) -> tokens[id] = token);
        return new Vocabulary(ids, tokens, Set.copyOf(added));
    }

    private static void readModel(JsonParser parser, Map<String, Integer> ids) {
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            JsonToken value = parser.nextToken();
            if (!key.equals("vocab")) {
                parser.skipChildren();
            } else if (value == JsonToken.START_ARRAY) {
                for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
                    parser.nextToken();
                    ids.put(parser.getString(), id);
                    parser.nextToken();
                    parser.nextToken();
                }
            } else {
                for (String token = parser.nextName(); token != null; token = parser.nextName()) {
                    parser.nextToken();
                    ids.put(token, parser.getIntValue());
                }
            }
        }
    }

    private static void readAdded(JsonParser parser, Map<String, Integer> ids, Set<Integer> added) {
        JsonNode tokens = parser.readValueAsTree();
        for (JsonNode token : tokens) {
            int id = token.path("id").intValue();
            ids.put(token.path("content").stringValue(), id);
            added.add(id);
        }
    }
}
