package dev.hone.tensor;

/**
 * The boundaries of sequences laid end to end in one flat run of tokens. Sequence {@code i} holds
 * query tokens {@code [queryStart(i), queryEnd(i))} and key tokens {@code [keyStart(i),
 * keyEnd(i))}; its queries are the last of its keys. In training the two runs are the same; in
 * decoding the keys are the cache and the queries its newest tokens.
 */
public final class Sequences {
    private final int[] queryOffsets;
    private final int[] keyOffsets;

    /** Boundaries of both runs; each starts at 0 and has one entry more than sequences. */
    public Sequences(int[] queryOffsets, int[] keyOffsets) {
        check("query", queryOffsets);
        check("key", keyOffsets);
        if (queryOffsets.length != keyOffsets.length) {
            throw new IllegalArgumentException(
                    "%d query offsets but %d key offsets"
                            .formatted(queryOffsets.length, keyOffsets.length));
        }
        for (int i = 0; i + 1 < queryOffsets.length; i++) {
            if (queryOffsets[i + 1] - queryOffsets[i] > keyOffsets[i + 1] - keyOffsets[i]) {
                throw new IllegalArgumentException("sequence " + i + " has more queries than keys");
            }
        }
        this.queryOffsets = queryOffsets.clone();
        this.keyOffsets = keyOffsets.clone();
    }

    /**
     * Sequences that attend to themselves: {@code offsets} starts at 0, one entry more than
     * sequences.
     */
    public static Sequences of(int... offsets) {
        return new Sequences(offsets, offsets);
    }

    /** One sequence of {@code keys} cached tokens, the last {@code queries} of which ask. */
    public static Sequences cached(int queries, int keys) {
        return new Sequences(new int[] {0, queries}, new int[] {0, keys});
    }

    private static void check(String what, int[] offsets) {
        if (offsets.length < 2 || offsets[0] != 0) {
            throw new IllegalArgumentException(
                    what + " offsets must start at 0 and hold one sequence at least");
        }
        for (int i = 1; i < offsets.length; i++) {
            if (offsets[i] <= offsets[i - 1]) {
                throw new IllegalArgumentException(
                        "%s offsets must grow, found %d after %d"
                                .formatted(what, offsets[i], offsets[i - 1]));
            }
        }
    }

    public int count() {
        return queryOffsets.length - 1;
    }

    public int queryStart(int sequence) {
        return queryOffsets[sequence];
    }

    public int queryEnd(int sequence) {
        return queryOffsets[sequence + 1];
    }

    public int keyStart(int sequence) {
        return keyOffsets[sequence];
    }

    public int keyEnd(int sequence) {
        return keyOffsets[sequence + 1];
    }

    /** Number of query tokens of all sequences. */
    public int queries() {
        return queryOffsets[queryOffsets.length - 1];
    }

    /** Number of key tokens of all sequences. */
    public int keys() {
        return keyOffsets[keyOffsets.length - 1];
    }
}
