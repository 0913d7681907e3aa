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
import dev.hone.model.Training;
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

    private StepBenchmark() {}

    /**
     * What was measured.
     *
     * @param seconds of each step, in order; the first ones warm up
     * @param peakLiveBytes of tensors during the last step
     */
    public record Result(List<Double> seconds, long tokens, long peakLiveBytes) {

        /** Median of the steps behind the first {@code warmup}. */
        public double medianSeconds(int warmup) {
            double[] sorted = seconds.stream().skip(warmup).mapToDouble(s -> s).sorted().toArray();
            return sorted[sorted.length / 2];
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
     * first.
     */
    public static OptimizerStep step(int rows, int length, int vocabulary) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Example> examples = new ArrayList<>();
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            float[] weights = new float[length];
            Arrays.fill(weights, 1, length, 1);
            int[] ids = random.ints(length, 0, vocabulary).toArray();
            examples.add(new Example("random:" + (i + 1), ids, weights));
            order[i] = i;
        }
        return new OptimizerStep(0, 0, List.of(Batch.of(examples, order)));
    }

    /**
     * Runs {@code steps} steps; {@code warmedUp} is called before the last {@code steps − warmup}.
     */
    public static Result run(
            Ops ops,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            OptimizerStep step,
            int steps,
            int warmup,
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
                                adapter == null ? new Training.Full() : new Training.AdapterOnly(),
                                RunFile.storage(method, settings));
                TrainingStep training = new TrainingStep(decoder, settings, 1)) {
            List<Double> seconds = new ArrayList<>();
            long peak = 0;
            for (int i = 0; i < steps; i++) {
                if (i == warmup) {
                    warmedUp.run();
                }
                long start = System.nanoTime();
                peak = training.run(step).peakLiveBytes();
                ops.finish();
                seconds.add((System.nanoTime() - start) / 1e9);
            }
            return new Result(seconds, step.tokens(), peak);
        }
    }
}
