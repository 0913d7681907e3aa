package dev.hone.tensor;

/**
 * One tile of attention scores {@code [K, G·queries, keys]}: row {@code r} belongs to the query at
 * position {@code firstQuery + r mod queries}, column {@code c} to the key at position {@code
 * firstKey + c}. A query sees keys at or before its position and, when {@code window} is positive,
 * no further back than its last {@code window} tokens.
 */
public record ScoreTile(int firstQuery, int queries, int firstKey, int keys, int window) {

    /** First visible column (inclusive) of row {@code row}. */
    public int from(int row) {
        int position = firstQuery + row % queries;
        return window <= 0 ? 0 : Math.clamp((long) position - window + 1 - firstKey, 0, keys);
    }

    /** Last visible column (exclusive) of row {@code row}. */
    public int to(int row) {
        return Math.clamp((long) firstQuery + row % queries + 1 - firstKey, 0, keys);
    }
}
