package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * A LoRA adapter to put on a decoder: its size and where its weights come from.
 *
 * @param spec which layers, of what rank and scale
 * @param weights gives {@code <layer path>.lora_A.weight} and {@code .lora_B.weight}
 */
public record Adapter(LoraSpec spec, WeightSource weights) {

    /**
     * A new adapter that changes nothing yet: A uniform in ±1/√in (PEFT's Kaiming with a = √5), B
     * zero. A weight depends on the seed and its name alone.
     */
    public static Adapter fresh(LoraSpec spec, long seed) {
        return new Adapter(
                spec,
                (ops, name, shape, dtype) ->
                        name.endsWith("lora_B.weight")
                                ? ops.zeros(dtype, shape)
                                : uniform(ops, name, shape, dtype, seed));
    }

    private static Tensor uniform(Ops ops, String name, Shape shape, DType dtype, long seed) {
        SplittableRandom random =
                new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
        double bound = 1 / Math.sqrt(shape.dim(1));
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        Tensor weight = ops.zeros(dtype, shape);
        try (var _ = ops.scope()) {
            ops.copy(ops.ofFloats(values, shape.dims()), weight);
        }
        return weight;
    }
}
