package dev.hone.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a file of rows one row at a time: JSON Lines, or one JSON array of objects. Which of the
 * two it is, is seen by the first character; which {@link RowShape} the rows have, by the keys of
 * the first row, and all rows of a file have the same one. Every fault carries file and line, and
 * reading goes on after it where it can.
 */
public final class RowReader {

    /** Keys that make a row something else than an example to imitate. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "tools", "tool calls",
                    "functions", "tool calls",
                    "chosen", "preference pairs",
                    "rejected", "preference pairs",
                    "kto_tag", "preference labels",
                    "images", "images",
                    "videos", "videos",
                    "audios", "audio");

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final Path file;
    private final RowSink sink;
    private @Nullable RowShape shape;
    private long shapeLine;
    private boolean any;

    private RowReader(Path file, RowSink sink) {
        this.file = file;
        this.sink = sink;
    }

    /**
     * Reads a whole file.
     *
     * @throws DataException if there is no such file
     */
    public static void read(Path file, RowSink sink) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file.toString(), "is not a file; expected JSON Lines or a JSON array");
        }
        try {
            RowReader reader = new RowReader(file, sink);
            if (startsWithArray(file)) {
                reader.readArray();
            } else {
                reader.readLines();
            }
            if (!reader.any) {
                sink.problem(new Problem(file.toString(), "the file has no rows"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static boolean startsWithArray(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            int b = in.read();
            // Spaces and the three bytes of a byte order mark.
            while (b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == 0xEF || b == 0xBB
                    || b == 0xBF) {
                b = in.read();
            }
            return b == '[';
        }
    }

    private void readLines() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Utf8Lines lines = new Utf8Lines(in);
            while (true) {
                try {
                    String line = lines.next();
                    if (line == null) {
                        return;
                    }
                    if (!line.isBlank()) {
                        row(MAPPER.readTree(line), lines.number());
                    }
                } catch (Utf8Lines.MalformedLine e) {
                    problem(lines.number(), e.getMessage());
                } catch (JacksonException e) {
                    problem(
                            lines.number(),
                            "not one JSON object on one line, at column %d: %s"
                                    .formatted(
                                            e.getLocation().getColumnNr(), e.getOriginalMessage()));
                }
            }
        }
    }

    private void readArray() throws IOException {
        if (!validUtf8()) {
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                JsonParser parser = MAPPER.createParser(in)) {
            parser.nextToken();
            try {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    long line = parser.currentTokenLocation().getLineNr();
                    JsonNode node = parser.readValueAsTree();
                    row(node, line);
                }
                if (parser.nextToken() != null) {
                    problem(
                            parser.currentTokenLocation().getLineNr(),
                            "more text follows the end of the JSON array; expected one array");
                }
            } catch (JacksonException e) {
                problem(
                        Math.max(1, e.getLocation().getLineNr()),
                        "not valid JSON, at column %d: %s (the rest of the file was not read)"
                                .formatted(e.getLocation().getColumnNr(), e.getOriginalMessage()));
            }
        }
    }

    /** Jackson knows the place of a bad byte only roughly, so it is looked for first. */
    private boolean validUtf8() throws IOException {
        boolean valid = true;
        try (InputStream in = Files.newInputStream(file)) {
            Utf8Lines lines = new Utf8Lines(in);
            while (true) {
                try {
                    if (lines.next() == null) {
                        return valid;
                    }
                } catch (Utf8Lines.MalformedLine e) {
                    valid = false;
                    problem(lines.number(), e.getMessage());
                }
            }
        }
    }

    private void row(JsonNode node, long line) {
        any = true;
        String source = file + ":" + line;
        try {
            if (!node.isObject()) {
                throw new RowFault(
                        "the row is " + Fields.describe(node) + "; expected a JSON object");
            }
            Set<String> ignored = new HashSet<>();
            RowShape rowShape = shapeOf(node, line);
            checkKeys(node, rowShape, ignored);
            sink.row(rowShape.read(source, node, ignored::add));
            ignored.forEach(key -> sink.ignored(source, key));
        } catch (RowFault fault) {
            sink.problem(fault.at(source));
        }
    }

    private RowShape shapeOf(JsonNode row, long line) throws RowFault {
        Set<String> keys = new TreeSet<>(row.propertyNames());
        for (String key : keys) {
            if (REFUSED.containsKey(key)) {
                throw new RowFault(
                        "the row has the key \"%s\"; %s are not supported"
                                .formatted(key, REFUSED.get(key)));
            }
        }
        if (row.path("label").isBoolean()) {
            throw new RowFault(
                    "the row has the key \"label\"; preference labels are not supported");
        }
        RowShape found =
                RowShape.ALL.stream()
                        .filter(candidate -> keys.containsAll(candidate.required()))
                        .findFirst()
                        .orElseThrow(() -> new RowFault(unknownShape(keys)));
        if (shape == null) {
            shape = found;
            shapeLine = line;
        } else if (!shape.equals(found)) {
            throw new RowFault(
                    ("the row has the shape %s, and the file began as %s in line %d;"
                                    + " expected one shape in a file")
                            .formatted(found.name(), shape.name(), shapeLine));
        }
        return found;
    }

    private static String unknownShape(Set<String> keys) {
        String accepted =
                RowShape.ALL.stream().map(RowReader::describe).collect(Collectors.joining(" | "));
        Set<String> required =
                RowShape.ALL.stream()
                        .flatMap(candidate -> candidate.required().stream())
                        .filter(key -> !keys.contains(key))
                        .collect(Collectors.toCollection(TreeSet::new));
        String meant =
                keys.stream()
                        .flatMap(key ->
                                Suggestion.nearest(key, required).stream()
                                        .map(near ->
                                                "; did you mean \"%s\" instead of \"%s\"?"
                                                        .formatted(near, key)))
                        .findFirst()
                        .orElse("");
        return "the row has the keys %s; accepted are: %s%s".formatted(keys, accepted, meant);
    }

    private static String describe(RowShape candidate) {
        String required = String.join(", ", new TreeSet<>(candidate.required()));
        return candidate.optional().isEmpty()
                ? required
                : required
                        + " (and "
                        + String.join(", ", new TreeSet<>(candidate.optional()))
                        + ")";
    }

    /**
     * A key near to one that the row lacks is a slip of the pen; any other is passed over and
     * counted.
     */
    private static void checkKeys(JsonNode row, RowShape rowShape, Set<String> ignored)
            throws RowFault {
        List<String> absent =
                rowShape.optional().stream().filter(key -> !row.has(key)).sorted().toList();
        for (String key : row.propertyNames()) {
            if (rowShape.required().contains(key) || rowShape.optional().contains(key)) {
                continue;
            }
            Optional<String> meant = Suggestion.nearest(key, absent);
            if (meant.isPresent()) {
                throw new RowFault(
                        "the row has the unknown key \"%s\"; did you mean \"%s\"?"
                                .formatted(key, meant.get()));
            }
            ignored.add(key);
        }
    }

    private void problem(long line, String text) {
        any = true;
        sink.problem(new Problem(file + ":" + line, text));
    }
}
