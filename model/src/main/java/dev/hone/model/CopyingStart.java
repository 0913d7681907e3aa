package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * Fresh weights whose first two layers copy from the start: where a token stood before, what came
 * behind it is expected again. Random weights find this circuit, an induction head, only after
 * billions of tokens of text or many millions of drill (Olsson et al. 2022, arXiv 2209.11895); a
 * small model that is to be pretrained in minutes begins with it and lets training refine it.
 *
 * <p>The hidden space is split into orthonormal halves, U and V. Layer 0: the first query head of
 * each key-value head looks one token back, by biases on q and k that differ by the rotation of one
 * position; it reads that token in its part of V and writes it into its part of U. Layer 1: queries
 * read the current token in V, keys the token before theirs in U, both in the slowest rotary pairs,
 * where position hardly matters; what is attended to is read in V and written back in V, which the
 * tied head turns into its logit. Everything else is as in {@link RandomWeights}.
 *
 * <p>Needs a tied head, biases on q and k, and K·E at most half of the hidden size.
 */
public final class CopyingStart implements WeightSource {
    /** Deviation of the embedding. */
    private static final double EMBEDDING = 0.04;

    /**
     * Size of the biases that look one token back, and the number of fast rotary pairs they use.
     */
    private static final double LOOK = 6;

    private static final int FAST_PAIRS = 4;

    /** Slow rotary pairs that tokens are compared in, and how sharply. */
    private static final int SLOW_PAIRS = 6;

    private static final double COMPARE = 2.5;

    /** What layer 0 writes of the token before, and layer 1 of the token to copy. */
    private static final double WRITE_BEFORE = 0.12;

    private static final double WRITE_COPY = 0.19;

    private final ModelConfig config;
    private final RandomWeights others;
    private final double[][] basis; // [D, D], rows orthonormal

