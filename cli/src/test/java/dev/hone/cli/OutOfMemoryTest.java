package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hone.tensor.Memory;
import dev.hone.tensor.MemoryUse;
import dev.hone.tensor.Ops;
import dev.hone.tensor.OutOfDeviceMemoryException;
import dev.hone.torch.TorchOps;
import dev.hone.train.RunFile;
import dev.hone.train.TrainingRun.End;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose device has less memory than it said. */
class OutOfMemoryTest {
    @TempDir private Path folder;

    /** An engine whose device holds no more than this once a model is on it. */
    private static Ops holding(long most) {
        Ops ops = TorchOps.cpu(2);
        ops.memory()
                .observe(
                        new Memory.Observer() {
                            @Override
                            public void allocated(long id, long bytes) {
                                Memory memory = ops.memory();
                                if (memory.liveBytes(MemoryUse.WEIGHTS) > 0
                                        && memory.liveBytes() > most) {
                                    throw new OutOfDeviceMemoryException(
                                            ops.device(),
                                            memory,
                                            "no room for %,d bytes".formatted(bytes),
                                            null);
                                }
                            }

                            @Override
                            public void freed(long id) {}
                        });
        return ops;
    }

    private RunFile run(String name, Map<String, String> more) throws IOException {
        Path file = folder.resolve(name + ".yml");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append("{\"input_ids\": [")
                    .append("1, 2, 3, 4, 5, 6, 7, 8, ".repeat(16))
                    .append("1]}\n");
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        Files.writeString(
                file,
                """
                model: %s
                data: { train: rows.jsonl, cache: no }
                training: { steps: 2, tokens_per_step: 1024 }
                output: %s
                """
                        .formatted(Starters.MODEL.toAbsolutePath(), name));
        return RunFile.read(file, more);
    }

    private static TrainingSession open(RunFile run, Ops ops, boolean resume) throws IOException {
        return TrainingSession.open(
                run, ops, resume, new RunOptions(), new PrintWriter(Writer.nullWriter()));
    }

    /** What the largest step needs as the run is planned with all memory there is. */
    private static long peak(RunFile run) throws IOException {
        try (TrainingSession _ = open(run, TorchOps.cpu(2), false)) {
            String plan = Files.readString(run.output().resolve("plan.json"));
            return Long.parseLong(
                    plan.replaceAll("(?s).*?\"peak_live_bytes\"\\s*:\\s*(\\d+).*", "$1"));
        }
    }

    @Test
    void itIsAnsweredWithTheLimitUnderWhichTheRunFits() throws IOException {
        long most = peak(run("roomy", Map.of())) * 3 / 4;
        RunFile tight = run("tight", Map.of());
        OutOfDeviceMemoryException failure =
                catchThrowableOfType(
                        OutOfDeviceMemoryException.class,
                        () -> {
                            try (TrainingSession session = open(tight, holding(most), false)) {
                                session.train();
                            }
                        });
        assertThat(failure)
                .hasMessageMatching(
                        "cpu is out of memory with .* bytes of tensors live \\(peak .*\\): no room for .* bytes; live are weights .*, adapter .*, optimizer .*\\. With memory: \\{ limit: \\d+(MiB)? } in the run file it fits: layers keep (all but the MLP|their input) in \\d+.* of \\d+ layers\\. No result changes; go on with --resume");
        String limit = String.valueOf(failure.getMessage()).replaceAll(".*limit: (\\w+) }.*", "$1");
        RunFile limited = run("tight", Map.of("memory.limit", limit));
        try (TrainingSession session = open(limited, holding(most), true)) {
            assertThat(session.train()).isEqualTo(End.FINISHED);
        }
    }

    @Test
    void whereNothingFitsItSaysWhatWouldHelp() throws IOException {
        RunFile run = run("none", Map.of());
        assertThatThrownBy(
                        () -> {
                            try (TrainingSession session = open(run, holding(3_000_000), false)) {
                                session.train();
                            }
                        })
                .isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageMatching(
                        ".*\\. Nothing fits: memory\\.limit is [0-9,]+ bytes, and a step needs [0-9,]+ even when every layer keeps only its input; lower training\\.micro_batch_tokens \\(now 2,048\\), use method qlora, or raise memory\\.limit");
    }
}
