package dev.hone.plan;

import dev.hone.model.Quantization;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/**
 * Weights on paper as they lie in files, in bf16, converted on the device where another dtype is
 * asked for. What is quantized on the host is converted on the device before.
 */
final class StoredWeights implements WeightSource {
    private final WeightSource undefined = WeightSource.undefined();

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        if (dtype == DType.BF16) {
            return undefined.load(ops, name, shape, dtype);
        }
        try (Scope scope = ops.scope()) {
            return scope.keep(ops.cast(undefined.load(ops, name, shape, DType.BF16), dtype));
        }
    }

    @Override
    public QuantizedMatrix loadQuantized(Ops ops, String name, Shape shape, Quantization kind) {
        return undefined.loadQuantized(ops, name, shape, kind);
    }

    @Override
    public QuantizedMatrix quantized(Ops ops, String name, Tensor matrix, Quantization kind) {
        return undefined.quantized(ops, name, matrix, kind);
    }
}
