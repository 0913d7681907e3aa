package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.sigmoid;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.Activation;
import jdk.incubator.vector.FloatVector;

/**
 * act(gate)·up and its gradients over runs of elements.
 *
 * <p>Both activations are x·σ(z): SiLU with z = x, and, because 0.5·(1 + tanh(u)) = σ(2u), GELU's
 * tanh form with z = x·(A + B·x²). Hence act'(x) = σ + x·σ·(1 − σ)·z', z' = 1 or A + 3B·x².
 */
final class CpuGatedActivation {
    private static final double TWO_ROOTS = 2 * Math.sqrt(2 / Math.PI);
    private static final FloatVector A = broadcast((float) TWO_ROOTS);
    private static final FloatVector B = broadcast((float) (TWO_ROOTS * 0.044715));
    private static final FloatVector B3 = broadcast((float) (TWO_ROOTS * 0.044715 * 3));

    private CpuGatedActivation() {}

    /** Runs [from, to) of out, of {@code elements} in all. */
    static void forward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            long elements,
            Activation activation,
            long gate,
            long up,
            long out) {
        scratch.reserve(3, CpuRows.RUN);
        for (int run = from; run < to; run++) {
            long at = CpuRows.size(bf16) * CpuRows.RUN * run;
            int n = CpuRows.runLength(run, elements);
            long x = CpuRows.read(gate + at, bf16, n, scratch.buffer(0));
            long u = CpuRows.read(up + at, bf16, n, scratch.buffer(1));
            long y = CpuRows.place(out + at, bf16, n, scratch.buffer(2));
            switch (activation) {
                case SILU -> silu(x, u, y, n);
                case GELU_TANH -> gelu(x, u, y, n);
            }
            CpuRows.write(y, out + at, bf16, n);
        }
    }

    private static void silu(long gate, long up, long out, int n) {
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector x = load(gate + 4L * i);
            store(x.mul(sigmoid(x)).mul(load(up + 4L * i)), out + 4L * i);
        }
    }

    private static void gelu(long gate, long up, long out, int n) {
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector x = load(gate + 4L * i);
            FloatVector z = x.mul(x.mul(x).fma(B, A));
            store(x.mul(sigmoid(z)).mul(load(up + 4L * i)), out + 4L * i);
        }
    }

    /** Runs [from, to) of dGate and dUp, which may be gate and up themselves. */
    static void backward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            long elements,
            Activation activation,
            long dOut,
            long gate,
            long up,
            long dGate,
            long dUp) {
        scratch.reserve(5, CpuRows.RUN);
        for (int run = from; run < to; run++) {
            long at = CpuRows.size(bf16) * CpuRows.RUN * run;
            int n = CpuRows.runLength(run, elements);
            long g = CpuRows.read(dOut + at, bf16, n, scratch.buffer(0));
            long x = CpuRows.read(gate + at, bf16, n, scratch.buffer(1));
            long u = CpuRows.read(up + at, bf16, n, scratch.buffer(2));
            long dX = CpuRows.place(dGate + at, bf16, n, scratch.buffer(3));
            long dU = CpuRows.place(dUp + at, bf16, n, scratch.buffer(4));
            switch (activation) {
                case SILU -> siluBackward(g, x, u, dX, dU, n);
                case GELU_TANH -> geluBackward(g, x, u, dX, dU, n);
            }
            CpuRows.write(dX, dGate + at, bf16, n);
            CpuRows.write(dU, dUp + at, bf16, n);
        }
    }

    private static void siluBackward(long dOut, long gate, long up, long dGate, long dUp, int n) {
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector g = load(dOut + 4L * i);
            FloatVector x = load(gate + 4L * i);
            FloatVector u = load(up + 4L * i);
            FloatVector s = sigmoid(x);
            store(x.mul(s.sub(s.mul(s))).add(s).mul(g).mul(u), dGate + 4L * i);
            store(g.mul(x.mul(s)), dUp + 4L * i);
        }
    }

    private static void geluBackward(long dOut, long gate, long up, long dGate, long dUp, int n) {
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector g = load(dOut + 4L * i);
            FloatVector x = load(gate + 4L * i);
            FloatVector u = load(up + 4L * i);
            FloatVector square = x.mul(x);
            FloatVector s = sigmoid(x.mul(square.fma(B, A)));
            FloatVector slope = square.fma(B3, A);
            store(x.mul(s.sub(s.mul(s))).fma(slope, s).mul(g).mul(u), dGate + 4L * i);
            store(g.mul(x.mul(s)), dUp + 4L * i);
        }
    }
}
