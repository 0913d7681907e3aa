package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.AdamW;
import jdk.incubator.vector.FloatVector;

/** One AdamW update of fp32 tensors, in PyTorch's order of arithmetic. */
final class CpuAdamW {
    private CpuAdamW() {}

    /** Runs [from, to) of the four tensors, of {@code elements} in all. */
    static void run(
            CpuScratch scratch,
            int from,
            int to,
            long elements,
            AdamW constants,
            long parameter,
            long gradient,
            long m,
            long v) {
        scratch.reserve(4, CpuRows.RUN);
        for (int run = from; run < to; run++) {
            long at = 4L * CpuRows.RUN * run;
            int n = CpuRows.runLength(run, elements);
            long p = CpuRows.read(parameter + at, false, n, scratch.buffer(0));
            long g = CpuRows.read(gradient + at, false, n, scratch.buffer(1));
            long first = CpuRows.read(m + at, false, n, scratch.buffer(2));
            long second = CpuRows.read(v + at, false, n, scratch.buffer(3));
            update(constants, p, g, first, second, n);
            CpuRows.write(p, parameter + at, false, n);
            CpuRows.write(first, m + at, false, n);
            CpuRows.write(second, v + at, false, n);
        }
    }

    private static void update(
            AdamW c, long parameter, long gradient, long first, long second, int n) {
        FloatVector gradientScale = broadcast((float) c.gradientScale());
        FloatVector beta1 = broadcast((float) c.beta1());
        FloatVector beta2 = broadcast((float) c.beta2());
        FloatVector new1 = broadcast((float) (1 - c.beta1()));
        FloatVector new2 = broadcast((float) (1 - c.beta2()));
        FloatVector decay = broadcast((float) (1 - c.learningRate() * c.weightDecay()));
        FloatVector unbias2 = broadcast((float) (1 / Math.sqrt(1 - Math.pow(c.beta2(), c.step()))));
        FloatVector eps = broadcast((float) c.eps());
        FloatVector rate =
                broadcast((float) (-c.learningRate() / (1 - Math.pow(c.beta1(), c.step()))));
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector g = load(gradient + 4L * i).mul(gradientScale);
            FloatVector m = g.fma(new1, load(first + 4L * i).mul(beta1));
            FloatVector v = g.mul(g).fma(new2, load(second + 4L * i).mul(beta2));
            FloatVector update = m.div(v.sqrt().mul(unbias2).add(eps));
            store(m, first + 4L * i);
            store(v, second + 4L * i);
            store(update.fma(rate, load(parameter + 4L * i).mul(decay)), parameter + 4L * i);
        }
    }
}
