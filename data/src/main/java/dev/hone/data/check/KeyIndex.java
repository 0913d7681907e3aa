package dev.hone.data.check;

import dev.hone.data.RowKey;
import java.util.Arrays;

/**
 * The first row of every {@link RowKey}: an open-addressing table of 20 bytes an entry, at most
 * three quarters full.
 */
final class KeyIndex {

    private long[] high = new long[1024];
    private long[] low = new long[1024];
    private int[] row = new int[1024];
    private int size;

    KeyIndex() {
        Arrays.fill(row, -1);
    }

    /** The row that a key was first added with, or -1; then the key is added with the row given. */
    int firstOrAdd(RowKey key, int number) {
        int at = slot(key.high(), key.low());
        if (row[at] >= 0) {
            return row[at];
        }
        high[at] = key.high();
        low[at] = key.low();
        row[at] = number;
        size++;
        if (size > row.length / 4 * 3) {
            grow();
        }
        return -1;
    }

    private int slot(long keyHigh, long keyLow) {
        int mask = row.length - 1;
        int at = (int) keyLow & mask;
        while (row[at] >= 0 && (high[at] != keyHigh || low[at] != keyLow)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        int[] oldRow = row;
        int capacity = Math.multiplyExact(2, oldRow.length);
        high = new long[capacity];
        low = new long[capacity];
        row = new int[capacity];
        Arrays.fill(row, -1);
        for (int i = 0; i < oldRow.length; i++) {
            if (oldRow[i] >= 0) {
                int at = slot(oldHigh[i], oldLow[i]);
                high[at] = oldHigh[i];
                low[at] = oldLow[i];
                row[at] = oldRow[i];
            }
        }
    }
}
