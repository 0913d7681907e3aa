package dev.hone.train;

import dev.hone.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Runs on the tiny models of the golden fixtures. */
final class TinyRuns {
    private static final long SEED = 5;

    private TinyRuns() {}

    /** Writes {@code rows.jsonl} into a folder: twelve rows of 8 to 27 random tokens. */
    static void writeRows(Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String ids =
                    random.ints(8 + random.nextInt(20), 3, 250)
                            .mapToObj(Integer::toString)
                            .collect(Collectors.joining(","));
            rows.add("{\"input_ids\":[" + ids + "]}");
        }
        Files.write(folder.resolve("rows.jsonl"), rows);
    }

    /**
     * Trains as the run says.
     *
     * @param stopAfter the step behind which it is asked to stop, −1 for never
     */
    static TrainingRun.End train(RunFile run, boolean resume, int stopAfter) throws IOException {
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(run, PreparedData.load(run), ops, resume)) {
            return training.train(_ -> {}, () -> training.stepsDone() == stopAfter);
        }
    }

    /** Every step that a run has written down, with its loss and the norm of its gradients. */
    static List<String> losses(RunFile run) throws IOException {
        return MetricsFile.read(run.output().resolve("metrics.jsonl")).stream()
                .map(line ->
                        line.get("step").asString()
                                + " "
                                + line.get("loss").asString()
                                + " "
                                + line.get("grad_norm").asString())
                .toList();
    }
}
