package dev.hone.template;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code format(value, spec)}: Python's format specification mini-language. */
final class FormatSpec {

    private static final Pattern SYNTAX =
            Pattern.compile(
                    "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d+)?([,_])?(?:\\.(\\d+))?([a-zA-Z%])?",
                    Pattern.DOTALL);

    private final Run run;
    private final String fill;
    private final String align;
    private final String sign;
    private final boolean alternate;
    private final int width;
    private final String grouping;
    private final int precision;
    private final char type;

    private FormatSpec(String spec, Object value, Run run) {
        Matcher match = SYNTAX.matcher(spec);
        if (!match.matches()) {
            throw new Problem(
                    "Invalid format specifier %s for object of type '%s'"
                            .formatted(Repr.quote(spec), Types.name(value)));
        }
        this.run = run;
        boolean zero = match.group(5) != null;
        fill = group(match, 1, zero ? "0" : " ");
        align = group(match, 2, zero ? "=" : "");
        sign = group(match, 3, "");
        alternate = match.group(4) != null;
        width = number(group(match, 6, "0"));
        grouping = group(match, 7, "");
        precision = match.group(8) == null ? -1 : number(match.group(8));
        type = group(match, 9, " ").charAt(0);
    }

    private static String group(Matcher match, int index, String fallback) {
        String group = match.group(index);
        return group == null ? fallback : group;
    }

    private static int number(String digits) {
        if (digits.length() > 9) {
            throw new Problem("Too many decimal digits in format string");
        }
        return Integer.parseInt(digits);
    }

    static String format(Object value, String spec, Run run) {
        if (spec.isEmpty()) {
            return Repr.str(value, run);
        }
        if (!Numbers.isNumber(value) && Types.string(value) == null) {
            throw new Problem(
                    "unsupported format string passed to %s.__format__"
                            .formatted(Types.name(value)));
        }
        return new FormatSpec(spec, value, run).apply(value);
    }

    private String apply(Object value) {
        String text = Types.string(value);
        if (text != null) {
            return text(text);
        }
        if (value instanceof Double || "eEfFgG%".indexOf(type) >= 0) {
            return floating(value);
        }
        return integer(Numbers.big(value));
    }

    private String text(String text) {
        if (type != 's' && type != ' ') {
            throw unknownType("str");
        }
        if (align.equals("=") || !sign.isEmpty() || !grouping.isEmpty()) {
            throw new Problem("sign, grouping and '=' alignment are not allowed in string format");
        }
        String cut =
                precision >= 0 && precision < Text.length(text, run)
                        ? text.substring(0, text.offsetByCodePoints(0, precision))
                        : text;
        return padded("", cut, "<");
    }

    private Problem unknownType(String name) {
        return new Problem(
                "Unknown format code '%c' for object of type '%s'".formatted(type, name));
    }

    private String integer(BigInteger value) {
        if (precision >= 0) {
            throw new Problem("Precision not allowed in integer format specifier");
        }
        int radix =
                switch (type) {
                    case 'b' -> 2;
                    case 'o' -> 8;
                    case 'x', 'X' -> 16;
                    case 'd', 'n', ' ' -> 10;
                    case 'c' -> 0;
                    default -> throw unknownType("int");
                };
        if (radix == 0) {
            boolean valid = value.bitLength() < 32 && Character.isValidCodePoint(value.intValue());
            if (!valid) {
                throw new Problem("a character must be in range(0x110000), not " + value);
            }
            return padded("", Character.toString(value.intValue()), "<");
        }
        String digits = value.abs().toString(radix);
        String prefix = alternate && radix != 10 ? "0" + type : "";
        return number(
                signOf(value.signum() < 0) + prefix,
                type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits,
                radix == 10 ? 3 : 4);
    }

    private String floating(Object value) {
        double real = Numbers.real(value);
        String digits;
        if (type == '%') {
            digits =
                    FloatFormat.digits(real * 100, 'f', precision < 0 ? 6 : precision, alternate)
                            + "%";
        } else if (type == ' ' && precision < 0) {
            digits = Numbers.print(Math.abs(real));
        } else if ("eEfFgGn ".indexOf(type) >= 0) {
            char form = type == 'n' ? 'g' : type;
            digits = FloatFormat.digits(real, form, precision < 0 ? 6 : precision, alternate);
        } else {
            throw unknownType("float");
        }
        return number(signOf(real < 0 || 1 / real < 0), digits, 3);
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign.equals("-") ? "" : sign;
    }

    private String number(String prefix, String digits, int group) {
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0) {
            if (group == 3 && !Character.isDigit(digits.charAt(end))) {
                break;
            }
            end++;
        }
        String whole = digits.substring(0, end);
        String rest = digits.substring(end);
        if (!grouping.isEmpty()) {
            int room = width - prefix.length() - rest.length();
            run.willCreate(Math.max(0, room), 1);
            boolean zeros = fill.equals("0") && align.equals("=");
            String grouped = grouped(whole, group);
            while (zeros && grouped.length() < room) {
                whole = "0" + whole;
                grouped = grouped(whole, group);
            }
            whole = grouped;
        }
        return padded(prefix, whole + rest, ">");
    }

    private String grouped(String digits, int group) {
        StringBuilder out = new StringBuilder(digits);
        run.charge(digits.length());
        for (int i = digits.length() - group; i > 0; i -= group) {
            out.insert(i, grouping);
        }
        return out.toString();
    }

    private String padded(String prefix, String digits, String usual) {
        String text = prefix + digits;
        int space = Math.max(0, width - Text.length(text, run));
        return switch (align.isEmpty() ? usual : align) {
            case "<" -> Text.pad(text, 0, space, fill, run);
            case "^" -> Text.pad(text, space / 2, space - space / 2, fill, run);
            case "=" -> prefix + Text.pad(digits, space, 0, fill, run);
            default -> Text.pad(text, space, 0, fill, run);
        };
    }
}
