package dev.hone.torch;

import static dev.hone.torch.CpuVectors.FLOATS;
import static dev.hone.torch.CpuVectors.INTS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.ZERO;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Dropout whose mask is a function of the seed and the element's index alone.
 *
 * <p>Each run of elements has a 64-bit key, the SplitMix64 output (Steele, Lea and Flood 2014) for
 * its number. An element's 32 random bits are its place in the run mixed with the halves of the key
 * by two rounds of MurmurHash3's finalizer (Appleby 2011); 24 of them decide.
 */
final class CpuDropout {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final IntVector M1 = IntVector.broadcast(INTS, 0x85ebca6b);
    private static final IntVector M2 = IntVector.broadcast(INTS, 0xc2b2ae35);
    private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

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
            long key = mix(seed + GOLDEN * (run + 1L));
            mask(source, (int) key, (int) (key >>> 32), keptOf2To24, factor, target, n);
            CpuRows.write(target, out + at, bf16, n);
        }
    }

    private static long mix(long state) {
        long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    private static void mask(
            long x, int key0, int key1, int keptOf2To24, float factor, long out, int n) {
        IntVector first = IntVector.broadcast(INTS, key0);
        IntVector second = IntVector.broadcast(INTS, key1);
        IntVector bound = IntVector.broadcast(INTS, keptOf2To24);
        FloatVector by = broadcast(factor);
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            IntVector bits = mix(mix(IOTA.add(i).add(first)).add(second));
            VectorMask<Integer> dropped =
                    bits.lanewise(VectorOperators.LSHR, 8).compare(VectorOperators.GE, bound);
            FloatVector scaled = load(x + 4L * i).mul(by);
            store(scaled.blend(ZERO, dropped.cast(FLOATS)), out + 4L * i);
        }
    }

    private static IntVector mix(IntVector bits) {
        IntVector h = xorShifted(bits, 16).mul(M1);
        h = xorShifted(h, 13).mul(M2);
        return xorShifted(h, 16);
    }

    private static IntVector xorShifted(IntVector h, int by) {
        return h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, by));
    }
}
