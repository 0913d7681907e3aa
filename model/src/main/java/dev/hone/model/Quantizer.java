package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Puts matrices into one kind of fewer bits, on the host. */
sealed interface Quantizer permits Nf4Quantizer, Int8Quantizer {

    /** The one place that knows who makes which kind. */
    static Quantizer of(Quantization kind) {
        return switch (kind) {
            case Quantization.Nf4(boolean doubled) -> new Nf4Quantizer(doubled);
            case Quantization.Int8 _ -> new Int8Quantizer();
        };
    }

    /**
     * Quantizes a row-major matrix and uploads it.
     *
     * @param name of the matrix, for messages
     */
    QuantizedMatrix quantize(Ops ops, String name, HostValues values, Shape shape);

    /** The tensors of a quantized matrix with undefined content: for planning on paper. */
    QuantizedMatrix undefined(Ops ops, String name, Shape shape);

    /**
     * The tensors that stand for a matrix in a checkpoint, in the order of a model's state. What
     * their sizes depend on is found now; the rest is made, from {@code values} again, when a
     * tensor's turn comes.
     *
     * @param ops sums scales, and nothing else
     * @param error told the matrix's {@link RelativeError} when its elements are made
     */
    List<SafetensorsWriter.Content> contents(
            Ops ops, String name, HostValues values, Shape shape, DoubleConsumer error);
}
