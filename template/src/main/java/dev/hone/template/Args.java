package dev.hone.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, bound to parameters the way Python binds them. */
record Args(List<Object> positional, Map<String, Object> named) {

    static final Args NONE = new Args(List.of(), Map.of());

    static Args of(Object... positional) {
        return new Args(List.of(positional), Map.of());
    }

    /** Binds to {@code parameters} of which the first {@code required} have no default. */
    Bound bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Problem(
                    "%s() takes at most %d argument(s), but %d were given"
                            .formatted(function, parameters.length, positional.size()));
        }
        @Nullable Object[] values = new @Nullable Object[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        for (Map.Entry<String, Object> entry : named.entrySet()) {
            int i = List.of(parameters).indexOf(entry.getKey());
            if (i < 0) {
                throw new Problem(
                        "%s() got an unexpected keyword argument '%s'"
                                .formatted(function, entry.getKey()));
            }
            if (values[i] != null) {
                throw new Problem(
                        "%s() got multiple values for argument '%s'"
                                .formatted(function, entry.getKey()));
            }
            values[i] = entry.getValue();
        }
        for (int i = 0; i < required; i++) {
            if (values[i] == null) {
                throw new Problem(
                        "%s() missing required argument '%s'".formatted(function, parameters[i]));
            }
        }
        return new Bound(function, parameters, values);
    }

    /** As {@link #bind}, for functions of Python itself that know no keywords. */
    Bound bindPositional(String function, int required, String... parameters) {
        if (!named.isEmpty()) {
            throw new Problem(function + "() takes no keyword arguments");
        }
        return bind(function, required, parameters);
    }

    /** Arguments by parameter. */
    static final class Bound {

        private final String function;
        private final String[] parameters;
        private final @Nullable Object[] values;

        private Bound(String function, String[] parameters, @Nullable Object[] values) {
            this.function = function;
            this.parameters = parameters;
            this.values = values;
        }

        /** Whether the argument was given. */
        boolean has(int i) {
            return values[i] != null;
        }

        /** Whether the argument was given and is not none. */
        boolean given(int i) {
            return values[i] != null && values[i] != None.NONE;
        }

        Object get(int i) {
            return or(i, None.NONE);
        }

        Object or(int i, Object fallback) {
            Object value = values[i];
            return value == null ? fallback : value;
        }

        String string(int i) {
            String text = Types.string(get(i));
            if (text == null) {
                throw wrong(i, "a string");
            }
            return text;
        }

        /** An integer that fits an {@code int}; one beyond is cut to the nearest. */
        int integer(int i, int fallback) {
            Object value = values[i];
            if (value == null) {
                return fallback;
            }
            if (!Numbers.isInteger(value)) {
                throw wrong(i, "an integer");
            }
            BigInteger big = Numbers.big(value);
            return big.bitLength() < 32
                    ? big.intValue()
                    : big.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }

        boolean truth(int i, boolean fallback) {
            Object value = values[i];
            return value == null ? fallback : Types.truth(value);
        }

        private Problem wrong(int i, String expected) {
            return new Problem(
                    "%s() argument '%s' must be %s, not %s"
                            .formatted(function, parameters[i], expected, Types.name(get(i))));
        }
    }
}
