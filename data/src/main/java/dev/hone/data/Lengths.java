package dev.hone.data;

import java.util.Arrays;

/**
 * How long examples are, in tokens. Percentiles are nearest rank: the smallest length that at least
 * p percent of the examples do not exceed.
 */
public record Lengths(int shortest, int p50, int p90, int p99, int longest) {

    /** Of no examples: all 0. */
    static Lengths of(int[] lengths) {
        if (lengths.length == 0) {
            return new Lengths(0, 0, 0, 0, 0);
        }
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        return new Lengths(
                sorted[0],
                rank(sorted, 50),
                rank(sorted, 90),
                rank(sorted, 99),
                sorted[sorted.length - 1]);
    }

    private static int rank(int[] sorted, int percent) {
        return sorted[Math.toIntExact((sorted.length * (long) percent + 99) / 100) - 1];
    }
}
