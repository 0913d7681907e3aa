package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/**
 * Fresh weights for pretraining: norms 1, biases 0, matrices normal with deviation 0.02, the ones
 * that write into the residual stream smaller by √(2·layers) (Radford et al. 2019, section 2.3). A
 * weight depends on the seed and its name alone.
 *
 * @param layers number of layers of the model
 */
public record RandomWeights(long seed, int layers) implements WeightSource {
    private static final double DEVIATION = 0.02;

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        Tensor weight = ops.zeros(dtype, shape);
        if (shape.rank() == 1) {
            ops.fill(weight, name.endsWith(".bias") ? 0 : 1);
            return weight;
        }
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        double deviation = residual ? DEVIATION / Math.sqrt(2.0 * layers) : DEVIATION;
        try (Scope _ = ops.scope()) {
            long mixed = seed * 0x9E3779B97F4A7C15L + name.hashCode();
            ops.copy(ops.normal(DType.F32, shape, deviation, mixed), weight);
        }
        return weight;
    }
}
