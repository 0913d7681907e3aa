package dev.hone.model;

/**
 * How the frozen matrices of the layers are stored; embeddings, norms and head are never quantized.
 */
public sealed interface Quantization {

    /** The kind's short name, as run files and options have it. */
    String type();

    /**
     * 4-bit NormalFloat, see {@link dev.hone.tensor.Nf4}.
     *
     * @param doubled whether the scales are in 8 bits
     */
    record Nf4(boolean doubled) implements Quantization {
        @Override
        public String type() {
            return "nf4";
        }

        @Override
        public String toString() {
            return type() + " " + (doubled ? "with" : "without") + " double quantization";
        }
    }

    /** Whole numbers of 8 bits by rows, see {@link dev.hone.tensor.Int8}. */
    record Int8() implements Quantization {
        @Override
        public String type() {
            return "int8";
        }

        @Override
        public String toString() {
            return type();
        }
    }
}
