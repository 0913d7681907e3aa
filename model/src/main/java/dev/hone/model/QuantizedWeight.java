package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Tensor;
import java.util.List;

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
    public List<Tensor> tensors() {
        return matrix.tensors();
    }

    @Override
    public Weight around(List<Tensor> tensors) {
        return new QuantizedWeight(matrix.around(tensors), compute);
    }

    @Override
    public void close() {
        matrix.close();
    }
}
