package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.ZERO;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import jdk.incubator.vector.FloatVector;

/** Root-mean-square norm over rows of D elements; the mathematics is at {@code Kernels.rmsNorm}. */
final class CpuRmsNorm {
    private CpuRmsNorm() {}

    /** Rows [from, to) of out [N, D], and of rstd [N] unless that is 0. */
    static void forward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int d,
            long x,
            long weight,
            float eps,
            long out,
            long rstd) {
        scratch.reserve(3, d);
        long bytes = CpuRows.size(bf16) * d;
        long w = CpuRows.read(weight, bf16, d, scratch.buffer(0));
        for (int row = from; row < to; row++) {
            long xRow = CpuRows.read(x + bytes * row, bf16, d, scratch.buffer(1));
            long outRow = CpuRows.place(out + bytes * row, bf16, d, scratch.buffer(2));
            float r = (float) (1 / Math.sqrt(CpuSums.squares(xRow, d) / d + eps));
            scale(xRow, w, r, outRow, d);
            CpuRows.write(outRow, out + bytes * row, bf16, d);
            if (rstd != 0) {
                CpuRows.set(rstd + 4L * row, false, r);
            }
        }
    }

    private static void scale(long x, long weight, float rstd, long out, int d) {
        int n = CpuRows.padded(d);
        FloatVector r = broadcast(rstd);
        for (int i = 0; i < n; i += LANES) {
            store(load(x + 4L * i).mul(r).mul(load(weight + 4L * i)), out + 4L * i);
        }
    }

    /** Adds to rows [from, to) of dX, and Σ dOut·x̂ over them to the row at dWeight unless 0. */
    static void backward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int d,
            long dOut,
            long x,
            long weight,
            long rstd,
            long dX,
            long dWeight) {
        scratch.reserve(4, d);
        long bytes = CpuRows.size(bf16) * d;
        long w = CpuRows.read(weight, bf16, d, scratch.buffer(0));
        for (int row = from; row < to; row++) {
            long at = bytes * row;
            long gRow = CpuRows.read(dOut + at, bf16, d, scratch.buffer(1));
            long xRow = CpuRows.read(x + at, bf16, d, scratch.buffer(2));
            long dXRow = CpuRows.read(dX + at, bf16, d, scratch.buffer(3));
            float r = CpuRows.get(rstd + 4L * row, false);
            if (dWeight != 0) {
                addWeightGradient(gRow, xRow, r, dWeight, d);
            }
            float mean = CpuSums.products(gRow, w, xRow, d) * r / d; // mean(g·x̂)
            addInputGradient(gRow, w, xRow, r, mean, dXRow, d);
            CpuRows.write(dXRow, dX + at, bf16, d);
        }
    }

    private static void addWeightGradient(long dOut, long x, float rstd, long dWeight, int d) {
        int n = CpuRows.padded(d);
        FloatVector r = broadcast(rstd);
        for (int i = 0; i < n; i += LANES) {
            FloatVector normed = load(x + 4L * i).mul(r);
            store(load(dOut + 4L * i).fma(normed, load(dWeight + 4L * i)), dWeight + 4L * i);
        }
    }

    private static void addInputGradient(
            long dOut, long weight, long x, float rstd, float mean, long dX, int d) {
        int n = CpuRows.padded(d);
        FloatVector r = broadcast(rstd);
        FloatVector back = broadcast(-rstd * mean);
        for (int i = 0; i < n; i += LANES) {
            FloatVector g = load(dOut + 4L * i).mul(load(weight + 4L * i));
            FloatVector d1 = load(x + 4L * i).fma(back, g); // g − x̂·mean
            store(d1.fma(r, load(dX + 4L * i)), dX + 4L * i);
        }
    }

    /** Adds the rows of {@code parts} to dWeight [D] fp32, first to last. */
    static void addParts(CpuScratch parts, int count, int d, long dWeight) {
        int n = CpuRows.padded(d);
        long sum = parts.buffer(0);
        for (int part = 1; part < count; part++) {
            CpuSums.add(parts.buffer(part), sum, n);
        }
        long buffer = parts.buffer(count);
        long row = CpuRows.read(dWeight, false, d, buffer);
        CpuSums.add(sum, row, n);
        CpuRows.write(row, dWeight, false, d);
    }

    /** Sets a row to zeros. */
    static void clear(long row, int d) {
        int n = CpuRows.padded(d);
        for (int i = 0; i < n; i += LANES) {
            store(ZERO, row + 4L * i);
        }
    }
}
