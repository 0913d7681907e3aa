package dev.hone.data;

/**
 * A small random generator whose numbers are fixed for ever, so that a seed gives the same order on
 * any machine and any Java version. Source: Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014; constants of Vigna's splitmix64.c.
 */
final class SplitMix64 {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    SplitMix64(long seed) {
        this.state = seed;
    }

    /** A generator for one stream of a seed, for example one epoch. */
    static SplitMix64 of(long seed, long stream) {
        return new SplitMix64(mix(seed + GOLDEN_GAMMA) ^ mix(mix(stream) + GOLDEN_GAMMA));
    }

    long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /**
     * A number in [0, bound), each equally likely (Lemire 2019: multiply, and reject the uneven
     * rest).
     */
    int below(int bound) {
        while (true) {
            long random = next() >>> 32;
            long product = random * bound;
            if ((product & 0xFFFFFFFFL) >= (1L << 32) % bound) {
                return (int) (product >>> 32);
            }
        }
    }

    /** Puts items in random order (Fisher-Yates). */
    void shuffle(int[] items) {
        for (int i = items.length - 1; i > 0; i--) {
            int j = below(i + 1);
            int item = items[i];
            items[i] = items[j];
            items[j] = item;
        }
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
