package dev.hone.data.check;

import dev.hone.data.Compression;
import dev.hone.data.DataException;
import dev.hone.data.RowKey;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a cleaned copy of a file of rows, as JSON Lines, and a list of every change. The file
 * itself is never touched. A row without a change is copied to the letter; a line that is no JSON
 * object is copied too, since only a person can mend it. Both files appear whole or not at all.
 */
public final class DataFix {

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final RowFixer fixer;
    private final Set<Fix> fixes;
    private final BufferedWriter out;
    private final Optional<BufferedWriter> changes;
    private final KeyIndex seen = new KeyIndex();
    private final Places places = new Places();
    private final Map<Fix, Long> counts = new EnumMap<>(Fix.class);
    private final String file;
    private long read;
    private long written;
    private long changed;

    private DataFix(
            Path file, Set<Fix> fixes, BufferedWriter out, Optional<BufferedWriter> changes) {
        this.file = file.toString();
        this.fixes = Set.copyOf(fixes);
        this.fixer = new RowFixer(fixes);
        this.out = out;
        this.changes = changes;
    }

    /**
     * What was done.
     *
     * @param read rows and lines read
     * @param written of them, those in the copy
     * @param changed of those, the ones that differ from the original
     * @param counts changes by kind; kinds without any are left out
     */
    public record Result(long read, long written, long changed, Map<Fix, Long> counts) {
        public Result {
            counts = Map.copyOf(counts);
        }
    }

    /**
     * Writes the copy.
     *
     * @param file JSON Lines or one JSON array, packed by gzip or zstd or not
     * @param out the copy; must not exist
     * @param changes the list of changes, one JSON object a line; must not exist
     * @throws DataException if the file cannot be read to its end, or an output exists
     * @throws UncheckedIOException if the disk fails
     */
    public static Result run(Path file, Path out, Optional<Path> changes, Set<Fix> fixes) {
        requireInput(file);
        refuseExisting(out);
        changes.ifPresent(DataFix::refuseExisting);
        if (changes.isPresent() && changes.get().toAbsolutePath().equals(out.toAbsolutePath())) {
            throw new DataException(
                    out.toString(),
                    "is to be both the copy and the list of changes; name two files");
        }
        try (Target copy = Target.beside(out);
                Target list = Target.beside(changes.orElse(out))) {
            Result result;
            try (BufferedWriter writer = Files.newBufferedWriter(copy.temporary());
                    BufferedWriter listWriter = Files.newBufferedWriter(list.temporary())) {
                DataFix fix = new DataFix(file, fixes, writer, changes.map(_ -> listWriter));
                fix.read(file);
                result = new Result(fix.read, fix.written, fix.changed, fix.counts);
            }
            if (changes.isPresent()) {
                list.publish();
            }
            copy.publish();
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + out, e);
        }
    }

    private static void requireInput(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file.toString(), "is not a file; expected JSON Lines or a JSON array");
        }
    }

    private static void refuseExisting(Path file) {
        if (Files.exists(file)) {
            throw new DataException(
                    file.toString(), "exists already, and nothing is overwritten; name a new file");
        }
    }

    /** A file that is written under another name first. */
    private record Target(Path file, Path temporary) implements Closeable {

        static Target beside(Path file) throws IOException {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new DataException(file.toString(), "is in no folder that exists");
            }
            return new Target(
                    file, Files.createTempFile(folder, "." + file.getFileName(), ".part"));
        }

        void publish() throws IOException {
            refuseExisting(file);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(temporary);
        }
    }

    private void read(Path path) throws IOException {
        try (InputStream in = Compression.open(path)) {
            RawRows.read(in, path.toString(), this::row);
        }
    }

    /** Takes the next row or line. */
    private void row(RawRows.Raw raw) throws IOException {
        read++;
        Optional<ObjectNode> parsed = object(raw.text());
        if (parsed.isEmpty()) {
            write(raw.text());
            return;
        }
        ObjectNode original = parsed.get();
        ObjectNode row = original.deepCopy();
        List<RowFixer.Change> made = fixer.fix(row);
        if (fixes.contains(Fix.EMPTY_ANSWERS) && RowFixer.hasEmptyAnswer(row)) {
            leaveOut(raw.line(), Fix.EMPTY_ANSWERS, "row", original);
            return;
        }
        if (fixes.contains(Fix.EXACT_DUPLICATES)) {
            int same = seen.firstOrAdd(RowKey.of(CanonicalJson.of(row)), places.size());
            if (same >= 0) {
                leaveOut(
                        raw.line(),
                        Fix.EXACT_DUPLICATES,
                        "row, the same as line " + places.get(same).line(),
                        original);
                return;
            }
            places.add(new Place(file, raw.line()));
        }
        for (RowFixer.Change change : made) {
            record(
                    raw.line(),
                    change.fix(),
                    change.where(),
                    JsonNodeFactory.instance.stringNode(change.before()),
                    JsonNodeFactory.instance.stringNode(change.after()));
        }
        changed += made.isEmpty() ? 0 : 1;
        write(made.isEmpty() ? raw.text() : EscapedJson.plain(row));
    }

    private void leaveOut(long line, Fix fix, String where, ObjectNode row) throws IOException {
        record(line, fix, where, row, JsonNodeFactory.instance.nullNode());
    }

    private static Optional<ObjectNode> object(String text) {
        try {
            return MAPPER.readTree(text) instanceof ObjectNode object
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private void write(String row) throws IOException {
        out.write(row);
        out.write('\n');
        written++;
    }

    private void record(long line, Fix fix, String where, JsonNode before, JsonNode after)
            throws IOException {
        counts.merge(fix, 1L, Long::sum);
        if (changes.isPresent()) {
            ObjectNode entry = JsonNodeFactory.instance.objectNode();
            entry.put("file", file);
            entry.put("line", line);
            entry.put("fix", fix.id());
            entry.put("where", where);
            entry.set("before", before);
            entry.set("after", after);
            changes.get().write(EscapedJson.write(entry));
            changes.get().write('\n');
        }
    }
}
