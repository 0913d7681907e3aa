package dev.hone.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that take values apart and put lists together. */
final class SequenceFilters {

    private SequenceFilters() {}

    static Object length(Object value, Args args, Run run) {
        args.bind("length", 0);
        return (long) Types.length(value, run);
    }

    static Object fallback(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("default", 0, "default_value", "boolean");
        boolean missing =
                value instanceof Undefined || (bound.truth(1, false) && !Types.truth(value));
        return missing ? bound.or(0, "") : value;
    }

    static Object attribute(Object value, Args args, Run run) {
        String name = args.bind("attr", 1, "name").string(0);
        Object found = Access.ownAttribute(value, name);
        return found == null ? Undefined.attribute(value, name) : found;
    }

    static Object first(Object value, Args args, Run run) {
        args.bind("first", 0);
        Iterator<Object> items = Types.iterate(value, run);
        return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
    }

    static Object last(Object value, Args args, Run run) {
        args.bind("last", 0);
        Undefined nothing = new Undefined("No last item, sequence was empty.");
        if (value instanceof Undefined) {
            return nothing;
        }
        List<Object> items =
                value instanceof List<?> list
                        ? Types.list(list)
                        : Types.reversed(value, run).reversed();
        return items.isEmpty() ? nothing : items.getLast();
    }

    static Object list(Object value, Args args, Run run) {
        args.bind("list", 0);
        return Types.toList(value, run);
    }

    static Object items(Object value, Args args, Run run) {
        args.bind("items", 0);
        return switch (value) {
            case Undefined _ -> Generator.of(List.of().iterator());
            case Map<?, ?> map ->
                    Generator.of(new DictView(DictView.Kind.ITEMS, Types.dict(map)).iterator());
            default -> throw new Problem("Can only get item pairs from a mapping.");
        };
    }

    static Object reverse(Object value, Args args, Run run) {
        args.bind("reverse", 0);
        return switch (value) {
            case String text -> run.created(new StringBuilder(text).reverse().toString());
            case Markup markup ->
                    new Markup(run.created(new StringBuilder(markup.text()).reverse().toString()));
            case Generator generator -> Types.toList(generator, run).reversed();
            case Undefined _ -> new Generator("reversed", List.of().iterator());
            case List<?> list ->
                    new Generator("list_reverseiterator", Types.reversed(list, run).iterator());
            case Map<?, ?> map ->
                    new Generator("dict_reversekeyiterator", Types.reversed(map, run).iterator());
            case Tuple _, DictView _ ->
                    new Generator("reversed", Types.reversed(value, run).iterator());
            default -> throw new Problem("argument must be iterable");
        };
    }

    static Object batch(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("batch", 1, "linecount", "fill_with");
        int size = bound.integer(0, 0);
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        Iterator<Object> items = Types.iterate(value, run);
        while (items.hasNext()) {
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(items.next());
        }
        if (!batch.isEmpty()) {
            while (bound.given(1) && batch.size() < size) {
                run.charge(1);
                batch.add(bound.get(1));
            }
            batches.add(batch);
        }
        return Generator.of(batches.iterator());
    }

    static Object slice(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("slice", 1, "slices", "fill_with");
        int slices = bound.integer(0, 0);
        if (slices == 0) {
            throw new Problem("integer division or modulo by zero");
        }
        List<Object> all = Types.toList(value, run);
        List<Object> result = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < slices; i++) {
            run.charge(1);
            boolean extra = i < all.size() % slices;
            int to = from + all.size() / slices + (extra ? 1 : 0);
            List<Object> slice = new ArrayList<>(all.subList(from, to));
            if (bound.given(1) && !extra) {
                slice.add(bound.get(1));
            }
            result.add(slice);
            from = to;
        }
        return Generator.of(result.iterator());
    }
}
