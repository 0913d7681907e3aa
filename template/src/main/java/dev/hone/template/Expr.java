package dev.hone.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of a template, as parsed. */
sealed interface Expr {

    /** Where errors in this expression are reported. */
    Place place();

    /** A literal. */
    record Const(Object value, Place place) implements Expr {}

    /** A variable. */
    record Name(String name, Place place) implements Expr {}

    /** {@code [a, b]} or {@code (a, b)}. */
    record Sequence(boolean tuple, List<Expr> items, Place place) implements Expr {}

    /** {@code {key: value}}. */
    record Dict(List<Entry> entries, Place place) implements Expr {}

    record Entry(Expr key, Expr value) {}

    /** {@code target.name}. */
    record Attribute(Expr target, String name, Place place) implements Expr {}

    /** {@code target[index]}. */
    record Subscript(Expr target, Expr index, Place place) implements Expr {}

    /** {@code target[start:stop:step]}. */
    record Slice(
            Expr target,
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step,
            Place place)
            implements Expr {}

    record Call(Expr callee, Arguments arguments, Place place) implements Expr {}

    /** {@code target | name(arguments)}. */
    record Filter(Expr target, String name, Arguments arguments, Place place) implements Expr {}

    /** {@code target is name(arguments)}. */
    record Test(Expr target, String name, Arguments arguments, Place place) implements Expr {}

    record Not(Expr operand, Place place) implements Expr {}

    record Sign(boolean negative, Expr operand, Place place) implements Expr {}

    /** {@code left + right} and the other arithmetic operators. */
    record Binary(Operator operator, Expr left, Expr right, Place place) implements Expr {}

    /** {@code left and right} or {@code left or right}. */
    record Logical(boolean and, Expr left, Expr right, Place place) implements Expr {}

    /** {@code first < a <= b in c}. */
    record Compare(Expr first, List<Link> links, Place place) implements Expr {}

    record Link(Comparison.Kind kind, Expr right) {}

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> parts, Place place) implements Expr {}

    /** {@code then if test else otherwise}. */
    record Conditional(Expr test, Expr then, @Nullable Expr otherwise, Place place)
            implements Expr {}

    /** The text that the surrounding {@code filter} or {@code set} block has just rendered. */
    record Captured(Place place) implements Expr {}

    /** The arguments of a call, a filter or a test. */
    record Arguments(
            List<Expr> positional,
            List<Named> named,
            @Nullable Expr star,
            @Nullable Expr doubleStar) {

        static final Arguments NONE = new Arguments(List.of(), List.of(), null, null);

        boolean isEmpty() {
            return this.equals(NONE);
        }
    }

    record Named(String name, Expr value) {}

    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        MODULO("%"),
        POWER("**");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }
}
