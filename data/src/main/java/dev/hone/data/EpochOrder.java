package dev.hone.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of each micro-batch of each step of one epoch, made from the plan, the lengths and the
 * epoch's number alone.
 *
 * <p>How: rows are shuffled; then a step takes the next rows of that order, and they are laid into
 * micro-batches. With packing and steps measured in tokens, a window of the order that holds
 * {@value #WINDOW_STEPS} steps' tokens is packed twice by best fit decreasing: rows into
 * micro-batches, then micro-batches into steps. The micro-batches' capacity is the step's divided
 * by the fewest micro-batches it takes, so that full micro-batches make full steps. The steps of a
 * window are shuffled again, since best fit leaves the longest rows in the first.
 *
 * @param epoch from 0
 * @param steps micro-batches of each step, as row indices
 */
record EpochOrder(int epoch, List<List<int[]>> steps) {

    private static final int WINDOW_STEPS = 32;

    static EpochOrder of(BatchPlan plan, Mixture mixture, int[] lengths, int epoch) {
        SplitMix64 random = SplitMix64.of(plan.seed(), epoch);
        int[] order = mixture.rows(plan.seed(), epoch);
        if (plan.shuffle()) {
            random.shuffle(order);
        }
        List<List<int[]>> steps =
                switch (plan.stepSize()) {
                    case BatchPlan.StepSize.Rows rows ->
                            microBatches(plan, lengths, byRows(order, rows.rows()));
                    case BatchPlan.StepSize.Tokens tokens ->
                            plan.pack()
                                    ? packed(plan, lengths, order, tokens.tokens(), random)
                                    : microBatches(
                                            plan,
                                            lengths,
                                            inOrder(order, lengths, tokens.tokens()));
                };
        return new EpochOrder(epoch, steps);
    }

    private static List<int[]> byRows(int[] order, int rows) {
        List<int[]> steps = new ArrayList<>();
        for (int start = 0; start < order.length; start += rows) {
            steps.add(
                    Arrays.copyOfRange(
                            order,
                            start,
                            Math.min(order.length, start + Math.min(rows, order.length))));
        }
        return steps;
    }

    private static List<int[]> inOrder(int[] order, int[] lengths, int capacity) {
        return pick(order, Bins.inOrder(pick(lengths, order), capacity));
    }

    private static List<List<int[]>> microBatches(
            BatchPlan plan, int[] lengths, List<int[]> steps) {
        List<List<int[]>> laid = new ArrayList<>();
        for (int[] rows : steps) {
            laid.add(
                    plan.pack()
                            ? pick(
                                    rows,
                                    Bins.bestFitDecreasing(
                                            pick(lengths, rows), plan.microBatchTokens()))
                            : inOrder(rows, lengths, plan.microBatchTokens()));
        }
        return laid;
    }

    private static List<List<int[]>> packed(
            BatchPlan plan, int[] lengths, int[] order, int stepTokens, SplitMix64 random) {
        int batchesPerStep = Math.ceilDiv(stepTokens, plan.microBatchTokens());
        int batchTokens = stepTokens / batchesPerStep;
        int windowTokens = (int) Math.min(Integer.MAX_VALUE, (long) WINDOW_STEPS * stepTokens);
        List<List<int[]>> steps = new ArrayList<>();
        for (int[] window : inOrder(order, lengths, windowTokens)) {
            List<int[]> batches =
                    pick(window, Bins.bestFitDecreasing(pick(lengths, window), batchTokens));
            int[] tokens =
                    batches.stream()
                            .mapToInt(rows -> IntStream.of(pick(lengths, rows)).sum())
                            .toArray();
            List<int[]> groups = Bins.bestFitDecreasing(tokens, stepTokens);
            int[] groupOrder = IntStream.range(0, groups.size()).toArray();
            if (plan.shuffle()) {
                random.shuffle(groupOrder);
            }
            for (int group : groupOrder) {
                steps.add(IntStream.of(groups.get(group)).mapToObj(batches::get).toList());
            }
        }
        return steps;
    }

    private static int[] pick(int[] from, int[] indices) {
        int[] picked = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            picked[i] = from[indices[i]];
        }
        return picked;
    }

    private static List<int[]> pick(int[] from, List<int[]> bins) {
        return bins.stream().map(bin -> pick(from, bin)).toList();
    }
}
