package dev.hone.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Python's arithmetic: integers of any size (up to {@value #MAX_BITS} bits), floor division, true
 * division that gives a float, booleans that count as 0 and 1.
 */
final class Numbers {

    static final int MAX_BITS = 16_384;
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final long EXACT = 1L << 53;

    private Numbers() {}

    /** The value for an integer: a {@link Long} where it fits. */
    static Object integer(BigInteger value) {
        if (value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0) {
            return value.longValue();
        }
        if (value.bitLength() > MAX_BITS) {
            throw new Problem("an integer of more than %d bits".formatted(MAX_BITS));
        }
        return value;
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    static BigInteger big(Object integer) {
        return switch (integer) {
            case Long number -> BigInteger.valueOf(number);
            case Boolean truth -> truth ? BigInteger.ONE : BigInteger.ZERO;
            case BigInteger number -> number;
            default -> throw new AssertionError(integer.getClass());
        };
    }

    static double real(Object number) {
        if (number instanceof Double real) {
            return real;
        }
        double real = big(number).doubleValue();
        if (Double.isInfinite(real)) {
            throw new Problem("int too large to convert to float");
        }
        return real;
    }

    /** {@code a operator b} for two numbers. */
    static Object arithmetic(Expr.Operator operator, Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            return floating(operator, real(a), real(b));
        }
        if (a instanceof Long x && b instanceof Long y) {
            Object quick = quick(operator, x, y);
            if (quick != null) {
                return quick;
            }
        }
        return exact(operator, big(a), big(b));
    }

    /** The result where it is a long, or null where exact arithmetic has to decide. */
    private static @Nullable Object quick(Expr.Operator operator, long x, long y) {
        boolean small =
                x > Integer.MIN_VALUE
                        && x < Integer.MAX_VALUE
                        && y > Integer.MIN_VALUE
                        && y < Integer.MAX_VALUE;
        if (!small) {
            return null;
        }
        return switch (operator) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case FLOOR_DIVIDE -> y == 0 ? null : (Object) Math.floorDiv(x, y);
            case MODULO -> y == 0 ? null : (Object) Math.floorMod(x, y);
            case DIVIDE, POWER -> null;
        };
    }

    private static Object exact(Expr.Operator operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case ADD -> integer(a.add(b));
            case SUBTRACT -> integer(a.subtract(b));
            case MULTIPLY -> integer(a.multiply(b));
            case DIVIDE -> divide(a, b);
            case FLOOR_DIVIDE -> integer(floorDivide(a, b));
            case MODULO -> integer(a.subtract(floorDivide(a, b).multiply(b)));
            case POWER -> power(a, b);
        };
    }

    private static BigInteger floorDivide(BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw new Problem("integer division or modulo by zero");
        }
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return below ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static Object divide(BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw new Problem("division by zero");
        }
        double x = a.doubleValue();
        double y = b.doubleValue();
        if (Math.abs(x) <= EXACT && Math.abs(y) <= EXACT) {
            return x / y;
        }
        double quotient =
                new BigDecimal(a).divide(new BigDecimal(b), MathContext.DECIMAL128).doubleValue();
        if (Double.isInfinite(quotient)) {
            throw new Problem("integer division result too large for a float");
        }
        return quotient;
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            if (base.signum() == 0) {
                throw new Problem("0.0 cannot be raised to a negative power");
            }
            return Math.pow(real(integer(base)), real(integer(exponent)));
        }
        if (base.bitLength() > 1 || base.signum() < 0) {
            boolean unit = base.equals(BigInteger.ONE.negate());
            if (unit) {
                return exponent.testBit(0) ? -1L : 1L;
            }
            if (exponent.bitLength() > 20
                    || (long) (base.abs().bitLength() - 1) * exponent.intValue() > MAX_BITS) {
                throw new Problem("an integer of more than %d bits".formatted(MAX_BITS));
            }
            return integer(base.pow(exponent.intValue()));
        }
        return exponent.signum() == 0 || base.signum() != 0 ? 1L : 0L;
    }

    private static Object floating(Expr.Operator operator, double x, double y) {
        return switch (operator) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case DIVIDE -> x / nonZero(y, "float division by zero");
            case FLOOR_DIVIDE -> floorDivide(x, nonZero(y, "float floor division by zero"));
            case MODULO -> modulo(x, nonZero(y, "float modulo"));
            case POWER -> power(x, y);
        };
    }

    private static double nonZero(double divisor, String problem) {
        if (divisor == 0) {
            throw new Problem(problem);
        }
        return divisor;
    }

    private static double modulo(double x, double y) {
        double rest = x % y;
        if (rest == 0) {
            return Math.copySign(0.0, y);
        }
        return (y < 0) != (rest < 0) ? rest + y : rest;
    }

    /** As CPython: the quotient of what the remainder leaves, rounded to the nearest integer. */
    private static double floorDivide(double x, double y) {
        double rest = x % y;
        double quotient = (x - rest) / y;
        if (rest != 0 && (y < 0) != (rest < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0.0, x / y);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double x, double y) {
        if (x == 0 && y < 0) {
            throw new Problem("0.0 cannot be raised to a negative power");
        }
        if (x == 1 || y == 0) {
            return 1;
        }
        if (x < 0 && Math.rint(y) != y && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw new Problem("a negative number to a fractional power is complex, not a number");
        }
        double result = Math.abs(x) == 1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
        if (Double.isInfinite(result) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw new Problem("the result of ** is too large for a float");
        }
        return result;
    }

    static Object negate(Object number) {
        if (number instanceof Double real) {
            return -real;
        }
        return integer(big(number).negate());
    }

    /** An integer from a float by cutting its fraction. */
    static Object truncate(double value) {
        if (Double.isNaN(value)) {
            throw new Problem("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(value)) {
            throw new Problem("cannot convert float infinity to integer");
        }
        return integer(new BigDecimal(value).toBigInteger());
    }

    /** Python's {@code round(number, digits)}: half to even, on the exact binary value. */
    static Object round(Object number, int digits) {
        if (number instanceof Double real) {
            if (Double.isNaN(real) || Double.isInfinite(real) || digits > 330) {
                return real;
            }
            if (digits < -330) {
                return Math.copySign(0.0, real);
            }
            double rounded =
                    new BigDecimal(real).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
            return rounded == 0 ? Math.copySign(0.0, real) : (Object) rounded;
        }
        if (digits >= 0) {
            return integer(big(number));
        }
        if (digits < -MAX_BITS) {
            return 0L;
        }
        return integer(
                new BigDecimal(big(number))
                        .setScale(digits, RoundingMode.HALF_EVEN)
                        .toBigInteger());
    }

    /** Orders two numbers; null when one is not a number (NaN). */
    static @Nullable Integer compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (a instanceof Double || b instanceof Double) {
            double x = a instanceof Double real ? real : 0;
            double y = b instanceof Double real ? real : 0;
            if (Double.isNaN(x) || Double.isNaN(y)) {
                return null;
            }
            if (Double.isInfinite(x) || Double.isInfinite(y)) {
                return Double.compare(x, y);
            }
            return decimal(a).compareTo(decimal(b));
        }
        return big(a).compareTo(big(b));
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Double real ? new BigDecimal(real) : new BigDecimal(big(number));
    }

    /** How Python prints a float: the shortest digits that read back, an exponent from 1e16 on. */
    static String print(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String size = Math.abs(exponent) < 10 ? "0" : "";
            return sign
                    + digits.charAt(0)
                    + fraction
                    + (exponent < 0 ? "e-" : "e+")
                    + size
                    + Math.abs(exponent);
        }
        String plain = decimal.toPlainString();
        return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
    }
}
