package dev.hone.template;

import java.util.Iterator;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict give. */
record DictView(Kind kind, Map<Object, Object> dict) implements Iterable<Object> {

    enum Kind {
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items");

        private final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }

        String typeName() {
            return typeName;
        }
    }

    @Override
    public Iterator<Object> iterator() {
        return switch (kind) {
            case KEYS -> dict.keySet().iterator();
            case VALUES -> dict.values().iterator();
            case ITEMS ->
                    dict.entrySet().stream()
                            .<Object>map(entry -> Tuple.of(entry.getKey(), entry.getValue()))
                            .iterator();
        };
    }
}