    public CopyingStart(long seed, ModelConfig config) {
        this.config = config;
        this.others = new RandomWeights(seed, config.layers());
        if (!config.tied()
                || !config.queryKeyBias()
                || config.layers() < 2
                || 2 * config.keyValueHeads() * config.headSize() > config.hiddenSize()
                || config.headSize() / 2 < FAST_PAIRS + SLOW_PAIRS) {
            throw new ModelException(
                    "initialize: copying needs two layers, a tied head, biases on q and k, and key-value heads that together take at most half of the hidden size");
        }
        this.basis = orthonormal(config.hiddenSize(), new SplittableRandom(seed));
    }

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        if (name.equals("model.embed_tokens.weight")) {
            try (Scope scope = ops.scope()) {
                Tensor weight = others.load(ops, name, shape, dtype);
                ops.scaleInPlace(weight, EMBEDDING / 0.02);
                return scope.keep(weight);
            }
        }
        boolean first = name.startsWith("model.layers.0.self_attn.");
        boolean second = name.startsWith("model.layers.1.self_attn.");
        if (!first && !second) {
            return others.load(ops, name, shape, dtype);
        }
        float[] values = new float[Math.toIntExact(shape.elements())];
        switch (name.substring(name.indexOf("self_attn.") + "self_attn.".length())) {
            case "q_proj.bias" -> fill(first, values, config.heads(), 1);
            case "k_proj.bias" -> fill(first, values, config.keyValueHeads(), 0);
            case "v_proj.weight" -> readTokens(values);
            case "o_proj.weight" -> {
                if (first) {
                    writeBefore(values);
                } else {
                    writeCopy(values);
                }
            }
            case "q_proj.weight" -> {
                if (second) {
                    compare(values, config.heads(), false);
                }
            }
            case "k_proj.weight" -> {
                if (second) {
                    compare(values, config.keyValueHeads(), true);
                }
            }
            default -> {}
        }
        Tensor weight = ops.zeros(dtype, shape);
        try (Scope _ = ops.scope()) {
            ops.copy(ops.ofFloats(values, shape.dims()), weight);
        }
        return weight;
    }

    /** The direction of V that component {@code i} of a key-value head reads. */
    private double[] tokenDirection(int keyHead, int i) {
        return basis[config.keyValueHeads() * config.headSize() + keyHead * config.headSize() + i];
    }

    /** The direction of U where that component of the token before is written. */
    private double[] beforeDirection(int keyHead, int i) {
        return basis[keyHead * config.headSize() + i];
    }

    /** Biases [heads·E] of constant heads that are {@code offset} positions apart. */
    private void fill(boolean wanted, float[] bias, int heads, int offset) {
        if (!wanted) {
            return;
        }
        int size = config.headSize();
        for (int head = 0; head < heads; head++) {
            for (int pair = 0; pair < FAST_PAIRS; pair++) {
                double angle = offset * Math.pow(config.ropeTheta(), -2.0 * pair / size);
                bias[head * size + pair] = (float) (LOOK * Math.cos(angle));
                bias[head * size + size / 2 + pair] = (float) (-LOOK * Math.sin(angle));
            }
        }
    }

    /** [K·E, D] */
    private void readTokens(float[] weight) {
        for (int head = 0; head < config.keyValueHeads(); head++) {
            for (int i = 0; i < config.headSize(); i++) {
                row(weight, head * config.headSize() + i, tokenDirection(head, i), 1);
            }
        }
    }

    /** [D, H·E]: the first query head of each key-value head writes, the others are silent. */
    private void writeBefore(float[] weight) {
        int group = config.heads() / config.keyValueHeads();
        for (int head = 0; head < config.keyValueHeads(); head++) {
            for (int i = 0; i < config.headSize(); i++) {
                int column = head * group * config.headSize() + i;
                column(weight, column, beforeDirection(head, i), WRITE_BEFORE);
            }
        }
    }

    /** [D, H·E] */
    private void writeCopy(float[] weight) {
        int group = config.heads() / config.keyValueHeads();
        for (int head = 0; head < config.heads(); head++) {
            for (int i = 0; i < config.headSize(); i++) {
                int column = head * config.headSize() + i;
                column(weight, column, tokenDirection(head / group, i), 2 * WRITE_COPY / group);
            }
        }
    }

    /** [heads·E, D]: the slow pairs of each head read the current token, or the one before. */
    private void compare(float[] weight, int heads, boolean before) {
        int size = config.headSize();
        int group = heads / config.keyValueHeads();
        for (int head = 0; head < heads; head++) {
            for (int n = 0; n < 2 * SLOW_PAIRS; n++) {
                int pair = size / 2 - 1 - n / 2;
                int at = n % 2 == 0 ? pair : size / 2 + pair;
                double[] direction =
                        before ? beforeDirection(head / group, n) : tokenDirection(head / group, n);
                row(weight, head * size + at, direction, COMPARE);
            }
        }
    }

    private void row(float[] weight, int row, double[] direction, double scale) {
        int width = config.hiddenSize();
        for (int d = 0; d < width; d++) {
            weight[row * width + d] = (float) (scale * direction[d]);
        }
    }

    private void column(float[] weight, int column, double[] direction, double scale) {
        int width = config.heads() * config.headSize();
        for (int d = 0; d < config.hiddenSize(); d++) {
            weight[d * width + column] = (float) (scale * direction[d]);
        }
    }

    /** A random orthonormal basis, by Gram and Schmidt. */
    private static double[][] orthonormal(int size, SplittableRandom random) {
        double[][] rows = new double[size][];
        for (int i = 0; i < size; i++) {
            double[] row = random.doubles(size, -1, 1).toArray();
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    double dot = dot(row, rows[j]);
                    for (int d = 0; d < size; d++) {
                        row[d] -= dot * rows[j][d];
                    }
                }
            }
            double norm = Math.sqrt(dot(row, row));
            for (int d = 0; d < size; d++) {
                row[d] /= norm;
            }
            rows[i] = row;
        }
        return rows;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
