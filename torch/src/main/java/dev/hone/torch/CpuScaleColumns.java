package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

/** Columns times factors; the mathematics is at {@code Kernels.scaleColumns}. */
final class CpuScaleColumns {
    private CpuScaleColumns() {}

    /** Rows [from, to) of out [N, D]. */
    static void forward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int d,
            long x,
            long factors,
            long out) {
        scratch.reserve(3, d);
        long bytes = CpuRows.size(bf16) * d;
        long f = CpuRows.read(factors, false, d, scratch.buffer(0));
        for (int row = from; row < to; row++) {
            long xRow = CpuRows.read(x + bytes * row, bf16, d, scratch.buffer(1));
            long outRow = CpuRows.place(out + bytes * row, bf16, d, scratch.buffer(2));
            multiply(xRow, f, outRow, d);
            CpuRows.write(outRow, out + bytes * row, bf16, d);
        }
    }

    /** Rows [from, to) of dX, and adds Σ dOut·x over them to the row at dFactors. */
    static void backward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int d,
            long dOut,
            long x,
            long factors,
            long dX,
            long dFactors) {
        scratch.reserve(4, d);
        long bytes = CpuRows.size(bf16) * d;
        long f = CpuRows.read(factors, false, d, scratch.buffer(0));
        for (int row = from; row < to; row++) {
            long at = bytes * row;
            long gRow = CpuRows.read(dOut + at, bf16, d, scratch.buffer(1));
            long xRow = CpuRows.read(x + at, bf16, d, scratch.buffer(2));
            long dXRow = CpuRows.place(dX + at, bf16, d, scratch.buffer(3));
            addProducts(gRow, xRow, dFactors, d);
            multiply(gRow, f, dXRow, d);
            CpuRows.write(dXRow, dX + at, bf16, d);
        }
    }

    private static void multiply(long x, long factors, long out, int d) {
        int n = CpuRows.padded(d);
        for (int i = 0; i < n; i += LANES) {
            store(load(x + 4L * i).mul(load(factors + 4L * i)), out + 4L * i);
        }
    }

    private static void addProducts(long a, long b, long sums, int d) {
        int n = CpuRows.padded(d);
        for (int i = 0; i < n; i += LANES) {
            store(load(a + 4L * i).fma(load(b + 4L * i), load(sums + 4L * i)), sums + 4L * i);
        }
    }
}
