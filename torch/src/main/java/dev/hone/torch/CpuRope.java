package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import jdk.incubator.vector.FloatVector;

/** Rotary position embedding; the mathematics is at {@code Kernels.rope}. */
final class CpuRope {
    private CpuRope() {}

    /**
     * Tokens [from, to) of x [T, H, E] by cos and sin [T, half] fp32.
     *
     * @param sign 1, or −1 for the inverse rotation
     */
    static void run(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int heads,
            int e,
            int half,
            long x,
            long cos,
            long sin,
            float sign) {
        int n = heads * e;
        scratch.reserve(1, n);
        for (int token = from; token < to; token++) {
            long tensor = x + CpuRows.size(bf16) * n * token;
            long row = CpuRows.read(tensor, bf16, n, scratch.buffer(0));
            long c = cos + 4L * half * token;
            long s = sin + 4L * half * token;
            for (int head = 0; head < heads; head++) {
                rotate(row + 4L * e * head, half, c, s, sign);
            }
            CpuRows.write(row, tensor, bf16, n);
        }
    }

    private static void rotate(long head, int half, long cos, long sin, float sign) {
        int whole = half - half % LANES;
        FloatVector signs = CpuVectors.broadcast(sign);
        for (int i = 0; i < whole; i += LANES) {
            long at = head + 4L * i;
            FloatVector a = load(at);
            FloatVector b = load(at + 4L * half);
            FloatVector c = load(cos + 4L * i);
            FloatVector s = load(sin + 4L * i).mul(signs);
            store(a.mul(c).sub(b.mul(s)), at);
            store(b.mul(c).add(a.mul(s)), at + 4L * half);
        }
        for (int i = whole; i < half; i++) {
            long at = head + 4L * i;
            float a = CpuRows.get(at, false);
            float b = CpuRows.get(at + 4L * half, false);
            float c = CpuRows.get(cos + 4L * i, false);
            float s = CpuRows.get(sin + 4L * i, false) * sign;
            CpuRows.set(at, false, a * c - b * s);
            CpuRows.set(at + 4L * half, false, b * c + a * s);
        }
    }
}
