package dev.hone.tensor;

/**
 * Random bits that are a function of a seed and an element's index alone: every device, any number
 * of threads and a resumed run draw the same.
 *
 * <p>Elements lie in runs of {@value #RUN}. A run has a 64-bit key, the SplitMix64 output (Steele,
 * Lea and Flood 2014) for its number. An element's 32 bits are its place in the run mixed with the
 * halves of the key by two rounds of MurmurHash3's finalizer (Appleby 2011).
 */
public final class RandomBits {
    /** Elements that share a key. */
    public static final int RUN = 1024;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private RandomBits() {}

    /** The key of a run; also a way to make a seed from a seed and a number. */
    public static long key(long seed, long run) {
        long z = seed + GOLDEN * (run + 1);
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** The bits of the element at {@code place}, from 0, in the run of this key. */
    public static int bits(long key, int place) {
        return mix(mix(place + (int) key) + (int) (key >>> 32));
    }

    private static int mix(int bits) {
        int h = (bits ^ bits >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return h ^ h >>> 16;
    }
}
