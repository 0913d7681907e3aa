package dev.hone.cli;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/** The best rate of matrix products that this device reaches, found by trying. */
final class MatmulPeak {
    private static final int[] SIZES = {1024, 2048, 4096};
    private static final int TRIES = 5;

    private MatmulPeak() {}

    /** FLOP/s of the fastest square product. */
    static double measure(Ops ops, DType dtype) {
        double best = 0;
        for (int size : SIZES) {
            try (Scope _ = ops.scope()) {
                Shape shape = Shape.of(size, size);
                Tensor a = ops.cast(ops.normal(DType.F32, shape, 1, 1), dtype);
                Tensor b = ops.cast(ops.normal(DType.F32, shape, 1, 2), dtype);
                for (int i = 0; i < TRIES; i++) {
                    best = Math.max(best, 2.0 * size * size * size / seconds(ops, a, b));
                }
            }
        }
        return best;
    }

    private static double seconds(Ops ops, Tensor a, Tensor b) {
        try (Scope _ = ops.scope()) {
            long start = System.nanoTime();
            Tensor product = ops.linear(a, b);
            ops.floats(ops.rows(product, 0, 1)); // waits for the device
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
