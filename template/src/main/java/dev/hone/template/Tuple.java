package dev.hone.template;

import java.util.List;

/**
 * A Python tuple.
 *
 * @param items the elements
 * @param names names under which the elements can also be reached, none for a plain tuple
 */
record Tuple(List<Object> items, List<String> names) {

    static Tuple of(Object... items) {
        return new Tuple(List.of(items), List.of());
    }

    static Tuple of(List<Object> items) {
        return new Tuple(items, List.of());
    }
}
