package dev.hone.torch;

import static dev.hone.torch.CpuVectors.FLOATS;
import static dev.hone.torch.CpuVectors.INTS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.ZERO;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.RandomBits;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Dropout whose mask is a function of the seed and the element's index alone: 24 of the element's
 * {@link RandomBits} decide.
 */
final class CpuDropout {
    private CpuDropout() {}

    /** Runs [from, to) of out, of {@code elements} in all. */
    static void run(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            long elements,
            long x,
            double p,
            long seed,
            long out) {
        scratch.reserve(2, CpuRows.RUN);
        int keptOf2To24 = (int) Math.round((1 - p) * (1 << 24));
        float factor = (float) (1 / (1 - p));
        for (int run = from; run < to; run++) {
            long at = CpuRows.size(bf16) * CpuRows.RUN * run;
            int n = CpuRows.runLength(run, elements);
            long source = CpuRows.read(x + at, bf16, n, scratch.buffer(0));
            long target = CpuRows.place(out + at, bf16, n, scratch.buffer(1));
            mask(source, RandomBits.key(seed, run), keptOf2To24, factor, target, n);
            CpuRows.write(target, out + at, bf16, n);
        }
    }

    private static void mask(long x, long key, int keptOf2To24, float factor, long out, int n) {
        IntVector first = IntVector.broadcast(INTS, (int) key);
        IntVector second = IntVector.broadcast(INTS, (int) (key >>> 32));
        IntVector bound = IntVector.broadcast(INTS, keptOf2To24);
        FloatVector by = broadcast(factor);
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            VectorMask<Integer> dropped =
                    CpuRandom.bits(i, first, second)
                            .lanewise(VectorOperators.LSHR, 8)
                            .compare(VectorOperators.GE, bound);
            FloatVector scaled = load(x + 4L * i).mul(by);
            store(scaled.blend(ZERO, dropped.cast(FLOATS)), out + 4L * i);
        }
    }
}
