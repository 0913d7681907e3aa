package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.AdamW;
import dev.hone.tensor.UpdateSlot;
import jdk.incubator.vector.FloatVector;

/** {@link AdamW}, in PyTorch's order of arithmetic. */
record CpuAdamW(AdamW constants) implements CpuUpdate.Rule {

    @Override
    public int rows() {
        return 2;
    }

    @Override
    public void update(
            CpuUpdate.Slot slot,
            int run,
            int n,
            long weight,
            long gradient,
            CpuScratch scratch,
            int buffer) {
        long at = 4L * CpuRows.RUN * run;
        long m = CpuRows.read(slot.state(0) + at, false, n, scratch.buffer(buffer));
        long v = CpuRows.read(slot.state(1) + at, false, n, scratch.buffer(buffer + 1));
        step(constants, slot.constants(), weight, gradient, m, v, n);
        CpuRows.write(m, slot.state(0) + at, false, n);
        CpuRows.write(v, slot.state(1) + at, false, n);
    }

    /** The update of rows of {@code n} elements. */
    static void step(
            AdamW c,
            UpdateSlot slot,
            long parameter,
            long gradient,
            long first,
            long second,
            int n) {
        FloatVector gradientScale = broadcast((float) c.step().gradientScale());
        FloatVector beta1 = broadcast((float) c.beta1());
        FloatVector beta2 = broadcast((float) c.beta2());
        FloatVector new1 = broadcast((float) (1 - c.beta1()));
        FloatVector new2 = broadcast((float) (1 - c.beta2()));
        FloatVector decay = broadcast((float) slot.decay(c.step()));
        FloatVector unbias2 = broadcast((float) c.rootCorrection());
        FloatVector eps = broadcast((float) c.eps());
        FloatVector rate = broadcast((float) c.stepSize(slot));
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
