package dev.hone.data;

/**
 * The rows seen so far, in 16 bytes a row and the room of an open table: a set of objects would
 * cost a hundred.
 */
final class RowKeySet {

    private static final double FULL = 0.6;

    private long[] table = new long[1 << 11];
    private int size;
    private boolean hasZero;

    /** Adds a key; false if it was there. */
    boolean add(RowKey key) {
        if (key.high() == 0 && key.low() == 0) {
            boolean added = !hasZero;
            hasZero = true;
            return added;
        }
        if (size + 1 > FULL * (table.length >>> 1)) {
            grow();
        }
        int slot = slot(table, key.high(), key.low());
        if (table[slot] == key.high() && table[slot + 1] == key.low()) {
            return false;
        }
        table[slot] = key.high();
        table[slot + 1] = key.low();
        size++;
        return true;
    }

    boolean contains(RowKey key) {
        if (key.high() == 0 && key.low() == 0) {
            return hasZero;
        }
        int slot = slot(table, key.high(), key.low());
        return table[slot] == key.high() && table[slot + 1] == key.low();
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(2, table.length)];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i] != 0 || table[i + 1] != 0) {
                int slot = slot(larger, table[i], table[i + 1]);
                larger[slot] = table[i];
                larger[slot + 1] = table[i + 1];
            }
        }
        table = larger;
    }

    /** Where the key stands, or the free place where it would. Keys are hashes already. */
    private static int slot(long[] table, long high, long low) {
        int mask = table.length - 1;
        int slot = (int) (low << 1) & mask;
        while ((table[slot] != 0 || table[slot + 1] != 0)
                && (table[slot] != high || table[slot + 1] != low)) {
            slot = (slot + 2) & mask;
        }
        return slot;
    }
}
