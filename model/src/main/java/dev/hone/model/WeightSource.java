package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/** Where a model's weights come from. */
public interface WeightSource extends AutoCloseable {

    /**
     * The weight of this name and shape, converted to {@code dtype}; a {@link ModelException} if
     * there is none.
     */
    Tensor load(Ops ops, String name, Shape shape, DType dtype);

    /**
     * The matrix of this name and shape in fewer bits; quantized as it is loaded, unless it is
     * stored so already.
     */
    default QuantizedMatrix loadQuantized(Ops ops, String name, Shape shape, Quantization kind) {
        float[] values;
        try (Scope _ = ops.scope()) {
            values = ops.floats(load(ops, name, shape, DType.F32));
        }
        return Quantizer.of(kind).quantize(ops, name, HostValues.of(values), shape);
    }

    @Override
    default void close() {}

    /** Weights with undefined content: for planning on paper and for nothing else. */
    static WeightSource undefined() {
        return new WeightSource() {
            @Override
            public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
                return ops.empty(dtype, shape.dims());
            }

            @Override
            public QuantizedMatrix loadQuantized(
                    Ops ops, String name, Shape shape, Quantization kind) {
                return Quantizer.of(kind).undefined(ops, name, shape);
            }
        };
    }
}
