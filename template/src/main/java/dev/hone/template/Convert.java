package dev.hone.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies what a caller passes into values of the engine, so that no template reaches Java objects.
 */
final class Convert {

    private final int maxDepth;

    private Convert(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    /**
     * The variables of a render.
     *
     * @throws IllegalArgumentException when one holds something else than plain data
     */
    static Map<String, Object> variables(Map<String, ?> variables, Limits limits) {
        Convert convert = new Convert(limits.maxDepth());
        Map<String, Object> result = new LinkedHashMap<>();
        variables.forEach(
                (name, value) -> result.put(name, convert.value(value, new Path(null, name), 0)));
        return result;
    }

    /** The way from a variable to a value inside, written out only for an error. */
    private record Path(@Nullable Path parent, Object step) {

        @Override
        public String toString() {
            if (parent == null) {
                return step.toString();
            }
            return parent + (step instanceof Integer ? "[" + step + "]" : "." + step);
        }
    }

    private Object value(@Nullable Object value, Path path, int depth) {
        if (depth > maxDepth) {
            throw new IllegalArgumentException(
                    "a variable nests deeper than %d levels; does it contain itself?"
                            .formatted(maxDepth));
        }
        return switch (value) {
            case null -> None.NONE;
            case String text -> text;
            case Boolean truth -> truth;
            case Long number -> number;
            case Integer number -> (Object) number.longValue();
            case Double number -> number;
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case BigInteger number -> integer(number, path);
            case Float number -> Double.valueOf(number.toString());
            case BigDecimal number -> number.doubleValue();
            case List<?> list -> list(list, path, depth);
            case Map<?, ?> map -> dict(map, path, depth);
            default -> throw unfit(path, value.getClass().getName());
        };
    }

    private static IllegalArgumentException unfit(Path path, String found) {
        return new IllegalArgumentException(
                "variable %s holds a %s; expected Map, List, String, Integer, Long, Double, Boolean or null"
                        .formatted(path, found));
    }

    private static Object integer(BigInteger number, Path path) {
        if (number.bitLength() > Numbers.MAX_BITS) {
            throw unfit(path, "number of %d bits".formatted(number.bitLength()));
        }
        return Numbers.integer(number);
    }

    private List<Object> list(List<?> list, Path path, int depth) {
        List<Object> result = new ArrayList<>(list.size());
        for (Object item : list) {
            result.add(value(item, new Path(path, result.size()), depth + 1));
        }
        return result;
    }

    private Map<Object, Object> dict(Map<?, ?> map, Path path, int depth) {
        Map<Object, Object> result = LinkedHashMap.newLinkedHashMap(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object key = value(entry.getKey(), path, depth + 1);
            if (key instanceof List<?> || key instanceof Map<?, ?>) {
                throw unfit(path, "map with a list or map as key");
            }
            result.put(key, value(entry.getValue(), new Path(path, key), depth + 1));
        }
        return result;
    }
}
