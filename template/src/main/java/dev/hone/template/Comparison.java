package dev.hone.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's comparisons: {@code ==}, {@code <} and their kin, and {@code in}. */
final class Comparison {

    /** A comparison operator. */
    enum Kind {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        NOT_IN("not in");

        private final String symbol;

        Kind(String symbol) {
            this.symbol = symbol;
        }

        /** The comparison written as {@code symbol}, or null when it is none. */
        static @Nullable Kind ofSymbol(String symbol) {
            for (Kind kind : values()) {
                if (kind.symbol.equals(symbol)) {
                    return kind;
                }
            }
            return null;
        }
    }

    private Comparison() {}

    static boolean holds(Kind kind, Object a, Object b, Run run) {
        return switch (kind) {
            case EQUAL -> equal(a, b, run);
            case NOT_EQUAL -> !equal(a, b, run);
            case IN -> contains(b, a, run);
            case NOT_IN -> !contains(b, a, run);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> ordered(kind, a, b, run);
        };
    }

    /** {@code a == b}. */
    static boolean equal(Object a, Object b, Run run) {
        run.charge(1);
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            Integer order = Numbers.compare(a, b);
            return order != null && order == 0;
        }
        String left = Types.string(a);
        String right = Types.string(b);
        if (left != null && right != null) {
            if (left.length() == right.length()) {
                run.touched(left);
            }
            return left.equals(right);
        }
        if (a instanceof Undefined && b instanceof Undefined) {
            return true;
        }
        run.enter();
        boolean result = sameElements(a, b, run);
        run.leave();
        return result;
    }

    private static boolean sameElements(Object a, Object b, Run run) {
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return sameEntries(Types.dict(x), Types.dict(y), run);
        }
        if (a instanceof DictView x && b instanceof DictView y) {
            return x.kind() != DictView.Kind.VALUES
                    && x.kind() == y.kind()
                    && x.dict().size() == y.dict().size()
                    && Types.toList(x, run).stream().allMatch(item -> contains(y, item, run));
        }
        boolean lists =
                a instanceof List<?>
                        && b instanceof List<?>
                        && a instanceof Range == b instanceof Range;
        boolean tuples = a instanceof Tuple && b instanceof Tuple;
        if (!lists && !tuples) {
            boolean plain = Types.isIterable(a) || Types.isIterable(b);
            return !plain && a.equals(b);
        }
        Iterator<Object> x = Types.iterate(a, run);
        Iterator<Object> y = Types.iterate(b, run);
        if (Types.length(a, run) != Types.length(b, run)) {
            return false;
        }
        while (x.hasNext()) {
            if (!same(x.next(), y.next(), run)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameEntries(Map<Object, Object> x, Map<Object, Object> y, Run run) {
        if (x.size() != y.size()) {
            return false;
        }
        for (Map.Entry<Object, Object> entry : x.entrySet()) {
            Object other = Dicts.get(y, entry.getKey(), run);
            if (other == null || !same(entry.getValue(), other, run)) {
                return false;
            }
        }
        return true;
    }

    /** As elements even NaN is the same as itself. */
    private static boolean same(Object a, Object b, Run run) {
        return equal(a, b, run) || (a instanceof Double && a.equals(b));
    }

    private static boolean ordered(Kind kind, Object a, Object b, Run run) {
        Integer order = order(kind, a, b, run);
        if (order == null) {
            return false;
        }
        return switch (kind) {
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            default -> order >= 0;
        };
    }

    /** {@code a < b}, as sorting asks. */
    static boolean less(Object a, Object b, Run run) {
        return ordered(Kind.LESS, a, b, run);
    }

    /** The sign of {@code a - b}; null when NaN makes every comparison false. */
    private static @Nullable Integer order(Kind kind, Object a, Object b, Run run) {
        run.charge(1);
        if (a instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        String left = Types.string(a);
        String right = Types.string(b);
        if (left != null && right != null) {
            run.touched(left.length() < right.length() ? left : right);
            return compare(left, right);
        }
        List<Object> x = Types.elements(a);
        List<Object> y = Types.elements(b);
        if (x == null || y == null || a instanceof Tuple != b instanceof Tuple) {
            throw new Problem(
                    "'%s' not supported between instances of '%s' and '%s'"
                            .formatted(kind.symbol, Types.name(a), Types.name(b)));
        }
        run.enter();
        for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
            if (!same(x.get(i), y.get(i), run)) {
                Integer order = order(kind, x.get(i), y.get(i), run);
                run.leave();
                return order;
            }
        }
        run.leave();
        return Integer.compare(x.size(), y.size());
    }

    /** By code points; plain {@code compareTo} would order some of them by their surrogates. */
    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean surrogates = Character.isSurrogate(x) != Character.isSurrogate(y);
                int order = Character.compare(x, y);
                return surrogates ? (Character.isSurrogate(x) ? 1 : -1) : order;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** {@code item in container}. */
    static boolean contains(Object container, Object item, Run run) {
        String text = Types.string(container);
        if (text != null) {
            String needle = Types.string(item);
            if (needle == null) {
                throw new Problem(
                        "'in <string>' requires string as left operand, not " + Types.name(item));
            }
            return Text.find(text, needle, 0, run) >= 0;
        }
        if (container instanceof Map<?, ?> map) {
            return Dicts.get(Types.dict(map), item, run) != null;
        }
        if (container instanceof DictView view && view.kind() == DictView.Kind.KEYS) {
            return Dicts.get(view.dict(), item, run) != null;
        }
        if (!Types.isIterable(container)) {
            throw new Problem(
                    "argument of type '%s' is not iterable".formatted(Types.name(container)));
        }
        Iterator<Object> items = Types.iterate(container, run);
        while (items.hasNext()) {
            if (same(items.next(), item, run)) {
                return true;
            }
        }
        return false;
    }
}
