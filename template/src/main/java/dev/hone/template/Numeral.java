package dev.hone.template;

import java.math.BigInteger;

/**
 * A number in the source of a template, as Python writes them: with underscores between digits and
 * with the prefixes {@code 0x}, {@code 0o} and {@code 0b}.
 *
 * @param end index after its last character
 * @param real whether it has a fraction or an exponent
 */
record Numeral(int end, boolean real) {

    /** The longest number at {@code start}, where a digit stands. */
    static Numeral scan(String source, int start) {
        int whole = digitsEnd(source, start);
        int fraction = whole;
        if (whole < source.length() && source.charAt(whole) == '.') {
            int end = digitsEnd(source, whole + 1);
            fraction = end > whole + 1 ? end : whole;
        }
        int exponent = exponentEnd(source, fraction);
        boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
        boolean real = !afterDot && exponent > whole;
        return new Numeral(real ? exponent : integerEnd(source, start), real);
    }

    private static int exponentEnd(String source, int i) {
        if (i >= source.length() || (source.charAt(i) | 0x20) != 'e') {
            return i;
        }
        int p = i + 1;
        if (p < source.length() && (source.charAt(p) == '+' || source.charAt(p) == '-')) {
            p++;
        }
        int end = digitsEnd(source, p);
        return end > p ? end : i;
    }

    /** End of digits with single underscores between them; {@code i} itself when there are none. */
    private static int digitsEnd(String source, int i) {
        return digitsEnd(source, i, 10);
    }

    private static int digitsEnd(String source, int i, int radix) {
        int p = i;
        while (p < source.length()) {
            char c = source.charAt(p);
            boolean joins =
                    c == '_' && p > i && p + 1 < source.length() && digit(source, p + 1, radix);
            if (!digit(source, p, radix) && !joins) {
                break;
            }
            p++;
        }
        return p;
    }

    private static boolean digit(String source, int i, int radix) {
        char c = source.charAt(i);
        return c < 128 && Character.digit(c, radix) >= 0;
    }

    private static int integerEnd(String source, int start) {
        if (source.charAt(start) != '0') {
            return digitsEnd(source, start);
        }
        int radix = start + 1 < source.length() ? radixOf(source.charAt(start + 1)) : 10;
        if (radix != 10) {
            int first = start + 2;
            first += first < source.length() && source.charAt(first) == '_' ? 1 : 0;
            int end = digitsEnd(source, first, radix);
            if (end > first) {
                return end;
            }
        }
        int p = start + 1;
        while (p < source.length() && (source.charAt(p) == '0' || source.startsWith("_0", p))) {
            p++;
        }
        return p;
    }

    private static int radixOf(char prefix) {
        return switch (prefix) {
            case 'b', 'B' -> 2;
            case 'o', 'O' -> 8;
            case 'x', 'X' -> 16;
            default -> 10;
        };
    }

    /** The value of an integer without underscores. */
    static Object value(String digits) {
        int radix = digits.length() > 1 ? radixOf(digits.charAt(1)) : 10;
        return Numbers.integer(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
    }
}
