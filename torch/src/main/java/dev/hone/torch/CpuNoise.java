package dev.hone.torch;

import static dev.hone.torch.CpuVectors.INTS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.RandomBits;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Noise that is spread evenly within a bound of each row's own: 24 of an element's {@link
 * RandomBits}, a row being a run.
 */
final class CpuNoise {
    private static final float STEP = 0x1p-23f;

    private CpuNoise() {}

    /** Adds to rows [from, to) of x [N, D]. */
    static void run(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int d,
            long x,
            long bounds,
            long seed) {
        scratch.reserve(1, d);
        long bytes = CpuRows.size(bf16) * d;
        for (int row = from; row < to; row++) {
            long xRow = CpuRows.read(x + bytes * row, bf16, d, scratch.buffer(0));
            float bound = CpuRows.get(bounds + 4L * row, false);
            add(xRow, RandomBits.key(seed, row), bound, d);
            CpuRows.write(xRow, x + bytes * row, bf16, d);
        }
    }

    private static void add(long x, long key, float bound, int d) {
        IntVector first = IntVector.broadcast(INTS, (int) key);
        IntVector second = IntVector.broadcast(INTS, (int) (key >>> 32));
        FloatVector step = broadcast(STEP * bound);
        FloatVector low = broadcast(-bound);
        int end = CpuRows.padded(d);
        for (int i = 0; i < end; i += LANES) {
            IntVector bits = CpuRandom.bits(i, first, second).lanewise(VectorOperators.LSHR, 8);
            FloatVector number = (FloatVector) bits.convert(VectorOperators.I2F, 0);
            store(number.fma(step, low).add(load(x + 4L * i)), x + 4L * i);
        }
    }
}
