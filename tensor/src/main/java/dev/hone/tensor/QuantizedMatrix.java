package dev.hone.tensor;

import java.util.List;

/**
 * A matrix in fewer bits than it is multiplied with: some flat tensors, and numbers on the host
 * where a kind has them. A further kind is a record here, a case in {@link
 * ComposedKernels#dequantize} and one in each faster engine's; the compiler names them.
 */
public sealed interface QuantizedMatrix extends AutoCloseable permits Nf4, Int8 {

    /** Of the matrix in full. */
    Shape shape();

    /** All that the matrix is made of, always in the same order. */
    List<Tensor> tensors();

    /**
     * The same matrix around other tensors, such as copies of its own in another memory.
     *
     * @param tensors of the dtypes and shapes, and in the order, of {@link #tensors()}
     */
    QuantizedMatrix around(List<Tensor> tensors);

    /** Bytes of its tensors. */
    default long bytes() {
        return tensors().stream().mapToLong(Tensor::bytes).sum();
    }

    @Override
    default void close() {
        tensors().forEach(Tensor::close);
    }

    /** Refuses tensors that could not take the place of {@code own}. */
    static void requireAlike(List<Tensor> own, List<Tensor> other) {
        boolean alike = own.size() == other.size();
        for (int i = 0; alike && i < own.size(); i++) {
            alike =
                    own.get(i).dtype() == other.get(i).dtype()
                            && own.get(i).shape().equals(other.get(i).shape());
        }
        if (!alike) {
            throw new IllegalArgumentException(
                    "expected tensors like %s, found %s".formatted(own, other));
        }
    }
}
