package dev.hone.template;

import java.util.ArrayList;
import java.util.List;

/**
 * The attribute that filters such as {@code map} and {@code sort} look at: a path like {@code
 * function.name} or {@code items.0}, or nothing for the item itself.
 */
record Attributes(List<Object> path) {

    static Attributes of(Object attribute) {
        if (attribute == None.NONE) {
            return new Attributes(List.of());
        }
        String text = Types.string(attribute);
        if (text == null) {
            return new Attributes(List.of(attribute));
        }
        List<Object> path = new ArrayList<>();
        for (String part : text.split("\\.", -1)) {
            boolean number =
                    !part.isEmpty()
                            && part.length() < 10
                            && part.chars().allMatch(c -> c >= '0' && c <= '9');
            path.add(number ? (Object) Long.valueOf(part) : part);
        }
        return new Attributes(path);
    }

    /** Several paths with commas between. */
    static List<Attributes> list(Object attribute) {
        String text = Types.string(attribute);
        if (text == null) {
            return List.of(of(attribute));
        }
        List<Attributes> all = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            all.add(of(part));
        }
        return all;
    }

    Object get(Object item, Run run) {
        return get(item, None.NONE, run);
    }

    /** What the path leads to; {@code fallback}, unless none, in place of what is undefined. */
    Object get(Object item, Object fallback, Run run) {
        Object value = item;
        for (Object part : path) {
            run.charge(1);
            value = Access.element(value, part, run);
            if (value instanceof Undefined && fallback != None.NONE) {
                value = fallback;
            }
        }
        return value;
    }
}
