package dev.hone.data;

import java.util.List;

/**
 * The data of one optimizer step.
 *
 * @param index from 0
 * @param epoch from 0; a step never spans two epochs
 * @param batches micro-batches, whose gradients add up before the optimizer moves
 */
public record OptimizerStep(long index, int epoch, List<Batch> batches) {

    public OptimizerStep {
        batches = List.copyOf(batches);
    }

    /** Tokens of all micro-batches. */
    public long tokens() {
        return batches.stream().mapToLong(Batch::tokens).sum();
    }

    /** Sequences of all micro-batches. */
    public long sequences() {
        return batches.stream().mapToLong(Batch::sequences).sum();
    }

    /** Sum of the weights of all micro-batches: what the step's loss is divided by. */
    public double supervisedWeight() {
        return batches.stream().mapToDouble(Batch::supervisedWeight).sum();
    }
}
