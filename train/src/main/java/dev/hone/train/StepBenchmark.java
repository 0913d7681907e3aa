package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.BatchPlan.RunLength;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelConfig;
import dev.hone.model.RandomWeights;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The training step on random weights and random tokens, timed: speed does not depend on values.
 */
public final class StepBenchmark {
    private static final long SEED = 1;

    /** Steps and seconds in which compilers and caches warm up, at the least. */
    private static final int WARM_UP_STEPS = 3;

    private static final double WARM_UP_SECONDS = 5;

    private StepBenchmark() {}

    /**
     * What was measured.
     *
     * @param warmUp how many steps were run before those that were timed
     * @param seconds of each of those, ascending
     * @param peakLiveBytes most of tensors during any of the steps
     */
    public record Result(int warmUp, List<Double> seconds, long peakLiveBytes) {

        /** Of an even number of steps, the mean of the two in the middle. */
        public double medianSeconds() {
            int half = seconds.size() / 2;
            return seconds.size() % 2 == 1
                    ? seconds.get(half)
                    : (seconds.get(half - 1) + seconds.get(half)) / 2;
        }

        /** All of them over their number. */
        public double meanSeconds() {
            return seconds.stream().mapToDouble(s -> s).average().orElseThrow();
        }
    }

    /** The settings of a benchmark step; what they say of length and schedule plays no part. */
    public static RunFile.TrainingSection settings(DType dtype) {
        return new RunFile.TrainingSection(
                new RunLength.Steps(1),
                new StepSize.Rows(1),
                Integer.MAX_VALUE,
                1e-4,
                Schedule.CONSTANT,
                new RunFile.Warmup.Steps(0),
                OptimizerSection.of(AdamWRule.DEFAULT, 0.01),
                1,
                dtype,
                false,
                SEED,
                0,
                1,
                RunFile.MemorySection.UNLIMITED);
    }

    /**
     * A step of {@code rows} sequences of {@code length} random tokens, all supervised but the
     * first, in one micro-batch.
     */
    public static OptimizerStep step(int rows, int length, int vocabulary) {
        return step(rows, length, vocabulary, Integer.MAX_VALUE);
    }

    /** The same in micro-batches of at most so many tokens. */
    public static OptimizerStep step(int rows, int length, int vocabulary, int microBatchTokens) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            float[] weights = new float[length];
            Arrays.fill(weights, 1, length, 1);
            int[] ids = random.ints(length, 0, vocabulary).toArray();
            examples.add(new Example("random:" + (i + 1), ids, weights));
        }
        return new OptimizerStep(0, 0, Batch.inOrder(examples, microBatchTokens));
    }

    /**
     * Runs {@code step} over and over.
     *
     * @param timed how often behind the warm-up, at least 1
     * @param warmedUp called before those
     */
    public static Result run(
            Ops ops,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            OptimizerStep step,
            int timed,
            Runnable warmedUp) {
        @Nullable Adapter adapter =
                method instanceof RunFile.Method.Lora lora
                        ? Adapter.fresh(lora.spec(), SEED)
                        : null;
        try (Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                config,
                                new BenchmarkWeights(new RandomWeights(SEED, config.layers())),
                                settings.dtype(),
                                adapter,
                                settings.optimizer().training(method),
                                RunFile.storage(method, settings));
                TrainingStep training = new TrainingStep(decoder, settings, 1)) {
            long peak = 0;
            int warmUp = 0;
            long began = System.nanoTime();
            while (warmUp < WARM_UP_STEPS || since(began) < WARM_UP_SECONDS) {
                peak = Math.max(peak, training.run(step).peakLiveBytes());
                ops.finish();
                warmUp++;
            }
            warmedUp.run();
            List<Double> seconds = new ArrayList<>();
            while (seconds.size() < timed) {
                long start = System.nanoTime();
                peak = Math.max(peak, training.run(step).peakLiveBytes());
                ops.finish();
                seconds.add(since(start));
            }
            return new Result(warmUp, seconds.stream().sorted().toList(), peak);
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
