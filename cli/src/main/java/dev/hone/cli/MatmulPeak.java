package dev.hone.cli;

import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/** The best rate of matrix products that this device reaches, found by trying. */
final class MatmulPeak {
    private static final int[] CPU_SIZES = {1024, 2048, 4096};
    private static final int[] CARD_SIZES = {4096, 8192};
    private static final int TRIES = 5;

    /**
     * Products that a card has before it one after the other, so that starting them costs nothing.
     */
    private static final int IN_A_ROW = 10;

    private MatmulPeak() {}

    /** FLOP/s of the fastest square product of random numbers. */
    static double measure(Ops ops, DType dtype) {
        boolean card = ops.device().kind() == Device.Kind.CUDA;
        double best = 0;
        for (int size : card ? CARD_SIZES : CPU_SIZES) {
            try (Scope _ = ops.scope()) {
                Shape shape = Shape.of(size, size);
                Tensor a = ops.cast(ops.normal(DType.F32, shape, 1, 1), dtype);
                Tensor b = ops.cast(ops.normal(DType.F32, shape, 1, 2), dtype);
                for (int i = 0; i < TRIES; i++) {
                    double seconds = seconds(ops, a, b, card ? IN_A_ROW : 1);
                    best = Math.max(best, 2.0 * size * size * size / seconds);
                }
            }
        }
        return best;
    }

    /** Of one product. */
    private static double seconds(Ops ops, Tensor a, Tensor b, int products) {
        ops.finish();
        long start = System.nanoTime();
        for (int i = 0; i < products; i++) {
            try (Scope _ = ops.scope()) {
                ops.linear(a, b);
            }
        }
        ops.finish();
        return (System.nanoTime() - start) / 1e9 / products;
    }
}
