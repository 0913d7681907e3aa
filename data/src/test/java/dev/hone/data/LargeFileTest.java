package dev.hone.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LargeFileTest {

    private static final int ROWS = 20_000;
    private static final int IDS = 1000;

    @TempDir Path temp;

    @Test
    void aFileOfManyTimesTheHeapIsPreparedAndLaidIntoSteps() throws Exception {
        Path rows = temp.resolve("rows.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(rows)) {
            StringBuilder ids = new StringBuilder();
            for (int i = 0; i < IDS; i++) {
                ids.append(",").append(1000 + i);
            }
            for (int i = 0; i < ROWS; i++) {
                out.write("{\"input_ids\": [" + i + ids + "]}\n");
            }
        }
        assertThat(Files.size(rows)).isGreaterThan(100_000_000);
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx40m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LargeFileTest.class.getName(),
                                rows.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(said.strip()).endsWith("%d tokens in steps".formatted(ROWS * (IDS + 1L)));
        assertThat(child.waitFor()).isZero();
    }

    /** What the child does, with a heap that holds neither the rows nor their tokens. */
    public static void main(String[] args) {
        Dataset dataset =
                Dataset.load(
                        DataSpec.of(
                                List.of(Path.of(args[0])),
                                new Holdout.None(),
                                2048,
                                TooLong.FAIL,
                                true),
                        ExampleBuilder.forTokens(ROWS, 2048, TooLong.FAIL));
        StepPlan steps =
                StepPlan.of(
                        dataset.train(),
                        dataset.mixture(),
                        new BatchPlan(
                                1,
                                true,
                                new BatchPlan.RunLength.Epochs(1),
                                new BatchPlan.StepSize.Tokens(8192),
                                true,
                                4096));
        long tokens = LongStream.range(0, steps.steps()).map(i -> steps.step(i).tokens()).sum();
        System.out.println(tokens + " tokens in steps");
    }
}
