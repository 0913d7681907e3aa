package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Decoder;
import dev.hone.model.ModelConfig;
import dev.hone.model.WeightSource;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What a run's heaviest parts should take, every layer counted.
 *
 * @param heaviest the micro-batch that needs the most memory
 * @param heaviestPeakBytes most bytes live during its passes
 * @param evaluationPeakBytes most bytes live while the largest batch of held-back rows is measured;
 *     0 when there are none
 * @param typical a micro-batch that stands for the others
 * @param typicalPass its passes
 */
public record ProbeCount(
        Batch heaviest,
        long heaviestPeakBytes,
        long evaluationPeakBytes,
        Batch typical,
        PassCount typicalPass) {

    /**
     * Counts for a device.
     *
     * @param heaviest steps of which one needs most memory
     * @param holdout rows kept from training
     */
    public static ProbeCount of(
            Device device,
            ModelConfig config,
            RunFile run,
            List<OptimizerStep> heaviest,
            List<Example> holdout,
            Batch typical) {
        List<Batch> candidates = HeavyBatches.ofSteps(heaviest);
        LayeredStep layered =
                LayeredStep.of(device, config, run.method(), run.training(), candidates);
        Batch batch =
                candidates.get(layered.under(run.training().memory().holding()).heaviestPass());
        StepCount whole =
                StepCount.of(
                        CountingOps.of(device),
                        config,
                        run.method(),
                        run.training(),
                        List.of(batch, typical));
        return new ProbeCount(
                batch,
                whole.stateBytes() + whole.passes().getFirst().peakBytes(),
                holdout.isEmpty() ? 0 : evaluationPeak(device, config, run, holdout),
                typical,
                whole.passes().getLast());
    }

    private static long evaluationPeak(
            Device device, ModelConfig config, RunFile run, List<Example> holdout) {
        CountingOps paper = CountingOps.of(device);
        try (paper;
                Decoder decoder =
                        Forecast.decoder(
                                paper,
                                config,
                                run.method(),
                                run.training(),
                                WeightSource.undefined());
                TrainingStep _ = new TrainingStep(decoder, run.training(), 1)) {
            paper.memory().resetPeak();
            int tokens = run.training().microBatchTokens();
            HeldBackLoss.of(decoder, largest(holdout, tokens), tokens);
            return paper.memory().peakBytes();
        }
    }

    /** The rows of the largest batch in which held-back rows are measured. */
    public static List<Example> largest(List<Example> holdout, int batchTokens) {
        Batch batch =
                Batch.inOrder(holdout, batchTokens).stream()
                        .max(Comparator.comparingInt(Batch::tokens))
                        .orElseThrow();
        return Arrays.stream(batch.sources()).mapToObj(holdout::get).toList();
    }
}
