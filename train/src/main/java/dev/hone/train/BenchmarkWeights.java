package dev.hone.train;

import dev.hone.model.Quantization;
import dev.hone.model.RandomWeights;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/**
 * Random weights for timing. Those in fewer bits are random bits with the same scale throughout,
 * made where they are used: to quantize a large model takes longer than a benchmark.
 */
record BenchmarkWeights(RandomWeights random) implements WeightSource {
    private static final double SCALE = 0.03;

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        return random.load(ops, name, shape, dtype);
    }

    @Override
    public QuantizedMatrix loadQuantized(Ops ops, String name, Shape shape, Quantization kind) {
        QuantizedMatrix matrix = WeightSource.undefined().loadQuantized(ops, name, shape, kind);
        switch (matrix) {
            case Int8(Tensor elements, Tensor absmax) -> {
                fillWithBits(ops, elements, name, 0);
                ops.fill(absmax, SCALE);
            }
            case Nf4(_, Tensor packed, Nf4.Scales scales) -> {
                fillWithBits(ops, packed, name, 128);
                switch (scales) {
                    case Nf4.Scales.Plain(Tensor absmax) -> ops.fill(absmax, SCALE);
                    case Nf4.Scales.Quantized q -> {
                        ops.fill(q.codes(), 0);
                        ops.fill(q.nested(), SCALE);
                        ops.fill(q.map(), 1);
                    }
                }
            }
        }
        return matrix;
    }

    /** Bytes about {@code middle}. */
    private void fillWithBits(Ops ops, Tensor bytes, String name, double middle) {
        try (Scope _ = ops.scope()) {
            Tensor values = ops.normal(DType.F32, bytes.shape(), 40, name.hashCode());
            Tensor shift = ops.zeros(DType.F32, values.shape());
            ops.fill(shift, middle);
            ops.addInPlace(values, shift, 1);
            ops.copy(values, bytes);
        }
    }
}
