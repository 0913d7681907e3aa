package dev.hone.plan;

import dev.hone.model.LinearModule;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;

/** Sizes of models and adapters by closed formula: what the count on paper is checked against. */
public final class Sizes {
    private static final int SCALE_TABLE_BYTES = 4 * 256;

    private Sizes() {}

    /** Weights of all linear layers of all decoder layers, without biases. */
    public static long linear(ModelConfig c) {
        return c.layers() * (attention(c) + 3L * c.hiddenSize() * c.mlpWidth());
    }

    private static long attention(ModelConfig c) {
        return 2L * c.hiddenSize() * c.headSize() * (c.heads() + c.keyValueHeads());
    }

    /** Everything else: embedding, head unless it is tied, norms, biases. */
    public static long other(ModelConfig c) {
        return c.parameters() - linear(c);
    }

    /** The largest weight matrix of a linear layer. */
    public static long largestLinear(ModelConfig c) {
        return Math.max(
                (long) c.hiddenSize() * c.mlpWidth(),
                (long) c.hiddenSize() * c.heads() * c.headSize());
    }

    /** Parameters of an adapter: R · (in + out) of each layer it is on, and out more for DoRA. */
    public static long adapter(ModelConfig c, LoraSpec spec) {
        long sum = 0;
        for (LinearModule m : spec.modules(c)) {
            sum += spec.size(m.path()).rank() * (m.in() + m.out()) + (spec.dora() ? m.out() : 0);
        }
        return sum;
    }

    /** A number of weights in bf16. */
    public static long bf16Bytes(long parameters) {
        return 2 * parameters;
    }

    /**
     * A number of weights in NF4 with doubly quantized scales: half a byte each, an 8-bit scale for
     * every 64, an fp32 one for every 64 · 256 (arXiv 2305.14314).
     */
    public static long nf4Bytes(long parameters) {
        return parameters / 2 + ceilDiv(parameters, 64) + 4 * ceilDiv(parameters, 64 * 256);
    }

    /**
     * All linear weights in NF4 as they lie on a card: each matrix with its table of 256 scales.
     */
    public static long nf4Bytes(ModelConfig c) {
        long queries = (long) c.heads() * c.headSize() * c.hiddenSize();
        long keys = (long) c.keyValueHeads() * c.headSize() * c.hiddenSize();
        long mlp = (long) c.hiddenSize() * c.mlpWidth();
        long layer = 2 * nf4Bytes(queries) + 2 * nf4Bytes(keys) + 3 * nf4Bytes(mlp);
        return c.layers() * (layer + 7L * SCALE_TABLE_BYTES);
    }

    /** All linear weights in 8 bits, with an fp32 scale for each row. */
    public static long int8Bytes(ModelConfig c) {
        long queries = (long) c.heads() * c.headSize();
        long keys = (long) c.keyValueHeads() * c.headSize();
        long rows = queries + 2 * keys + 2L * c.hiddenSize() + 2L * c.mlpWidth();
        return linear(c) + 4L * c.layers() * rows;
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }
}
