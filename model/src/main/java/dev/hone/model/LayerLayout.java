package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * How the tensors of a layer's matrices lie behind each other in one run of bytes.
 *
 * @param bytes of all of them
 */
record LayerLayout(List<Piece> pieces, long bytes) {
    /** Where a piece may start: what libtorch and our kernels read at once fits between. */
    private static final long ALIGNMENT = 256;

    /** One tensor. */
    record Piece(long from, DType dtype, Shape shape) {}

    static LayerLayout of(List<Weight> weights) {
        List<Piece> pieces = new ArrayList<>();
        long end = 0;
        for (Weight weight : weights) {
            for (Tensor tensor : weight.tensors()) {
                pieces.add(new Piece(end, tensor.dtype(), tensor.shape()));
                end += Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT;
            }
        }
        return new LayerLayout(List.copyOf(pieces), end);
    }

    /** The tensors within a U8 tensor that holds the bytes. */
    List<Tensor> within(Ops ops, Tensor bytes) {
        return pieces.stream()
                .map(piece -> ops.reinterpret(bytes, piece.from(), piece.dtype(), piece.shape()))
                .toList();
    }
}
