package dev.hone.template;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Python's {@code sorted}: stable, by a key, with {@code <} as the only question. */
final class Sorting {

    private record Keyed<T>(T item, Object key) {}

    private Sorting() {}

    /**
     * The items in ascending order of their keys; {@code reverse} puts the largest first and still
     * keeps equal ones in their order. A merge sort, since keys such as NaN may have no order at
     * all.
     */
    static <T> List<T> sorted(
            List<T> items, Function<? super T, Object> key, boolean reverse, Run run) {
        List<Keyed<T>> keyed = new ArrayList<>();
        for (T item : items) {
            keyed.add(new Keyed<>(item, key.apply(item)));
        }
        return merge(keyed, reverse, run).stream().map(Keyed::item).toList();
    }

    private static <T> List<Keyed<T>> merge(List<Keyed<T>> items, boolean reverse, Run run) {
        int size = items.size();
        if (size < 2) {
            return items;
        }
        List<Keyed<T>> left = merge(items.subList(0, size / 2), reverse, run);
        List<Keyed<T>> right = merge(items.subList(size / 2, size), reverse, run);
        List<Keyed<T>> merged = new ArrayList<>(size);
        int i = 0;
        int j = 0;
        while (i < left.size() && j < right.size()) {
            Object x = left.get(i).key();
            Object y = right.get(j).key();
            boolean second = reverse ? Comparison.less(x, y, run) : Comparison.less(y, x, run);
            merged.add(second ? right.get(j++) : left.get(i++));
        }
        merged.addAll(left.subList(i, left.size()));
        merged.addAll(right.subList(j, right.size()));
        return merged;
    }
}
