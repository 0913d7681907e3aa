package dev.hone.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code format % values}: Python's printf-style formatting. */
final class PrintfFormat {

    private static final String FLAGS = "-+ #0";

    private final String format;
    private final Object values;
    private final List<Object> items;
    private final boolean escaping;
    private final Run run;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int used;

    private PrintfFormat(Object format, Object values, Run run) {
        this.format = Repr.str(format, run);
        this.values = values;
        this.items = values instanceof Tuple tuple ? tuple.items() : List.of(values);
        this.escaping = format instanceof Markup;
        this.run = run;
    }

    /** Formats a string, or markup, which escapes what it is given. */
    static Object format(Object format, Object values, Run run) {
        String text = new PrintfFormat(format, values, run).format();
        return format instanceof Markup ? new Markup(text) : text;
    }

    private String format() {
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                break;
            }
            append(format.substring(at, percent));
            at = percent + 1;
            directive();
        }
        append(format.substring(at));
        boolean mapping =
                values instanceof Map<?, ?>
                        || values instanceof List<?>
                        || values instanceof Undefined;
        if (used < items.size() && !mapping) {
            throw new Problem("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private void append(String text) {
        run.charge(text.length());
        out.append(text);
    }

    private void directive() {
        Object value = null;
        if (peek() == '(') {
            value = mapped();
        }
        String flags = flags();
        int width = number();
        boolean left = flags.indexOf('-') >= 0 || width < 0;
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number());
        }
        while (peek() == 'l' || peek() == 'h' || peek() == 'L') {
            at++;
        }
        if (at >= format.length()) {
            throw new Problem("incomplete format");
        }
        char type = format.charAt(at++);
        if (type == '%') {
            append("%");
            return;
        }
        if ("diouxXeEfFgGcrsa".indexOf(type) < 0) {
            throw new Problem(
                    "unsupported format character '%c' at index %d".formatted(type, at - 1));
        }
        if (value == null) {
            value = next();
        }
        pad(convert(type, value, flags, precision), Math.abs(width), left, flags, type);
    }

    private char peek() {
        return at < format.length() ? format.charAt(at) : '\0';
    }

    private Object mapped() {
        int depth = 1;
        int start = ++at;
        while (depth > 0) {
            if (at >= format.length()) {
                throw new Problem("incomplete format key");
            }
            char c = format.charAt(at++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        if (!(values instanceof Map<?, ?> map)) {
            throw new Problem("format requires a mapping");
        }
        String key = format.substring(start, at - 1);
        Object found = Types.dict(map).get(key);
        if (found == null) {
            throw new Problem(
                    "the format names the key %s, which the dict lacks".formatted(Repr.quote(key)));
        }
        return found;
    }

    private String flags() {
        int start = at;
        while (at < format.length() && FLAGS.indexOf(format.charAt(at)) >= 0) {
            at++;
        }
        return format.substring(start, at);
    }

    /** A width or precision: digits, or {@code *} for the next value. */
    private int number() {
        if (peek() == '*') {
            at++;
            return Args.of(next()).bind("%", 1, "*").integer(0, 0);
        }
        long number = 0;
        while (Character.isDigit(peek())) {
            number = Math.min(Integer.MAX_VALUE, number * 10 + format.charAt(at++) - '0');
        }
        return (int) number;
    }

    private Object next() {
        if (used >= items.size()) {
            throw new Problem("not enough arguments for format string");
        }
        return items.get(used++);
    }

    private String convert(char type, Object value, String flags, int precision) {
        return switch (type) {
            case 's' -> cut(escaping ? Markup.escape(value, run) : Repr.str(value, run), precision);
            case 'r' -> cut(Repr.repr(value, run), precision);
            case 'a' -> cut(Repr.ascii(Repr.repr(value, run)), precision);
            case 'c' -> character(value);
            case 'd', 'i', 'u', 'o', 'x', 'X' -> integer(type, value, flags, precision);
            default -> floating(type, value, flags, precision < 0 ? 6 : precision);
        };
    }

    private String cut(String text, int precision) {
        if (precision < 0 || precision >= Text.length(text, run)) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private String character(Object value) {
        if (Types.string(value) != null) {
            String text = Repr.str(value, run);
            if (text.codePointCount(0, text.length()) == 1) {
                return text;
            }
        } else if (Numbers.isInteger(value)
                && Numbers.big(value).bitLength() < 32
                && Character.isValidCodePoint(Numbers.big(value).intValue())) {
            return Character.toString(Numbers.big(value).intValue());
        }
        throw new Problem("the format type c requires int or char");
    }

    private String integer(char type, Object value, String flags, int precision) {
        boolean decimal = type == 'd' || type == 'i' || type == 'u';
        Object whole = decimal && value instanceof Double real ? Numbers.truncate(real) : value;
        if (!Numbers.isInteger(whole)) {
            throw new Problem(
                    "%%%c format: %s is required, not %s"
                            .formatted(
                                    type,
                                    decimal ? "a real number" : "an integer",
                                    Types.name(value)));
        }
        BigInteger number = Numbers.big(whole);
        int radix = type == 'o' ? 8 : decimal ? 10 : 16;
        String digits = number.abs().toString(radix);
        run.willCreate(precision, 1);
        digits = "0".repeat(Math.max(0, precision - digits.length())) + digits;
        String prefix = flags.indexOf('#') < 0 || decimal ? "" : radix == 8 ? "0o" : "0x";
        String text = prefix + digits;
        return sign(number.signum() < 0, flags)
                + (type == 'X' ? text.toUpperCase(Locale.ROOT) : text);
    }

    private String floating(char type, Object value, String flags, int precision) {
        if (!Numbers.isNumber(value)) {
            throw new Problem("must be real number, not " + Types.name(value));
        }
        double real = Numbers.real(value);
        boolean negative = real < 0 || 1 / real < 0;
        return sign(negative, flags)
                + FloatFormat.digits(real, type, precision, flags.indexOf('#') >= 0);
    }

    private static String sign(boolean negative, String flags) {
        if (negative) {
            return "-";
        }
        return flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
    }

    private void pad(String text, int width, boolean left, String flags, char type) {
        int space = Math.max(0, width - Text.length(text, run));
        boolean number = "rsac".indexOf(type) < 0;
        if (left) {
            append(Text.pad(text, 0, space, " ", run));
        } else if (number && flags.indexOf('0') >= 0) {
            int digits = text.isEmpty() || "+- ".indexOf(text.charAt(0)) < 0 ? 0 : 1;
            digits += text.startsWith("0x", digits) || text.startsWith("0X", digits) ? 2 : 0;
            digits += text.startsWith("0o", digits) ? 2 : 0;
            append(text.substring(0, digits));
            append(Text.pad(text.substring(digits), space, 0, "0", run));
        } else {
            append(Text.pad(text, space, 0, " ", run));
        }
    }
}
