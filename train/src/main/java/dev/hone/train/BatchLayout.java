package dev.hone.train;

import dev.hone.data.Batch;
import java.util.Arrays;
import java.util.List;

/**
 * What memory and time of a micro-batch depend on: not which tokens it has.
 *
 * @param offsets where its sequences start, and the end
 * @param supervised number of tokens that are trained
 */
public record BatchLayout(List<Integer> offsets, int supervised) {

    /** The layout of a batch. */
    public static BatchLayout of(Batch batch) {
        return new BatchLayout(
                Arrays.stream(batch.offsets()).boxed().toList(), HeavyBatches.supervised(batch));
    }
}
