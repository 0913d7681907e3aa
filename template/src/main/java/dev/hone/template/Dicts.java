package dev.hone.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Keys of dicts: which can be one, and which are the same ({@code 1}, {@code 1.0}, {@code True}).
 */
final class Dicts {

    private Dicts() {}

    /** The value under {@code key}, or null; a key that cannot be one is an error. */
    static @Nullable Object get(Map<Object, Object> dict, Object key, Run run) {
        Entry<Object, Object> entry = find(dict, key, run);
        return entry == null ? null : entry.getValue();
    }

    /** Sets {@code key}; where an equal key is there already it stays as it was first written. */
    static void put(Map<Object, Object> dict, Object key, Object value, Run run) {
        run.charge(1);
        Entry<Object, Object> entry = find(dict, key, run);
        dict.put(entry == null ? plain(key) : entry.getKey(), value);
    }

    private static Object plain(Object key) {
        return key instanceof Markup markup ? markup.text() : key;
    }

    private static @Nullable Entry<Object, Object> find(
            Map<Object, Object> dict, Object key, Run run) {
        requireHashable(key);
        Object plain = plain(key);
        Object direct = dict.get(plain);
        if (direct != null) {
            return Map.entry(plain, direct);
        }
        if (plain instanceof String || plain instanceof None) {
            return null;
        }
        for (Entry<Object, Object> entry : dict.entrySet()) {
            boolean candidate = Types.string(entry.getKey()) == null;
            if (candidate && Comparison.equal(entry.getKey(), plain, run)) {
                return entry;
            }
        }
        return null;
    }

    static void requireHashable(Object key) {
        switch (key) {
            case Range _ -> {}
            case List<?> _, Map<?, ?> _, DictView _ ->
                    throw new Problem("unhashable type: '%s'".formatted(Types.name(key)));
            case Tuple tuple -> tuple.items().forEach(Dicts::requireHashable);
            default -> {}
        }
    }

    /** A Java key that is equal exactly when the Python values are, for hash sets. */
    static Object hashKey(Object key) {
        requireHashable(key);
        return switch (key) {
            case Boolean truth -> BigInteger.valueOf(truth ? 1 : 0);
            case Long number -> BigInteger.valueOf(number);
            case Double number when number == Math.rint(number) && !Double.isInfinite(number) ->
                    Numbers.big(Numbers.truncate(number));
            case Markup markup -> markup.text();
            case Undefined _ -> Undefined.class;
            case Tuple tuple ->
                    List.of(Tuple.class, tuple.items().stream().map(Dicts::hashKey).toList());
            default -> key;
        };
    }
}
