package dev.hone.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Rows as JSON Lines, or as one JSON array of objects; which, is seen by the first character. */
final class JsonRows {

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private JsonRows() {}

    static void read(Path file, RowParser rows) throws IOException {
        if (startsWithArray(file)) {
            readArray(file, rows);
        } else {
            readLines(file, rows);
        }
    }

    private static boolean startsWithArray(Path file) throws IOException {
        try (InputStream in = Compression.open(file)) {
            int b = in.read();
            // Spaces and the three bytes of a byte order mark.
            while (b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == 0xEF || b == 0xBB
                    || b == 0xBF) {
                b = in.read();
            }
            return b == '[';
        }
    }

    private static void readLines(Path file, RowParser rows) throws IOException {
        try (InputStream in = Compression.open(file)) {
            Utf8Lines lines = new Utf8Lines(in);
            while (true) {
                try {
                    String line = lines.next();
                    if (line == null) {
                        return;
                    }
                    if (!line.isBlank()) {
                        rows.row(MAPPER.readTree(line), lines.number());
                    }
                } catch (Utf8Lines.MalformedLine e) {
                    rows.problem(lines.number(), e.getMessage());
                } catch (JacksonException e) {
                    rows.problem(
                            lines.number(), "not one JSON object on one line" + JsonFault.in(e));
                }
            }
        }
    }

    private static void readArray(Path file, RowParser rows) throws IOException {
        if (!Utf8Lines.check(file, rows)) {
            return;
        }
        try (InputStream in = Compression.open(file);
                JsonParser parser = MAPPER.createParser(in)) {
            parser.nextToken();
            try {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    long line = parser.currentTokenLocation().getLineNr();
                    rows.row(parser.readValueAsTree(), line);
                }
                if (parser.nextToken() != null) {
                    rows.problem(
                            parser.currentTokenLocation().getLineNr(),
                            "more text follows the end of the JSON array; expected one array");
                }
            } catch (JacksonException e) {
                rows.problem(
                        JsonFault.line(e),
                        "not valid JSON%s (the rest of the file was not read)"
                                .formatted(JsonFault.in(e)));
            }
        }
    }
}
