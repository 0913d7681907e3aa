package dev.hone.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that make numbers or print them. */
final class NumberFilters {

    private static final int MAX_DIGITS = 4000;
    private static final int MAX_FLOAT_TEXT = 1000;
    private static final Pattern FLOAT =
            Pattern.compile(
                    "[+-]?(?:\\d+(?:_\\d+)*\\.?(?:\\d+(?:_\\d+)*)?|\\.\\d+(?:_\\d+)*)(?:[eE][+-]?\\d+(?:_\\d+)*)?");
    private static final List<String> UNITS =
            List.of("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB");

    private NumberFilters() {}

    static Object absolute(Object value, Args args, Run run) {
        args.bind("abs", 0);
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (!Numbers.isNumber(value)) {
            throw new Problem("bad operand type for abs(): '%s'".formatted(Types.name(value)));
        }
        return value instanceof Double real
                ? Math.abs(real)
                : Numbers.integer(Numbers.big(value).abs());
    }

    static Object round(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("round", 0, "precision", "method");
        int precision = bound.integer(0, 0);
        String method = bound.has(1) ? bound.string(1) : "common";
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (!Numbers.isNumber(value)) {
            throw new Problem("a %s cannot be rounded".formatted(Types.name(value)));
        }
        if (method.equals("common")) {
            return Numbers.round(value, precision);
        }
        if (!method.equals("ceil") && !method.equals("floor")) {
            throw new Problem("method must be common, ceil or floor");
        }
        Object factor = Numbers.arithmetic(Expr.Operator.POWER, 10L, (long) precision);
        double scaled = Numbers.real(Numbers.arithmetic(Expr.Operator.MULTIPLY, value, factor));
        Object whole =
                Numbers.truncate(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
        return Numbers.arithmetic(Expr.Operator.DIVIDE, whole, factor);
    }

    static Object sum(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("sum", 0, "attribute", "start");
        Attributes attributes = Attributes.of(bound.get(0));
        Object total = bound.or(1, 0L);
        if (Types.string(total) != null) {
            throw new Problem("sum() can't sum strings [use ''.join(seq) instead]");
        }
        Iterator<Object> items = Types.iterate(value, run);
        while (items.hasNext()) {
            Object item = attributes.get(items.next(), run);
            total = Operators.apply(Expr.Operator.ADD, total, item, run);
        }
        return total;
    }

    static Object toInteger(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("int", 0, "default", "base");
        Object fallback = bound.or(0, 0L);
        String text = Types.string(value);
        if (text != null) {
            run.touched(text);
            Object whole = parseInteger(text, bound.integer(1, 10));
            if (whole != null) {
                return whole;
            }
            Double real = parseFloat(text);
            boolean finite = real != null && !real.isNaN() && !real.isInfinite();
            return real != null && finite ? Numbers.truncate(real) : fallback;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (value instanceof Double real) {
            return real.isNaN() ? fallback : Numbers.truncate(real);
        }
        return Numbers.isInteger(value) ? Numbers.integer(Numbers.big(value)) : fallback;
    }

    static Object toFloat(Object value, Args args, Run run) {
        Object fallback = args.bind("float", 0, "default").or(0, 0.0);
        String text = Types.string(value);
        if (text != null) {
            run.touched(text);
            Double real = parseFloat(text);
            return real == null ? fallback : real;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        return Numbers.isNumber(value) ? Numbers.real(value) : fallback;
    }

    /** Python's {@code int(text, base)}, or null when the text is no integer. */
    private static @Nullable Object parseInteger(String text, int base) {
        String digits = trimmed(text);
        boolean negative = digits.startsWith("-");
        digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
        String prefix = digits.length() > 2 ? digits.substring(0, 2).toLowerCase(Locale.ROOT) : "";
        int prefixed =
                switch (prefix) {
                    case "0x" -> 16;
                    case "0o" -> 8;
                    case "0b" -> 2;
                    default -> 0;
                };
        int radix = base == 0 ? Math.max(prefixed, prefixed == 0 ? 10 : 0) : base;
        if (radix < Character.MIN_RADIX || radix > Character.MAX_RADIX) {
            throw new Problem("int() base must be >= 2 and <= 36, or 0");
        }
        if (prefixed == radix) {
            digits = digits.substring(digits.charAt(2) == '_' ? 3 : 2);
        }
        boolean underscores =
                digits.startsWith("_") || digits.endsWith("_") || digits.contains("__");
        String plain = digits.replace("_", "");
        boolean valid =
                !underscores
                        && !plain.isEmpty()
                        && plain.length() <= MAX_DIGITS
                        && plain.chars().allMatch(c -> Character.digit(c, radix) >= 0);
        if (!valid) {
            return null;
        }
        BigInteger number = new BigInteger(plain, radix);
        return Numbers.integer(negative ? number.negate() : number);
    }

    private static String trimmed(String text) {
        int end = text.length();
        int start = Text.skipSpace(text, 0);
        while (end > start && Text.isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** Python's {@code float(text)}, or null when the text is no number. */
    private static @Nullable Double parseFloat(String text) {
        String digits = trimmed(text);
        if (digits.length() > MAX_FLOAT_TEXT) {
            return null;
        }
        if (FLOAT.matcher(digits).matches()) {
            return Double.valueOf(digits.replace("_", ""));
        }
        return switch (digits.toLowerCase(Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan", "+nan", "-nan" -> Double.NaN;
            default -> null;
        };
    }

    static Object fileSize(Object value, Args args, Run run) {
        boolean binary = args.bind("filesizeformat", 0, "binary").truth(0, false);
        Object number = toFloat(value, Args.of(None.NONE), run);
        if (!(number instanceof Double bytes)) {
            throw new Problem("filesizeformat needs a number, not " + Repr.repr(value, run));
        }
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Repr.str(Numbers.truncate(bytes), run) + " Bytes";
        }
        double unit = base;
        int index = 0;
        while (index < UNITS.size() - 1 && bytes >= unit * base) {
            unit *= base;
            index++;
        }
        String name = UNITS.get(index);
        String prefix = binary ? name.substring(0, 1).toUpperCase(Locale.ROOT) + "iB" : name;
        return FloatFormat.digits(bytes / unit, 'f', 1, false) + " " + prefix;
    }
}
