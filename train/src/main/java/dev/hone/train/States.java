package dev.hone.train;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/** States of optimizers in full precision. */
final class States {
    private States() {}

    /** fp32, or fp64 where the weight is. */
    static DType precise(Tensor weight) {
        return weight.dtype() == DType.F64 ? DType.F64 : DType.F32;
    }

    static Tensor zeros(Ops ops, Tensor weight) {
        return zeros(ops, weight, weight.shape());
    }

    static Tensor zeros(Ops ops, Tensor weight, Shape shape) {
        return ops.zeros(precise(weight), shape);
    }
}
