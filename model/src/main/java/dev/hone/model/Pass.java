package dev.hone.model;

import dev.hone.tensor.Sequences;
import dev.hone.tensor.Tensor;

/**
 * What every layer of one pass over a batch needs to know.
 *
 * @param sequences boundaries of the sequences in the flat run of T tokens
 * @param cos [T, E/2] fp32, each token's rotary cosines
 * @param sin [T, E/2] fp32
 * @param seed of this pass's dropout masks, {@link #NO_DROPOUT} outside training
 */
public record Pass(Sequences sequences, Tensor cos, Tensor sin, long seed) {
    /** The seed that turns dropout off. */
    public static final long NO_DROPOUT = 0;

    /** The seed of the masks at one place of the model. */
    long seedAt(int layer, int place) {
        if (seed == NO_DROPOUT) {
            return NO_DROPOUT;
        }
        long mixed = (seed + 0x9E3779B97F4A7C15L * (layer * 16L + place + 1)) * 0xBF58476D1CE4E5B9L;
        return (mixed ^ (mixed >>> 31)) | 1;
    }
}
