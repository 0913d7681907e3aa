package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.ScheduleFreeAdamW;
import dev.hone.tensor.UpdateSlot;
import jdk.incubator.vector.FloatVector;

/** {@link ScheduleFreeAdamW}; the weight is y. */
record CpuScheduleFree(ScheduleFreeAdamW constants) implements CpuUpdate.Rule {

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
        long z = CpuRows.read(slot.state(0) + at, false, n, scratch.buffer(buffer));
        long v = CpuRows.read(slot.state(1) + at, false, n, scratch.buffer(buffer + 1));
        step(constants, slot.constants(), weight, gradient, z, v, n);
        CpuRows.write(z, slot.state(0) + at, false, n);
        CpuRows.write(v, slot.state(1) + at, false, n);
    }

    private static void step(
            ScheduleFreeAdamW c, UpdateSlot slot, long ys, long gradient, long zs, long vs, int n) {
        FloatVector gradientScale = broadcast((float) c.step().gradientScale());
        FloatVector beta2 = broadcast((float) c.beta2());
        FloatVector new2 = broadcast((float) (1 - c.beta2()));
        FloatVector eps = broadcast((float) c.eps());
        FloatVector decay = broadcast((float) slot.weightDecay());
        FloatVector keep = broadcast((float) (1 - c.average()));
        FloatVector average = broadcast((float) c.average());
        FloatVector rateOfY = broadcast((float) c.stepSizeOfY(slot));
        FloatVector rateOfZ = broadcast((float) -c.stepSize(slot));
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector g = load(gradient + 4L * i).mul(gradientScale);
            FloatVector v = g.mul(g).fma(new2, load(vs + 4L * i).mul(beta2));
            FloatVector y = load(ys + 4L * i);
            FloatVector z = load(zs + 4L * i);
            FloatVector u = y.fma(decay, g.div(v.sqrt().add(eps)));
            store(v, vs + 4L * i);
            store(u.fma(rateOfY, z.fma(average, y.mul(keep))), ys + 4L * i);
            store(u.fma(rateOfZ, z), zs + 4L * i);
        }
    }
}
