package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Tensor;

/** A frozen matrix in fewer bits, written out in full for each product. */
record QuantizedWeight(QuantizedMatrix matrix, DType compute) implements Weight {

    @Override
    public Tensor open(Ops ops) {
        return ops.dequantize(matrix, compute);
    }

    @Override
    public boolean trainable() {
        return false;
    }

    @Override
    public void close() {
        matrix.close();
    }
}
