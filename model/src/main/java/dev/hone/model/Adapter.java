package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * An adapter to put on a decoder: its size and where its weights come from.
 *
 * @param spec which layers, of what rank and scale
 * @param weights gives {@code <layer path>.lora_A.weight} and {@code .lora_B.weight}, and {@code
 *     .lora_magnitude_vector} of a DoRA adapter that is not new
 * @param fresh whether magnitudes begin as the norms they stand for
 */
public record Adapter(LoraSpec spec, WeightSource weights, boolean fresh) {

    /** An adapter all of which comes from {@code weights}. */
    public Adapter(LoraSpec spec, WeightSource weights) {
        this(spec, weights, false);
    }

    /**
     * A new adapter that changes nothing yet: A uniform in ±1/√in (PEFT's Kaiming with a = √5), B
     * zero. A weight depends on the seed and its name alone.
     */
    public static Adapter fresh(LoraSpec spec, long seed) {
        return fresh(spec, AdapterStart.DEFAULT, seed);
    }

    /** The same with another A: normal with deviation 1/R for {@link AdapterStart#GAUSSIAN}. */
    public static Adapter fresh(LoraSpec spec, AdapterStart start, long seed) {
        return new Adapter(
                spec,
                (ops, name, shape, dtype) ->
                        name.endsWith("lora_B.weight")
                                ? ops.zeros(dtype, shape)
                                : random(ops, name, shape, dtype, start, seed),
                true);
    }

    private static Tensor random(
            Ops ops, String name, Shape shape, DType dtype, AdapterStart start, long seed) {
        SplittableRandom random =
                new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
        double bound = 1 / Math.sqrt(shape.dim(1));
        double deviation = 1.0 / shape.dim(0);
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    (float)
                            (start == AdapterStart.GAUSSIAN
                                    ? deviation * random.nextGaussian()
                                    : random.nextDouble(-bound, bound));
        }
        Tensor weight = ops.zeros(dtype, shape);
        try (var _ = ops.scope()) {
            ops.copy(ops.ofFloats(values, shape.dims()), weight);
        }
        return weight;
    }
}
