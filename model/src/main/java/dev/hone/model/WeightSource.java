package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

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

    /**
     * A matrix of this name that was loaded in fp32, in fewer bits: as {@link #loadQuantized} has
     * it.
     */
    default QuantizedMatrix quantized(Ops ops, String name, Tensor matrix, Quantization kind) {
        return Quantizer.of(kind)
                .quantize(ops, name, HostValues.of(ops.floats(matrix)), matrix.shape());
    }

    /** Whether the weight of this name is stored in full, not quantized. */
    default boolean inFull(String name) {
        return true;
    }

    /**
     * Where the tensors that a matrix of this name was loaded into lie in files mapped to memory,
     * the same bytes in the same order; a {@link ModelException} when they are not stored so.
     */
    default List<MemorySegment> mapped(String name, List<Tensor> tensors) {
        throw new ModelException(
                "'%s' does not come from a file, so it cannot be streamed from disk; set memory.weights: host"
                        .formatted(name));
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

            @Override
            public QuantizedMatrix quantized(
                    Ops ops, String name, Tensor matrix, Quantization kind) {
                return Quantizer.of(kind).undefined(ops, name, matrix.shape());
            }

            @Override
            public List<MemorySegment> mapped(String name, List<Tensor> tensors) {
                return List.of();
            }
        };
    }
}
