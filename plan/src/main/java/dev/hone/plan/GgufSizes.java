package dev.hone.plan;

import dev.hone.model.ModelConfig;

/**
 * Sizes of a model as GGUF files, by the bytes of their blocks (ggml-common.h) and the recipe of
 * llama-quant.cpp: which tensor gets which. Vectors are fp32. Header and vocabulary, a few
 * megabytes, are left out.
 */
final class GgufSizes {
    private GgufSizes() {}

    /** A way to store rows: so many bytes for so many weights. */
    private enum Block {
        Q8_0(34, 32),
        Q5_0(22, 32),
        Q4_K(144, 256),
        Q6_K(210, 256);

        private final int bytes;
        private final int weights;

        Block(int bytes, int weights) {
            this.bytes = bytes;
            this.weights = weights;
        }

        /** Bytes of {@code rows} rows of {@code width}. */
        long of(long rows, long width) {
            return rows * width / weights * bytes;
        }

        /** This, or what stands in for it where rows are no whole number of blocks. */
        Block fitting(long width) {
            if (width % weights == 0) {
                return this;
            }
            return this == Q6_K ? Q8_0 : Q5_0;
        }
    }

    /** Every matrix in 8 bits. */
    static long q8(ModelConfig c) {
        long hidden = c.hiddenSize();
        long queries = (long) c.heads() * c.headSize();
        long keys = (long) c.keyValueHeads() * c.headSize();
        long layer =
                Block.Q8_0.of(queries + 2 * keys + 2L * c.mlpWidth(), hidden)
                        + Block.Q8_0.of(hidden, queries)
                        + Block.Q8_0.of(hidden, c.mlpWidth());
        long tables = Block.Q8_0.of(c.vocabulary(), hidden) * (c.tied() ? 1 : 2);
        return c.layers() * layer + tables + vectors(c);
    }

    /** The mix called Q4_K_M: 4 bits, and 6 for the head and half of the values and downs. */
    static long q4(ModelConfig c) {
        long hidden = c.hiddenSize();
        long queries = (long) c.heads() * c.headSize();
        long keys = (long) c.keyValueHeads() * c.headSize();
        long sum = 0;
        for (int layer = 0; layer < c.layers(); layer++) {
            Block better = usesMoreBits(layer, c.layers()) ? Block.Q6_K : Block.Q4_K;
            sum +=
                    four(queries + keys + 2L * c.mlpWidth(), hidden)
                            + four(hidden, queries)
                            + better.fitting(hidden).of(keys, hidden)
                            + better.fitting(c.mlpWidth()).of(hidden, c.mlpWidth());
        }
        long head = Block.Q6_K.fitting(hidden).of(c.vocabulary(), hidden);
        return sum + head + (c.tied() ? 0 : four(c.vocabulary(), hidden)) + vectors(c);
    }

    private static long four(long rows, long width) {
        return Block.Q4_K.fitting(width).of(rows, width);
    }

    /** llama-quant.cpp: the first and the last eighth of the layers, and every third between. */
    private static boolean usesMoreBits(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    private static long vectors(ModelConfig c) {
        long matrices =
                Sizes.linear(c) + (long) c.vocabulary() * c.hiddenSize() * (c.tied() ? 1 : 2);
        return 4 * (c.parameters() - matrices);
    }
}
