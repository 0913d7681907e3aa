package dev.hone.train;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code metrics.jsonl}: one object a step, on the disk as soon as the step is done. */
public final class MetricsFile implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final BufferedWriter writer;

    private MetricsFile(BufferedWriter writer) {
        this.writer = writer;
    }

    /**
     * Opens the file to go on behind {@code stepsDone}; later lines, and one cut short, are
     * removed.
     */
    static MetricsFile continueAfter(Path file, long stepsDone) throws IOException {
        List<String> kept = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (stepOf(line) <= stepsDone) {
                    kept.add(line);
                }
            }
        }
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.write(partial, kept);
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        return new MetricsFile(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    }

    private static long stepOf(String line) {
        try {
            return MAPPER.readTree(line).path("step").asLong(Long.MAX_VALUE);
        } catch (JacksonException _) {
            return Long.MAX_VALUE;
        }
    }

    void write(StepMetrics m) throws IOException {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("step", m.step());
        line.put("epoch", m.epoch());
        line.put("loss", m.loss());
        line.put("grad_norm", m.gradNorm());
        line.put("learning_rate", m.learningRate());
        line.put("tokens", m.tokens());
        line.put("tokens_per_second", m.tokensPerSecond());
        line.put("peak_live_bytes", m.peakLiveBytes());
        writer.write(line.toString());
        writer.newLine();
        writer.flush();
    }

    /** The lines of a finished or running file, oldest first. */
    public static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(MAPPER.readTree(line));
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
