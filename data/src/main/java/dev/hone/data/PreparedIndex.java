package dev.hone.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** What is kept of each example while a {@link PreparedFile} is written: some 32 bytes. */
final class PreparedIndex {

    private long[] offsets = new long[1024];
    private int[] lengths = new int[1024];
    private int[] supervised = new int[1024];
    private long[] high = new long[1024];
    private long[] low = new long[1024];
    private final BitSet held = new BitSet();
    private final List<Integer> ends = new ArrayList<>();
    private int size;

    void add(long offset, Example example, RowKey key, boolean isHeld) {
        if (size == offsets.length) {
            int larger = Math.multiplyExact(2, size);
            offsets = Arrays.copyOf(offsets, larger);
            lengths = Arrays.copyOf(lengths, larger);
            supervised = Arrays.copyOf(supervised, larger);
            high = Arrays.copyOf(high, larger);
            low = Arrays.copyOf(low, larger);
        }
        offsets[size] = offset;
        lengths[size] = example.length();
        supervised[size] = example.supervisedTokens();
        high[size] = key.high();
        low[size] = key.low();
        held.set(size, isHeld);
        size++;
    }

    /** Number of sources that were ended. */
    int sources() {
        return ends.size();
    }

    void endSource() {
        ends.add(size);
    }

    /** Moves examples to the side that is held out, wherever they stand. */
    void holdOut(Set<RowKey> keys) {
        for (int i = 0; i < size && !keys.isEmpty(); i++) {
            if (keys.contains(new RowKey(high[i], low[i]))) {
                held.set(i);
            }
        }
    }

    /** Offsets of one side, in order. */
    long[] offsets(boolean heldOut) {
        long[] side = new long[count(heldOut, size)];
        for (int i = 0, at = 0; i < size; i++) {
            if (held.get(i) == heldOut) {
                side[at++] = offsets[i];
            }
        }
        return side;
    }

    /** For each source, how many examples of it and of those before are trained. */
    List<Integer> trainEnds() {
        return ends.stream().map(end -> count(false, end)).toList();
    }

    private int count(boolean heldOut, int end) {
        int heldBefore = held.get(0, end).cardinality();
        return heldOut ? heldBefore : end - heldBefore;
    }

    /** Numbers of one side. */
    DataReport.Part part(boolean heldOut) {
        int[] of = new int[count(heldOut, size)];
        long tokens = 0;
        long trained = 0;
        for (int i = 0, at = 0; i < size; i++) {
            if (held.get(i) == heldOut) {
                of[at++] = lengths[i];
                tokens += lengths[i];
                trained += supervised[i];
            }
        }
        return new DataReport.Part(of.length, tokens, trained, Lengths.of(of));
    }
}
