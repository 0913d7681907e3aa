package dev.hone.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every optimizer step of a run. A step is made from its index alone, so a run that is resumed at
 * step n sees what it would have seen: nothing is replayed and no state is saved. Every row appears
 * in each whole epoch as often as the {@link Mixture} says, which is once unless sources are
 * weighted.
 *
 * <p>The same examples and the same {@link BatchPlan} give the same steps on any machine.
 */
public final class StepPlan {

    private final List<Example> examples;
    private final Mixture mixture;
    private final BatchPlan plan;
    private final int[] lengths;
    private final double[] weights;

    /** First step of each epoch, then the number of steps. */
    private final long[] epochStarts;

    /**
     * The epoch asked for last; any thread may replace it, since making it again gives the same.
     */
    private volatile @Nullable EpochOrder latest;

    private StepPlan(List<Example> examples, Mixture mixture, BatchPlan plan) {
        this.examples = examples;
        this.mixture = mixture;
        this.plan = plan;
        this.lengths = new int[examples.size()];
        this.weights = new double[lengths.length];
        for (int i = 0; i < lengths.length; i++) {
            Example example = examples.get(i);
            lengths[i] = example.length();
            weights[i] = example.supervisedWeight();
        }
        this.epochStarts = epochStarts();
    }

    /**
     * Plans a run that sees every example once an epoch.
     *
     * @throws IllegalArgumentException if there are no examples
     */
    public static StepPlan of(List<Example> examples, BatchPlan plan) {
        return of(examples, Mixture.plain(examples.size()), plan);
    }

    /**
     * Plans a run.
     *
     * @param examples must not change
     * @param mixture how often an epoch sees each
     * @throws IllegalArgumentException if there are no examples
     * @throws DataException if the mixture takes none of them
     */
    public static StepPlan of(List<Example> examples, Mixture mixture, BatchPlan plan) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException(
                    "There are no examples to plan steps for; expected at least one");
        }
        StepPlan steps = new StepPlan(examples, mixture, plan);
        if (steps.steps() == 0) {
            throw new DataException(
                    "data.train",
                    "the weights of the sources are so small that no epoch sees a row; raise them, or train for more epochs");
        }
        return steps;
    }

    private long[] epochStarts() {
        long wanted =
                switch (plan.length()) {
                    case BatchPlan.RunLength.Epochs ignored -> Long.MAX_VALUE;
                    case BatchPlan.RunLength.Steps steps -> steps.steps();
                };
        int epochs =
                switch (plan.length()) {
                    case BatchPlan.RunLength.Epochs e -> e.epochs();
                    case BatchPlan.RunLength.Steps ignored -> Integer.MAX_VALUE;
                };
        List<Long> starts = new ArrayList<>();
        long steps = 0;
        for (int epoch = 0; epoch < epochs && steps < wanted; epoch++) {
            starts.add(steps);
            steps += EpochOrder.of(plan, mixture, lengths, epoch).steps().size();
        }
        starts.add(Math.min(steps, wanted));
        return starts.stream().mapToLong(Long::longValue).toArray();
    }

    /** Number of optimizer steps of the run. */
    public long steps() {
        return epochStarts[epochStarts.length - 1];
    }

    /**
     * The micro-batches of a step, made anew at each call.
     *
     * @param index from 0 to {@link #steps()}, excluded
     */
    public OptimizerStep step(long index) {
        List<Batch> batches =
                microBatches(index).stream().map(rows -> Batch.of(examples, rows)).toList();
        return new OptimizerStep(index, epoch(index), batches);
    }

    /** Sum of the weights of a step over all its micro-batches: what its loss is divided by. */
    public double supervisedWeight(long index) {
        double sum = 0;
        for (int[] rows : microBatches(index)) {
            for (int row : rows) {
                sum += weights[row];
            }
        }
        return sum;
    }

    /** Number of tokens of a step over all its micro-batches. */
    public long tokens(long index) {
        long sum = 0;
        for (int[] rows : microBatches(index)) {
            for (int row : rows) {
                sum += lengths[row];
            }
        }
        return sum;
    }

    private List<int[]> microBatches(long index) {
        int epoch = epoch(index);
        EpochOrder order = latest;
        if (order == null || order.epoch() != epoch) {
            order = EpochOrder.of(plan, mixture, lengths, epoch);
            latest = order;
        }
        return order.steps().get(Math.toIntExact(index - epochStarts[epoch]));
    }

    private int epoch(long index) {
        Objects.checkIndex(index, steps());
        int found = Arrays.binarySearch(epochStarts, index);
        return found >= 0 ? found : -found - 2;
    }
}
