package dev.hone.data;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Turns the JSON objects of one file into rows. Which {@link RowFormat} they have is named by the
 * source or seen by the keys of the first row; all rows of a file have the same one.
 */
final class RowParser {

    /** Keys that make a row something else than text. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "images", "images",
                    "image", "images",
                    "videos", "videos",
                    "audios", "audio");

    private final Path file;
    private final RowRenaming renaming;
    private final RowSink sink;
    private @Nullable RowFormat format;
    private long formatLine;
    private boolean any;

    RowParser(Path file, DataSource source, RowSink sink) {
        this.file = file;
        this.renaming = new RowRenaming(source.mapping());
        this.sink = sink;
        this.format = source.format().map(RowFormats::named).orElse(null);
    }

    /** Takes the next object of the file. */
    void row(JsonNode found, long line) {
        any = true;
        String source = file + ":" + line;
        try {
            if (!found.isObject()) {
                throw new RowFault(
                        "the row is " + Fields.describe(found) + "; expected a JSON object");
            }
            JsonNode node = renaming.apply(found);
            Set<String> ignored = new HashSet<>();
            RowFormat rowFormat = formatOf(node, line);
            checkKeys(node, rowFormat, ignored);
            sink.row(rowFormat.read(source, node, ignored::add), found);
            ignored.forEach(key -> sink.ignored(source, key));
        } catch (RowFault fault) {
            Problem problem = fault.at(source);
            sink.problem(
                    renaming.isEmpty()
                            ? problem
                            : new Problem(source, problem.text() + " (" + renaming + ")"));
        }
    }

    /** Reports a fault of a line that gave no object. */
    void problem(long line, String text) {
        any = true;
        sink.problem(new Problem(file + ":" + line, text));
    }

    /** Reports a fault of the whole file. */
    void problem(String text) {
        any = true;
        sink.problem(new Problem(file.toString(), text));
    }

    /** To be called after the last row. */
    void end() {
        if (!any) {
            problem("the file has no rows");
        }
    }

    private RowFormat formatOf(JsonNode row, long line) throws RowFault {
        Set<String> keys = new TreeSet<>(row.propertyNames());
        for (String key : keys) {
            JsonNode value = row.path(key);
            if (REFUSED.containsKey(key)
                    && !value.isNull()
                    && !(value.isArray() && value.isEmpty())) {
                throw new RowFault(
                        "the row has the key \"%s\"; %s are not supported"
                                .formatted(key, REFUSED.get(key)));
            }
        }
        if (format != null && formatLine == 0) {
            return named(format, row, keys);
        }
        RowFormat found =
                RowFormats.ALL.stream()
                        .filter(candidate -> candidate.matches(row))
                        .findFirst()
                        .orElseThrow(() -> new RowFault(unknownFormat(keys)));
        if (format == null) {
            format = found;
            formatLine = line;
        } else if (!format.equals(found)) {
            throw new RowFault(
                    ("the row has the format %s, and the file began as %s in line %d;"
                                    + " expected one format in a file")
                            .formatted(found.name(), format.name(), formatLine));
        }
        return found;
    }

    private static RowFormat named(RowFormat format, JsonNode row, Set<String> keys)
            throws RowFault {
        if (!format.matches(row)) {
            throw new RowFault(
                    "the row has the keys %s; expected those of format %s: %s"
                            .formatted(keys, format.name(), RowFormats.describe(format)));
        }
        return format;
    }

    private static String unknownFormat(Set<String> keys) {
        String accepted =
                RowFormats.ALL.stream()
                        .map(RowFormats::describe)
                        .collect(Collectors.joining(" | "));
        Set<String> required =
                RowFormats.ALL.stream()
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

    /**
     * A key near to one that the row lacks is a slip of the pen; any other is passed over and
     * counted.
     */
    private static void checkKeys(JsonNode row, RowFormat rowFormat, Set<String> ignored)
            throws RowFault {
        List<String> absent =
                rowFormat.optional().stream().filter(key -> !row.has(key)).sorted().toList();
        for (String key : row.propertyNames()) {
            if (rowFormat.required().contains(key) || rowFormat.optional().contains(key)) {
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
}
