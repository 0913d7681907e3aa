package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/**
 * Fresh weights for pretraining: norms 1, the embedding normal with deviation 0.02, other matrices
 * with 1/√in, the ones that write into the residual stream smaller by √(2·layers) (Radford et al.
 * 2019, section 2.3), biases 0. A weight depends on the seed and its name alone.
 *
 * <p>Where the model has biases on queries and keys, those of the first layer start so that head h
 * looks back {@code 1 + h mod 4} tokens: a query's bias is its key's, turned back by as many
 * positions. What stood before a token is then known from the first step on, which later layers need
 * in order to copy (Olsson et al. 2022, arXiv 2209.11895).
 */
public record RandomWeights(long seed, ModelConfig config) implements WeightSource {
    private static final double EMBEDDING_DEVIATION = 0.02;
    private static final int OFFSETS = 4;

    /** Rotary pairs that tell neighbours apart, and how strongly they do at the start. */
    private static final int PAIRS = 4;

    private static final float STRENGTH = 6;

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        Tensor weight = ops.zeros(dtype, shape);
        try (Scope _ = ops.scope()) {
            if (name.startsWith("model.layers.0.self_attn.") && name.endsWith("_proj.bias")) {
                ops.copy(ops.ofFloats(lookBack(name, shape), shape.dims()), weight);
            } else if (shape.rank() == 1) {
                ops.fill(weight, name.endsWith(".bias") ? 0 : 1);
            } else {
                long mixed = seed * 0x9E3779B97F4A7C15L + name.hashCode();
                ops.copy(ops.normal(DType.F32, shape, deviation(name, shape), mixed), weight);
            }
        }
        return weight;
    }

    private double deviation(String name, Shape shape) {
        if (name.endsWith("embed_tokens.weight")) {
            return EMBEDDING_DEVIATION;
        }
        double plain = 1 / Math.sqrt(shape.dim(1));
        boolean residual =
                name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        return residual ? plain / Math.sqrt(2.0 * config.layers()) : plain;
    }

    private float[] lookBack(String name, Shape shape) {
        float[] bias = new float[Math.toIntExact(shape.elements())];
        boolean query = name.contains(".q_proj.");
        if (!query && !name.contains(".k_proj.")) {
            return bias;
        }
        int size = config.headSize();
        for (int head = 0; head < bias.length / size; head++) {
            int offset = query ? 1 + head % OFFSETS : 0;
            for (int pair = 0; pair < Math.min(PAIRS, size / 2); pair++) {
                double angle = offset * Math.pow(config.ropeTheta(), -2.0 * pair / size);
                bias[head * size + pair] = (float) (STRENGTH * Math.cos(angle));
                bias[head * size + size / 2 + pair] = (float) (-STRENGTH * Math.sin(angle));
            }
        }
        return bias;
    }
}
