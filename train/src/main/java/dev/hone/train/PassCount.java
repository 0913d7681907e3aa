package dev.hone.train;

import dev.hone.tensor.Cost;
import java.util.Map;

/**
 * What the passes forward and backward of one micro-batch take.
 *
 * @param peakBytes most live at once, above what is live between steps
 * @param keptBytes of those, what the forward leaves for the backward
 * @param transferBytes between host and device, in both directions together
 * @param work every operation, alike ones together with their number
 */
public record PassCount(
        long peakBytes, long keptBytes, long transferBytes, Map<Cost.Work, Long> work) {

    /** Floating-point operations of matrix products. */
    public long flops() {
        return StepCount.sum(work, Cost.Work::flops);
    }
}
