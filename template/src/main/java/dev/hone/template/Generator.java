package dev.hone.template;

import java.util.Iterator;

/**
 * A sequence that can be gone through once, element by element: what {@code map}, {@code select}
 * and their kin give. It has no length and no index.
 *
 * @param typeName what Python calls it
 * @param items the elements that are left
 */
record Generator(String typeName, Iterator<Object> items) {

    static Generator of(Iterator<Object> items) {
        return new Generator("generator", items);
    }
}
