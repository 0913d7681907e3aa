package dev.hone.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Lays items of some length into bins of a capacity. An item longer than the capacity gets a bin of
 * its own. Each bin is a list of item indices, ascending.
 */
final class Bins {

    private Bins() {}

    /** Items in the order given; a bin is closed when the next item does not fit. */
    static List<int[]> inOrder(int[] lengths, int capacity) {
        List<int[]> bins = new ArrayList<>();
        int start = 0;
        long filled = 0;
        for (int i = 0; i < lengths.length; i++) {
            if (i > start && filled + lengths[i] > capacity) {
                bins.add(IntStream.range(start, i).toArray());
                start = i;
                filled = 0;
            }
            filled += lengths[i];
        }
        if (start < lengths.length) {
            bins.add(IntStream.range(start, lengths.length).toArray());
        }
        return bins;
    }

    /**
     * Best fit decreasing: longest item first, each into the fullest bin that still takes it. Never
     * more than 11/9 of the fewest bins possible, plus one (Johnson 1973). Among equals the earlier
     * item and the older bin come first, so the result depends on the lengths alone. Bins are
     * ordered by their first item.
     */
    static List<int[]> bestFitDecreasing(int[] lengths, int capacity) {
        List<Integer> longestFirst =
                IntStream.range(0, lengths.length)
                        .boxed()
                        .sorted(Comparator.comparingInt((Integer i) -> -lengths[i]))
                        .toList();
        List<List<Integer>> bins = new ArrayList<>();
        TreeMap<Integer, Deque<Integer>> binsByRoom = new TreeMap<>();
        for (int item : longestFirst) {
            Map.Entry<Integer, Deque<Integer>> fullest = binsByRoom.ceilingEntry(lengths[item]);
            int bin;
            int room;
            if (fullest == null) {
                bin = bins.size();
                room = capacity;
                bins.add(new ArrayList<>());
            } else {
                bin = fullest.getValue().removeFirst();
                room = fullest.getKey();
                if (fullest.getValue().isEmpty()) {
                    binsByRoom.remove(room);
                }
            }
            bins.get(bin).add(item);
            int left = room - lengths[item];
            if (left > 0) {
                binsByRoom.computeIfAbsent(left, r -> new ArrayDeque<>()).addLast(bin);
            }
        }
        return bins.stream()
                .map(bin -> bin.stream().mapToInt(Integer::intValue).sorted().toArray())
                .sorted(Comparator.comparingInt(bin -> bin[0]))
                .toList();
    }
}
