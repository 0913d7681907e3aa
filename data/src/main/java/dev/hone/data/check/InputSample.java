package dev.hone.data.check;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A uniform sample of inputs that depends on the rows alone: those with the smallest hashes. Small
 * files are in it whole.
 */
final class InputSample {

    /** Most rows in the sample. */
    static final int MOST = 10_000;

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(
                    Comparator.comparingLong(Entry::hash).thenComparingInt(Entry::row).reversed());
    private long rows;

    /**
     * @param hash of the row's content
     * @param row its number
     * @param input beginning of what the user says
     */
    record Entry(long hash, int row, String input) {}

    void add(Entry entry) {
        rows++;
        entries.add(entry);
        if (entries.size() > MOST) {
            entries.remove();
        }
    }

    /** Rows that were offered. */
    long rows() {
        return rows;
    }

    /** The sample in the order of the rows. */
    List<Entry> entries() {
        return entries.stream().sorted(Comparator.comparingInt(Entry::row)).toList();
    }
}
