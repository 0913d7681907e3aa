package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
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
     * The matrix of this name and shape in 4 bits; quantized as it is loaded, unless it is stored
     * so already.
     */
    default Nf4 loadNf4(Ops ops, String name, Shape shape, boolean doubled) {
        float[] values;
        try (Scope _ = ops.scope()) {
            values = ops.floats(load(ops, name, shape, DType.F32));
        }
        return Nf4Quantizer.quantize(ops, values, shape, doubled);
    }

    /** A matrix of this source's that was loaded in fp32, in 4 bits: as {@link #loadNf4} has it. */
    default Nf4 quantizedNf4(Ops ops, Tensor matrix, boolean doubled) {
        return Nf4Quantizer.quantize(ops, ops.floats(matrix), matrix.shape(), doubled);
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
            public Nf4 loadNf4(Ops ops, String name, Shape shape, boolean doubled) {
                return Nf4Quantizer.undefined(ops, shape, doubled);
            }

            @Override
            public Nf4 quantizedNf4(Ops ops, Tensor matrix, boolean doubled) {
                return Nf4Quantizer.undefined(ops, matrix.shape(), doubled);
            }

            @Override
            public List<MemorySegment> mapped(String name, List<Tensor> tensors) {
                return List.of();
            }
        };
    }
}
