package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Decoder;
import dev.hone.model.ModelConfig;
import dev.hone.model.WeightSource;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A step on paper, its parts apart: the passes of micro-batches, and the update.
 *
 * @param parameters of the model
 * @param trainableParameters what the optimizer updates
 * @param weightBytes live before the optimizer is made
 * @param stateBytes live between steps
 * @param hostBytes in host memory between steps
 * @param state what the bytes between steps are for; nothing is kept in it
 * @param passes of the micro-batches, in the order they were given in
 * @param updateBytes most live during the update, above what is live between steps
 * @param update operations of the update
 */
public record StepCount(
        long parameters,
        long trainableParameters,
        long weightBytes,
        long stateBytes,
        long hostBytes,
        Forecast.Parts state,
        List<PassCount> passes,
        long updateBytes,
        Map<Cost.Work, Long> update) {
    /** The smallest batch there is, to see the update behind it. */
    private static final Batch SMALLEST =
            new Batch(new int[2], new int[] {0, 2}, new float[] {0, 1}, new int[1]);

    /**
     * Counts on {@code paper}, which is closed.
     *
     * @param settings with what layers keep
     * @param batches whose passes are counted, each by itself
     */
    public static StepCount of(
            CountingOps paper,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            List<Batch> batches) {
        try (paper;
                Decoder decoder =
                        Forecast.decoder(
                                paper, config, method, settings, WeightSource.undefined())) {
            long weights = paper.memory().liveBytes();
            try (TrainingStep step = new TrainingStep(decoder, settings, 1)) {
                long state = paper.memory().liveBytes();
                List<PassCount> passes = new ArrayList<>();
                step.rehearseWhole(SMALLEST); // streamed layers are then where a pass leaves them
                for (Batch batch : batches) {
                    passes.add(pass(paper, step, batch, state));
                }
                PassCount smallest = pass(paper, step, SMALLEST, state);
                paper.cost().restart();
                long peak = step.run(new OptimizerStep(0, 0, List.of(SMALLEST))).peakLiveBytes();
                return new StepCount(
                        config.parameters(),
                        Forecast.trainableParameters(decoder),
                        weights,
                        state,
                        paper.hostMemory().liveBytes(),
                        Forecast.parts(decoder, 0, weights, state, state, state),
                        List.copyOf(passes),
                        peak - state,
                        combined(paper.cost().work(), smallest.work(), -1));
            }
        }
    }

    private static PassCount pass(CountingOps paper, TrainingStep step, Batch batch, long state) {
        paper.cost().restart();
        long peak = step.rehearseWhole(batch);
        return new PassCount(
                peak - state,
                step.keptBytes(),
                paper.cost().bytesTransferred(),
                paper.cost().work());
    }

    /** Most bytes live during a step that has one of the micro-batches. */
    public long peakBytes() {
        return Math.addExact(stateBytes, Math.max(heaviest().peakBytes(), updateBytes));
    }

    private PassCount heaviest() {
        return passes.stream().max(Comparator.comparingLong(PassCount::peakBytes)).orElseThrow();
    }

    /**
     * The same as a forecast of a step of the heaviest micro-batch.
     *
     * @param tokens of that micro-batch
     */
    public Forecast forecast(long tokens) {
        PassCount heaviest = heaviest();
        boolean updating = updateBytes > heaviest.peakBytes();
        long kept = updating ? 0 : Math.min(heaviest.keptBytes(), heaviest.peakBytes());
        Map<Cost.Work, Long> work = combined(heaviest.work(), update, 1);
        return new Forecast(
                parameters,
                trainableParameters,
                weightBytes,
                stateBytes,
                peakBytes(),
                Math.addExact(stateBytes, heaviest.peakBytes()),
                sum(work, Cost.Work::flops),
                sum(work, Cost.Work::bytes),
                tokens,
                new Forecast.Parts(
                        state.weights(),
                        state.adapter(),
                        state.gradients(),
                        state.optimizer(),
                        kept,
                        peakBytes() - stateBytes - kept),
                work);
    }

    /** Index of the micro-batch whose passes hold the most. */
    public int heaviestPass() {
        return passes.indexOf(heaviest());
    }

    static long sum(Map<Cost.Work, Long> work, ToLongFunction<Cost.Work> of) {
        return work.entrySet().stream()
                .mapToLong(e -> Math.multiplyExact(of.applyAsLong(e.getKey()), e.getValue()))
                .sum();
    }

    /** a + factor · b, without what comes to nothing. */
    static Map<Cost.Work, Long> combined(
            Map<Cost.Work, Long> a, Map<Cost.Work, Long> b, long factor) {
        Map<Cost.Work, Long> sum = new HashMap<>(a);
        b.forEach((work, count) -> sum.merge(work, factor * count, Long::sum));
        sum.values().removeIf(count -> count == 0);
        return Map.copyOf(sum);
    }
}
