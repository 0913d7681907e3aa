package dev.hone.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * The digits of a float under the format types {@code e}, {@code f} and {@code g}, without sign.
 */
final class FloatFormat {

    static final int MAX_PRECISION = 1000;

    private FloatFormat() {}

    /**
     * The magnitude of {@code value}.
     *
     * @param type {@code e}, {@code f}, {@code g}, their capitals, or a space for the form that
     *     always shows a fraction or an exponent
     * @param alternate keep the point and trailing zeros
     */
    static String digits(double value, char type, int precision, boolean alternate) {
        if (precision > MAX_PRECISION) {
            throw new Problem(
                    "a precision of %d; at most %d is possible"
                            .formatted(precision, MAX_PRECISION));
        }
        double magnitude = Math.abs(value);
        String digits;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            digits = Double.isNaN(value) ? "nan" : "inf";
        } else {
            digits =
                    switch (Character.toLowerCase(type)) {
                        case 'f' -> fixed(magnitude, precision, alternate);
                        case 'e' -> exponential(magnitude, precision, alternate);
                        case 'g' -> general(magnitude, precision, alternate, false);
                        default -> general(magnitude, precision, alternate, true);
                    };
        }
        return Character.isUpperCase(type) ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private static String fixed(double value, int precision, boolean alternate) {
        String digits =
                new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return precision == 0 && alternate ? digits + "." : digits;
    }

    private static String exponential(double value, int precision, boolean alternate) {
        BigDecimal rounded = rounded(value, precision + 1);
        String digits = rounded.unscaledValue().toString();
        int exponent = value == 0 ? 0 : digits.length() - 1 - rounded.scale();
        digits += "0".repeat(Math.max(0, precision + 1 - digits.length()));
        digits = digits.substring(0, precision + 1);
        String point = precision > 0 || alternate ? "." : "";
        return digits.charAt(0) + point + digits.substring(1) + exponentText(exponent);
    }

    private static BigDecimal rounded(double value, int digits) {
        return new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static String exponentText(int exponent) {
        return "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    private static String general(double value, int wanted, boolean alternate, boolean fraction) {
        int precision = Math.max(1, wanted);
        BigDecimal rounded = rounded(value, precision);
        int exponent =
                value == 0 ? 0 : rounded.unscaledValue().toString().length() - 1 - rounded.scale();
        int limit = fraction ? precision - 1 : precision;
        if (exponent < -4 || (exponent >= limit && value != 0)) {
            String digits = exponential(value, precision - 1, alternate);
            int e = digits.indexOf('e');
            return (alternate ? digits.substring(0, e) : trimmed(digits.substring(0, e)))
                    + digits.substring(e);
        }
        String digits = fixed(value, Math.max(0, precision - 1 - exponent), alternate);
        String kept = alternate ? digits : trimmed(digits);
        return fraction && kept.indexOf('.') < 0 ? kept + ".0" : kept;
    }

    private static String trimmed(String digits) {
        if (digits.indexOf('.') < 0) {
            return digits;
        }
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
