package dev.hone.template;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;

/** Jinja's tests: what stands after {@code is}. */
final class Tests {

    /** One test. */
    private interface Check {
        boolean holds(Object value, Args args, Run run);
    }

    /** A test that takes no argument. */
    private interface Simple {
        boolean holds(Object value, Run run);
    }

    private static final Map<String, Check> CHECKS =
            Map.ofEntries(
                    simple("defined", (value, run) -> !(value instanceof Undefined)),
                    simple("undefined", (value, run) -> value instanceof Undefined),
                    simple("none", (value, run) -> value == None.NONE),
                    simple("boolean", (value, run) -> value instanceof Boolean),
                    simple("true", (value, run) -> value.equals(true)),
                    simple("false", (value, run) -> value.equals(false)),
                    simple(
                            "integer",
                            (value, run) ->
                                    Numbers.isInteger(value) && !(value instanceof Boolean)),
                    simple("float", (value, run) -> value instanceof Double),
                    simple("number", (value, run) -> Numbers.isNumber(value)),
                    simple("string", (value, run) -> Types.string(value) != null),
                    simple("mapping", (value, run) -> value instanceof Map<?, ?>),
                    simple("sequence", (value, run) -> isSequence(value)),
                    simple("iterable", (value, run) -> Types.isIterable(value)),
                    simple(
                            "callable",
                            (value, run) ->
                                    value instanceof Undefined || value instanceof Invocable),
                    simple("escaped", (value, run) -> value instanceof Markup),
                    simple(
                            "lower",
                            (value, run) -> CharacterTests.lower(Repr.str(value, run), run)),
                    simple(
                            "upper",
                            (value, run) -> CharacterTests.upper(Repr.str(value, run), run)),
                    simple("odd", (value, run) -> remainder(value, 2L, run).equals(1L)),
                    simple("even", (value, run) -> isZero(remainder(value, 2L, run))),
                    simple("filter", (value, run) -> Filters.has(Repr.str(value, run))),
                    simple("test", (value, run) -> Tests.has(Repr.str(value, run))),
                    entry(
                            "divisibleby",
                            (value, args, run) ->
                                    isZero(
                                            remainder(
                                                    value,
                                                    args.bind("divisibleby", 1, "num").get(0),
                                                    run))),
                    entry(
                            "sameas",
                            (value, args, run) ->
                                    isSame(value, args.bind("sameas", 1, "other").get(0))),
                    entry("in", comparison("in", Comparison.Kind.IN)),
                    entry("==", comparison("==", Comparison.Kind.EQUAL)),
                    entry("eq", comparison("eq", Comparison.Kind.EQUAL)),
                    entry("equalto", comparison("equalto", Comparison.Kind.EQUAL)),
                    entry("!=", comparison("!=", Comparison.Kind.NOT_EQUAL)),
                    entry("ne", comparison("ne", Comparison.Kind.NOT_EQUAL)),
                    entry(">", comparison(">", Comparison.Kind.GREATER)),
                    entry("gt", comparison("gt", Comparison.Kind.GREATER)),
                    entry("greaterthan", comparison("greaterthan", Comparison.Kind.GREATER)),
                    entry(">=", comparison(">=", Comparison.Kind.GREATER_OR_EQUAL)),
                    entry("ge", comparison("ge", Comparison.Kind.GREATER_OR_EQUAL)),
                    entry("<", comparison("<", Comparison.Kind.LESS)),
                    entry("lt", comparison("lt", Comparison.Kind.LESS)),
                    entry("lessthan", comparison("lessthan", Comparison.Kind.LESS)),
                    entry("<=", comparison("<=", Comparison.Kind.LESS_OR_EQUAL)),
                    entry("le", comparison("le", Comparison.Kind.LESS_OR_EQUAL)));

    private Tests() {}

    static boolean has(String name) {
        return CHECKS.containsKey(name);
    }

    static String unknown(String name) {
        return "no test is named '%s'".formatted(name);
    }

    static boolean apply(String name, Object value, Args args, Run run) {
        Check check = CHECKS.get(name);
        if (check == null) {
            throw new Problem(unknown(name));
        }
        return check.holds(value, args, run);
    }

    private static Map.Entry<String, Check> simple(String name, Simple test) {
        return entry(
                name,
                (value, args, run) -> {
                    args.bind(name, 0);
                    return test.holds(value, run);
                });
    }

    private static Check comparison(String name, Comparison.Kind kind) {
        return (value, args, run) ->
                Comparison.holds(kind, value, args.bind(name, 1, "other").get(0), run);
    }

    private static Object remainder(Object value, Object divisor, Run run) {
        return Operators.apply(Expr.Operator.MODULO, value, divisor, run);
    }

    private static boolean isZero(Object remainder) {
        return Numbers.isNumber(remainder) && !Types.truth(remainder);
    }

    private static boolean isSequence(Object value) {
        return switch (value) {
            case String _, Markup _, List<?> _, Tuple _, Map<?, ?> _, Undefined _ -> true;
            default -> false;
        };
    }

    /** Identity, as far as a template can tell: of equal numbers and strings it cannot. */
    @SuppressWarnings("ReferenceEquality") // asks whether it is the very same list or dict
    private static boolean isSame(Object a, Object b) {
        boolean immutable = a instanceof String || Numbers.isNumber(a);
        return a == b || (immutable && a.equals(b));
    }
}
