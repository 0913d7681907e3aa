package dev.hone.torch;

import static dev.hone.torch.CpuVectors.INTS;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Random bits that are a function of a seed and a place alone, so that a pass can be run again to
 * the same bits, by any number of threads.
 *
 * <p>Each run of elements has a 64-bit key, the SplitMix64 output (Steele, Lea and Flood 2014) for
 * its number. An element's 32 random bits are its place in the run mixed with the halves of the key
 * by two rounds of MurmurHash3's finalizer (Appleby 2011).
 */
final class CpuRandom {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final IntVector M1 = IntVector.broadcast(INTS, 0x85ebca6b);
    private static final IntVector M2 = IntVector.broadcast(INTS, 0xc2b2ae35);
    private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

    private CpuRandom() {}

    /** The key of a run, counted from 0. */
    static long key(long seed, int run) {
        long state = seed + GOLDEN * (run + 1L);
        long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** Bits of the elements from {@code place} on; first and second are the halves of the key. */
    static IntVector bits(int place, IntVector first, IntVector second) {
        return mix(mix(IOTA.add(place).add(first)).add(second));
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
