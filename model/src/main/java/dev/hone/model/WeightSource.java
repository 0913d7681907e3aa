package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/** Where a model's weights come from. */
public interface WeightSource extends AutoCloseable {

    /**
     * The weight of this name and shape, converted to {@code dtype}; a {@link ModelException} if
     * there is none.
     */
    Tensor load(Ops ops, String name, Shape shape, DType dtype);

    @Override
    default void close() {}

    /** Weights with undefined content: for planning on paper and for nothing else. */
    static WeightSource undefined() {
        return (ops, name, shape, dtype) -> ops.empty(dtype, shape.dims());
    }
}
