package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.ZERO;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.Lion;
import dev.hone.tensor.UpdateSlot;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Lion}. */
record CpuLion(Lion constants) implements CpuUpdate.Rule {

    @Override
    public int rows() {
        return 1;
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
        long at = slot.state(0) + 4L * CpuRows.RUN * run;
        long m = CpuRows.read(at, false, n, scratch.buffer(buffer));
        step(constants, slot.constants(), weight, gradient, m, n);
        CpuRows.write(m, at, false, n);
    }

    private static void step(
            Lion c, UpdateSlot slot, long parameter, long gradient, long momentum, int n) {
        FloatVector gradientScale = broadcast((float) c.step().gradientScale());
        FloatVector beta1 = broadcast((float) c.beta1());
        FloatVector beta2 = broadcast((float) c.beta2());
        FloatVector new1 = broadcast((float) (1 - c.beta1()));
        FloatVector new2 = broadcast((float) (1 - c.beta2()));
        FloatVector decay = broadcast((float) slot.decay(c.step()));
        FloatVector up = broadcast((float) slot.rate(c.step()));
        FloatVector down = broadcast((float) -slot.rate(c.step()));
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector g = load(gradient + 4L * i).mul(gradientScale);
            FloatVector m = load(momentum + 4L * i);
            FloatVector direction = g.fma(new1, m.mul(beta1));
            FloatVector change =
                    ZERO.blend(down, direction.compare(VectorOperators.GT, 0))
                            .blend(up, direction.compare(VectorOperators.LT, 0));
            store(g.fma(new2, m.mul(beta2)), momentum + 4L * i);
            store(load(parameter + 4L * i).mul(decay).add(change), parameter + 4L * i);
        }
    }
}
