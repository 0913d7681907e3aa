package dev.hone.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Results of {@code hone bench}, a line of JSON each. Lines are added under a lock on the file, so
 * those of two processes never mix; what is no result of the benchmark is passed over.
 */
final class BenchHistory {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * Keys that are equal in two results of the same thing: the device, the shape, whatever it is
     * called, and the settings. A key that is in neither is equal.
     */
    private static final List<String> SAME =
            List.of(
                    "device_name",
                    "threads",
                    "family",
                    "layers",
                    "hidden_size",
                    "mlp_width",
                    "heads",
                    "key_value_heads",
                    "head_size",
                    "vocabulary",
                    "tied_embeddings",
                    "method",
                    "quantization",
                    "rank",
                    "optimizer",
                    "master",
                    "update",
                    "dtype",
                    "rows",
                    "length",
                    "micro_batch_tokens",
                    "memory_limit_bytes",
                    "keep",
                    "weights",
                    "embedding",
                    "profile");

    /** Keys of every result. */
    private static final List<String> NUMBERS =
            List.of("median_step_s", "tokens_per_second", "peak_live_bytes");

    private BenchHistory() {}

    /**
     * What a file had.
     *
     * @param previous the newest result of the same
     * @param skipped lines that are no results
     * @param firstSkipped number of the first of those, 0 without any
     */
    record Found(Optional<JsonNode> previous, long skipped, long firstSkipped) {}

    /** {@code $XDG_DATA_HOME/hone/bench.jsonl}, {@code ~/.local/share/hone/bench.jsonl} without. */
    static Path userFile(Map<String, String> environment, Path home) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        return (data.isBlank() ? home.resolve(".local/share") : Path.of(data))
                .resolve("hone/bench.jsonl");
    }

    /** Adds a result to a file, which need not exist, and says what was there before it. */
    static Found add(Path file, ObjectNode result) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        synchronized (BenchHistory.class) {
            try (FileChannel channel =
                            FileChannel.open(
                                    file,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.READ,
                                    StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                Found found = read(channel, result);
                append(channel, result.toString());
                return found;
            }
        }
    }

    @SuppressWarnings("resource") // the reader is the channel's, which goes on to be written
    private static Found read(FileChannel channel, ObjectNode result) throws IOException {
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.UTF_8));
        @Nullable JsonNode previous = null;
        long number = 0;
        long skipped = 0;
        long firstSkipped = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            Optional<JsonNode> older = result(line);
            if (older.isPresent()) {
                previous = same(older.get(), result) ? older.get() : previous;
            } else if (!line.isBlank()) {
                firstSkipped = skipped++ == 0 ? number : firstSkipped;
            }
        }
        return new Found(Optional.ofNullable(previous), skipped, firstSkipped);
    }

    /** A line's result, when it is one. */
    private static Optional<JsonNode> result(String line) {
        try {
            JsonNode json = MAPPER.readTree(line);
            boolean whole =
                    json.path("date").isString()
                            && json.path("hone_version").isString()
                            && NUMBERS.stream().allMatch(key -> isMeasure(json.path(key)));
            return whole ? Optional.of(json) : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static boolean isMeasure(JsonNode number) {
        return number.isNumber() && number.asDouble() > 0 && Double.isFinite(number.asDouble());
    }

    private static boolean same(JsonNode older, JsonNode newer) {
        return SAME.stream().allMatch(key -> text(older, key).equals(text(newer, key)));
    }

    /** Numbers that are read back may be of another type. */
    private static String text(JsonNode json, String key) {
        return json.path(key).toString();
    }

    /** On a line of its own, also behind one that was not finished. */
    private static void append(FileChannel channel, String line) throws IOException {
        long size = channel.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        boolean torn = size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != (byte) '\n';
        ByteBuffer bytes =
                ByteBuffer.wrap(
                        ((torn ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8));
        channel.position(size);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
