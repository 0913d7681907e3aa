package dev.hone.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators on all values: numbers, strings, lists and tuples. */
final class Operators {

    private Operators() {}

    static Object apply(Expr.Operator operator, Object a, Object b, Run run) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            Object result = Numbers.arithmetic(operator, a, b);
            run.charge(result instanceof BigInteger big ? 1 + big.bitLength() / 32 : 0);
            return result;
        }
        if (operator == Expr.Operator.MODULO && Types.string(a) != null) {
            return PrintfFormat.format(a, b, run);
        }
        if (a instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fail();
        }
        return switch (operator) {
            case ADD -> add(a, b, run);
            case MULTIPLY -> multiply(a, b, run);
            default -> throw unsupported(operator, a, b);
        };
    }

    private static Problem unsupported(Expr.Operator operator, Object a, Object b) {
        return new Problem(
                "unsupported operand type(s) for %s: '%s' and '%s'"
                        .formatted(operator.symbol(), Types.name(a), Types.name(b)));
    }

    private static Object add(Object a, Object b, Run run) {
        String left = Types.string(a);
        String right = Types.string(b);
        if (left != null && right != null) {
            if (a instanceof Markup || b instanceof Markup) {
                String joined = Markup.escape(a, run).concat(Markup.escape(b, run));
                return new Markup(run.created(joined));
            }
            run.willCreate(left.length() + (long) right.length(), 1);
            return left.concat(right);
        }
        List<Object> x = Types.elements(a);
        List<Object> y = Types.elements(b);
        if (x != null && y != null && a instanceof Tuple == b instanceof Tuple) {
            run.willCreate(x.size() + (long) y.size(), 1);
            List<Object> joined = new ArrayList<>(x.size() + y.size());
            joined.addAll(x);
            joined.addAll(y);
            return a instanceof Tuple ? Tuple.of(joined) : joined;
        }
        if (left != null || x != null) {
            String name = Types.name(a);
            throw new Problem(
                    "can only concatenate %s (not \"%s\") to %s"
                            .formatted(name, Types.name(b), name));
        }
        throw unsupported(Expr.Operator.ADD, a, b);
    }

    private static Object multiply(Object a, Object b, Run run) {
        if (Numbers.isInteger(b)) {
            return repeat(a, b, a, b, run);
        }
        if (Numbers.isInteger(a)) {
            return repeat(b, a, a, b, run);
        }
        throw unsupported(Expr.Operator.MULTIPLY, a, b);
    }

    private static Object repeat(Object value, Object times, Object a, Object b, Run run) {
        BigInteger wanted = Numbers.big(times).max(BigInteger.ZERO);
        int count = wanted.bitLength() < 32 ? wanted.intValue() : Integer.MAX_VALUE;
        String text = Types.string(value);
        if (text != null) {
            run.willCreate(count, text.length());
            String repeated = text.isEmpty() ? "" : text.repeat(count);
            return value instanceof Markup ? new Markup(repeated) : repeated;
        }
        List<Object> items = Types.elements(value);
        if (items == null) {
            throw unsupported(Expr.Operator.MULTIPLY, a, b);
        }
        run.willCreate(count, items.size());
        List<Object> repeated = new ArrayList<>();
        for (int i = 0; i < count && !items.isEmpty(); i++) {
            repeated.addAll(items);
        }
        return value instanceof Tuple ? Tuple.of(repeated) : repeated;
    }

    /** {@code -value} or {@code +value}. */
    static Object sign(boolean negative, Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (!Numbers.isNumber(value)) {
            throw new Problem(
                    "bad operand type for unary %s: '%s'"
                            .formatted(negative ? "-" : "+", Types.name(value)));
        }
        if (negative) {
            return Numbers.negate(value);
        }
        return value instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : value;
    }
}
