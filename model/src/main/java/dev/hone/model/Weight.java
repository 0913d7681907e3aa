package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.util.List;

/** The matrix of a linear layer: as it is multiplied with, in fewer bits, or off the device. */
sealed interface Weight extends AutoCloseable permits Parameter, QuantizedWeight, StreamedWeight {

    /** The matrix [out, in] in the dtype of arithmetic; lives as long as the innermost scope. */
    Tensor open(Ops ops);

    boolean trainable();

    /** What a frozen one is stored in, in an order that is always the same. */
    List<Tensor> tensors();

    /** The same weight stored in other tensors of the same dtypes and shapes. */
    Weight around(List<Tensor> tensors);

    @Override
    void close();
}
