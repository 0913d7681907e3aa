package dev.hone.data.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds earlier signatures that are like a new one, by locality-sensitive hashing: signatures that
 * agree in all {@value #ROWS} hashes of one of {@value #BANDS} bands meet in a bucket and are then
 * compared. Two that agree in 85% meet with probability 1 − (1 − 0.85⁶)¹² = 0.998.
 *
 * <p>An entry takes 2 · 72 bytes for the signature, and 4 to 8 each for the row and, per band, for
 * its chain and its bucket: 244 to 344 bytes, by how full the last doubling is.
 *
 * <p>Source: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, chapter 3.
 */
final class MinHashIndex {

    private static final int BANDS = 12;
    private static final int ROWS = MinHash.SIZE / BANDS;

    /** Entries of a bucket that are compared, the newest first; a bound on time, not on memory. */
    private static final int MOST_COMPARED = 64;

    private static final int CHUNK = 4096;

    private final List<short[]> signatures = new ArrayList<>();
    private int[] row = new int[CHUNK];
    private final int[][] next = new int[BANDS][CHUNK];
    private int[][] heads = new int[BANDS][CHUNK];
    private int size;

    /**
     * An earlier signature.
     *
     * @param row as it was added
     * @param similarity share of equal hashes, 0 to 1
     */
    record Match(int row, double similarity) {}

    MinHashIndex() {
        for (int[] head : heads) {
            Arrays.fill(head, -1);
        }
    }

    /** The most similar earlier signature; row -1 if none meets it. */
    Match nearest(short[] signature) {
        int best = -1;
        int bestEqual = 0;
        for (int band = 0; band < BANDS; band++) {
            int entry = heads[band][bucket(signature, 0, band)];
            for (int i = 0; entry >= 0 && i < MOST_COMPARED; i++) {
                int equal = equal(signature, entry);
                // Of equally similar ones the earliest is named.
                if (equal > bestEqual || (equal == bestEqual && entry < best)) {
                    best = entry;
                    bestEqual = equal;
                }
                entry = next[band][entry];
            }
        }
        return new Match(best < 0 ? -1 : row[best], (double) bestEqual / MinHash.SIZE);
    }

    void add(short[] signature, int number) {
        if (size == row.length) {
            grow();
        }
        if (size % CHUNK == 0) {
            signatures.add(new short[CHUNK * MinHash.SIZE]);
        }
        System.arraycopy(signature, 0, chunk(size), offset(size), MinHash.SIZE);
        row[size] = number;
        link(size);
        size++;
    }

    private void link(int entry) {
        for (int band = 0; band < BANDS; band++) {
            int bucket = bucket(chunk(entry), offset(entry), band);
            next[band][entry] = heads[band][bucket];
            heads[band][bucket] = entry;
        }
    }

    private void grow() {
        int capacity = Math.multiplyExact(2, size);
        row = Arrays.copyOf(row, capacity);
        heads = new int[BANDS][capacity];
        for (int band = 0; band < BANDS; band++) {
            next[band] = new int[capacity];
            Arrays.fill(heads[band], -1);
        }
        for (int entry = 0; entry < size; entry++) {
            link(entry);
        }
    }

    private short[] chunk(int entry) {
        return signatures.get(entry / CHUNK);
    }

    private static int offset(int entry) {
        return entry % CHUNK * MinHash.SIZE;
    }

    private int bucket(short[] from, int offset, int band) {
        long hash = band;
        for (int i = 0; i < ROWS; i++) {
            hash = hash * 0x9E3779B97F4A7C15L + from[offset + band * ROWS + i];
        }
        hash ^= hash >>> 32;
        return (int) ((hash * 0xD6E8FEB86659FD93L) >>> 33) & (heads[band].length - 1);
    }

    private int equal(short[] signature, int entry) {
        short[] chunk = chunk(entry);
        int offset = offset(entry);
        int equal = 0;
        for (int i = 0; i < MinHash.SIZE; i++) {
            equal += signature[i] == chunk[offset + i] ? 1 : 0;
        }
        return equal;
    }
}
