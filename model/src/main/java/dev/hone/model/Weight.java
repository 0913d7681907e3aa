package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;

/** The matrix of a linear layer: as it is multiplied with, or in fewer bits. */
sealed interface Weight extends AutoCloseable permits Parameter, QuantizedWeight {

    /** The matrix [out, in] in the dtype of arithmetic; lives as long as the innermost scope. */
    Tensor open(Ops ops);

    boolean trainable();

    @Override
    void close();
}
