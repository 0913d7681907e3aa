package dev.hone.model;

/**
 * How the frozen matrices of the layers are stored; embeddings, norms and head are never quantized.
 */
public sealed interface Quantization {

    /**
     * 4-bit NormalFloat, see {@link dev.hone.tensor.Nf4}.
     *
     * @param doubled whether the scales are in 8 bits
     */
    record Nf4(boolean doubled) implements Quantization {}
}
