package dev.hone.data.check;

import dev.hone.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rows of JSON Lines or of a JSON array as they are written, one at a time. */
final class RawRows {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private RawRows() {}

    /**
     * @param text the row's JSON, or whatever stands on its line
     */
    record Raw(long line, String text) {}

    /** Takes rows in file order. */
    interface Sink {
        void row(Raw raw) throws IOException;
    }

    /**
     * @throws DataException if the text is neither, is not UTF-8, or a JSON array ends before its
     *     end
     */
    static void read(InputStream in, String file, Sink sink) throws IOException {
        Reader decoder =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        PushbackReader reader = new PushbackReader(decoder);
        try {
            int first = reader.read();
            while (first == ' ' || first == '\t' || first == '\r' || first == '\uFEFF') {
                first = reader.read();
            }
            if (first < 0) {
                throw new DataException(file, "the file has no rows");
            }
            if (first != '{' && first != '[') {
                throw new DataException(
                        file,
                        "begins with '%c'; only JSON Lines and JSON arrays can be fixed, which begin with '{' or '['"
                                .formatted(first));
            }
            reader.unread(first);
            if (first == '[') {
                array(reader, file, sink);
            } else {
                lines(new BufferedReader(reader), sink);
            }
        } catch (CharacterCodingException e) {
            throw new DataException(
                    file,
                    "is not valid UTF-8 ('hone data check' names the line); save the file as UTF-8"
                            + " first");
        }
    }

    private static void lines(BufferedReader reader, Sink sink) throws IOException {
        long number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank()) {
                sink.row(new Raw(number, line));
            }
        }
    }

    private static void array(Reader reader, String file, Sink sink) throws IOException {
        try (JsonParser parser = MAPPER.createParser(reader)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                long line = parser.currentTokenLocation().getLineNr();
                JsonNode row = parser.readValueAsTree();
                sink.row(new Raw(line, EscapedJson.plain(row)));
            }
        } catch (JacksonException e) {
            throw new DataException(
                    file + ":" + Math.max(1, e.getLocation().getLineNr()),
                    "not valid JSON, at column %d: %s; mend it first"
                            .formatted(e.getLocation().getColumnNr(), e.getOriginalMessage()));
        }
    }
}
