package dev.hone.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Filters that order, group or compare items; without regard to case unless told otherwise. */
final class OrderFilters {

    private OrderFilters() {}

    /** A string in lower case, anything else as it is. */
    private static Object folded(Object value, boolean caseSensitive, Run run) {
        String text = caseSensitive ? null : Types.string(value);
        return text == null ? value : run.created(text.toLowerCase(Locale.ROOT));
    }

    static Object sort(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("sort", 0, "reverse", "case_sensitive", "attribute");
        boolean caseSensitive = bound.truth(1, false);
        List<Attributes> attributes = Attributes.list(bound.get(2));
        Function<Object, Object> key =
                item -> {
                    List<Object> parts = new ArrayList<>();
                    for (Attributes attribute : attributes) {
                        parts.add(folded(attribute.get(item, run), caseSensitive, run));
                    }
                    return parts;
                };
        return new ArrayList<>(
                Sorting.sorted(Types.toList(value, run), key, bound.truth(0, false), run));
    }

    static Object dictSort(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        String by = bound.has(1) ? bound.string(1) : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw new Problem("You can only sort by either \"key\" or \"value\"");
        }
        switch (value) {
            case Map<?, ?> _ -> {}
            case Undefined undefined -> throw undefined.fail();
            default -> throw new Problem("dictsort needs a dict, not " + Types.name(value));
        }
        boolean caseSensitive = bound.truth(0, false);
        List<Object> pairs =
                Types.toList(new DictView(DictView.Kind.ITEMS, Types.dict((Map<?, ?>) value)), run);
        int position = by.equals("key") ? 0 : 1;
        Function<Object, Object> key =
                item -> folded(((Tuple) item).items().get(position), caseSensitive, run);
        return new ArrayList<>(Sorting.sorted(pairs, key, bound.truth(2, false), run));
    }

    static Object unique(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("unique", 0, "case_sensitive", "attribute");
        Attributes attributes = Attributes.of(bound.get(1));
        boolean caseSensitive = bound.truth(0, false);
        Set<Object> seen = new HashSet<>();
        return Generator.of(
                SelectFilters.filtered(
                        Types.iterate(value, run),
                        item ->
                                seen.add(
                                        Dicts.hashKey(
                                                folded(
                                                        attributes.get(item, run),
                                                        caseSensitive,
                                                        run)))));
    }

    static Object min(Object value, Args args, Run run) {
        return extreme("min", value, args, run);
    }

    static Object max(Object value, Args args, Run run) {
        return extreme("max", value, args, run);
    }

    private static Object extreme(String name, Object value, Args args, Run run) {
        Args.Bound bound = args.bind(name, 0, "case_sensitive", "attribute");
        Attributes attributes = Attributes.of(bound.get(1));
        boolean caseSensitive = bound.truth(0, false);
        List<Object> items = Types.toList(value, run);
        if (items.isEmpty()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Object best = items.getFirst();
        Object bestKey = folded(attributes.get(best, run), caseSensitive, run);
        for (Object item : items.subList(1, items.size())) {
            Object key = folded(attributes.get(item, run), caseSensitive, run);
            boolean better =
                    name.equals("min")
                            ? Comparison.less(key, bestKey, run)
                            : Comparison.holds(Comparison.Kind.GREATER, key, bestKey, run);
            if (better) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }

    static Object groupBy(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("groupby", 1, "attribute", "default", "case_sensitive");
        Attributes attributes = Attributes.of(bound.get(0));
        boolean caseSensitive = bound.truth(2, false);
        Function<Object, Object> real = item -> attributes.get(item, bound.get(1), run);
        Function<Object, Object> key = item -> folded(real.apply(item), caseSensitive, run);
        List<Object> groups = new ArrayList<>();
        List<Object> group = new ArrayList<>();
        for (Object item : Sorting.sorted(Types.toList(value, run), key, false, run)) {
            boolean starts =
                    !group.isEmpty()
                            && !Comparison.equal(key.apply(group.getFirst()), key.apply(item), run);
            if (starts) {
                groups.add(group(real, group));
                group = new ArrayList<>();
            }
            group.add(item);
        }
        if (!group.isEmpty()) {
            groups.add(group(real, group));
        }
        return groups;
    }

    private static Tuple group(Function<Object, Object> key, List<Object> items) {
        return new Tuple(List.of(key.apply(items.getFirst()), items), List.of("grouper", "list"));
    }
}
