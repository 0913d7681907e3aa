package dev.hone.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** {@code map}, {@code select} and their kin. They work item by item as their result is read. */
final class SelectFilters {

    private SelectFilters() {}

    static Object map(Object value, Args args, Run run) {
        if (!Types.truth(value)) {
            return Generator.of(List.of().iterator());
        }
        Iterator<Object> items = Types.iterate(value, run);
        if (args.positional().isEmpty() && args.named().containsKey("attribute")) {
            Args.Bound bound = args.bind("map", 0, "attribute", "default");
            Attributes attributes = Attributes.of(bound.get(0));
            Object fallback = bound.get(1);
            return mapped(items, item -> attributes.get(item, fallback, run));
        }
        if (args.positional().isEmpty()) {
            throw new Problem("map requires a filter argument");
        }
        String filter = Repr.str(args.positional().getFirst(), run);
        Args rest = new Args(args.positional().subList(1, args.positional().size()), args.named());
        return mapped(items, item -> Filters.apply(filter, item, rest, run));
    }

    private interface Mapping {
        Object apply(Object item);
    }

    private static Generator mapped(Iterator<Object> items, Mapping mapping) {
        return Generator.of(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return items.hasNext();
                    }

                    @Override
                    public Object next() {
                        return mapping.apply(items.next());
                    }
                });
    }

    /** The four filters {@code select}, {@code reject}, {@code selectattr}, {@code rejectattr}. */
    static Object select(String name, Object value, Args args, Run run) {
        if (!Types.truth(value)) {
            return Generator.of(List.of().iterator());
        }
        List<Object> rest = new ArrayList<>(args.positional());
        Attributes attributes = Attributes.of(None.NONE);
        if (name.endsWith("attr")) {
            if (rest.isEmpty()) {
                throw new Problem("Missing parameter for attribute name");
            }
            attributes = Attributes.of(rest.removeFirst());
        }
        String test = rest.isEmpty() ? null : Repr.str(rest.removeFirst(), run);
        Map<String, Object> named = new LinkedHashMap<>(args.named());
        Condition condition = new Condition(attributes, test, new Args(rest, named), run);
        boolean wanted = name.startsWith("select");
        return Generator.of(
                filtered(Types.iterate(value, run), item -> condition.holds(item) == wanted));
    }

    private record Condition(Attributes attributes, @Nullable String test, Args args, Run run) {

        boolean holds(Object item) {
            Object value = attributes.get(item, run);
            return test == null ? Types.truth(value) : Tests.apply(test, value, args, run);
        }
    }

    /** Decides about one item. */
    interface Predicate {
        boolean keeps(Object item);
    }

    /** The items that a predicate keeps, each looked at only when it is its turn. */
    static Iterator<Object> filtered(Iterator<Object> items, Predicate predicate) {
        return new Iterator<>() {
            private @Nullable Object ready;

            @Override
            public boolean hasNext() {
                while (ready == null && items.hasNext()) {
                    Object item = items.next();
                    ready = predicate.keeps(item) ? item : null;
                }
                return ready != null;
            }

            @Override
            public Object next() {
                if (!hasNext() || ready == null) {
                    throw new NoSuchElementException();
                }
                Object item = ready;
                ready = null;
                return item;
            }
        };
    }
}
