package dev.hone.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often an epoch sees each row, by source.
 *
 * <p>How: of a weight's whole part, every row of the source is seen so often. For the rest, f, the
 * source's rows stand in an order that the seed fixes, as on a ring, and epoch e takes those from
 * e·f·n to (e+1)·f·n. So epochs differ, and after 1/f of them every row was seen once.
 *
 * @param parts ranges of rows that between them cover all, in order
 */
public record Mixture(List<Part> parts) {

    public Mixture {
        parts = List.copyOf(parts);
    }

    /**
     * Rows of one source.
     *
     * @param from first row
     * @param to one past the last
     * @param weight how often an epoch sees each, above 0
     */
    public record Part(int from, int to, double weight) {}

    /** Every row once an epoch. */
    public static Mixture plain(int rows) {
        return new Mixture(List.of(new Part(0, rows, 1)));
    }

    /** Rows of an epoch before they are shuffled: by source, each source as often as it is due. */
    int[] rows(long seed, int epoch) {
        int[] rows = new int[0];
        for (int p = 0; p < parts.size(); p++) {
            Part part = parts.get(p);
            int whole = (int) Math.floor(part.weight());
            int[] all = IntStream.range(part.from(), part.to()).toArray();
            for (int pass = 0; pass < whole; pass++) {
                rows = append(rows, all);
            }
            double rest = part.weight() - whole;
            if (rest > 0 && all.length > 0) {
                SplitMix64.of(seed, -1L - p).shuffle(all);
                rows = append(rows, slice(all, rest, epoch));
            }
        }
        return rows;
    }

    private static int[] slice(int[] ring, double share, int epoch) {
        long from = (long) Math.floor(epoch * share * ring.length);
        long to = (long) Math.floor((epoch + 1L) * share * ring.length);
        int[] slice = new int[Math.toIntExact(to - from)];
        for (int i = 0; i < slice.length; i++) {
            slice[i] = ring[(int) ((from + i) % ring.length)];
        }
        Arrays.sort(slice);
        return slice;
    }

    private static int[] append(int[] rows, int[] more) {
        int[] all = Arrays.copyOf(rows, Math.addExact(rows.length, more.length));
        System.arraycopy(more, 0, all, rows.length, more.length);
        return all;
    }
}
