package dev.hone.template;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The attributes and methods of numbers. */
final class NumberMethods {

    private NumberMethods() {}

    /** The attribute {@code name} of {@code number}, or null. */
    static @Nullable Object find(Object number, String name) {
        if (number instanceof Double real) {
            return switch (name) {
                case "real" -> real;
                case "imag" -> 0.0;
                case "is_integer" -> method(name, real == Math.rint(real) && !real.isInfinite());
                case "conjugate" -> method(name, real);
                default -> null;
            };
        }
        BigInteger value = Numbers.big(number);
        Object integer = Numbers.integer(value);
        return switch (name) {
            case "real", "numerator" -> integer;
            case "imag" -> 0L;
            case "denominator" -> 1L;
            case "bit_length" -> method(name, (long) value.abs().bitLength());
            case "bit_count" -> method(name, (long) value.abs().bitCount());
            case "conjugate" -> method(name, integer);
            case "as_integer_ratio" -> method(name, Tuple.of(integer, 1L));
            default -> null;
        };
    }

    private static Builtin method(String name, Object result) {
        return new Builtin(
                name,
                (args, run) -> {
                    args.bindPositional(name, 0);
                    return result;
                });
    }
}
