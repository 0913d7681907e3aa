package dev.hone.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template, as parsed. */
sealed interface Stmt {

    Place place();

    /** Literal text. */
    record Literal(String text, Place place) implements Stmt {}

    /** {@code {{ value }}}. */
    record Print(Expr value, Place place) implements Stmt {}

    record If(List<Branch> branches, List<Stmt> otherwise, Place place) implements Stmt {}

    record Branch(Expr test, List<Stmt> body) {}

    /**
     * A loop.
     *
     * @param filter the condition after {@code if}, evaluated in a frame of its own
     */
    record For(
            Target target,
            Expr items,
            @Nullable Expr filter,
            Names filterNames,
            boolean recursive,
            Body body,
            Body otherwise,
            Place place)
            implements Stmt {}

    /** {@code {% set target = value %}}. */
    record Set(Target target, Expr value, Place place) implements Stmt {}

    /**
     * {@code {% set target %}…{% endset %}}.
     *
     * @param value {@link Expr.Captured}, perhaps inside filters
     */
    record SetBlock(Target target, Expr value, Body body, Place place) implements Stmt {}

    record With(List<Target> targets, List<Expr> values, Body body, Place place) implements Stmt {}

    record MacroDefinition(String name, MacroBody macro, Place place) implements Stmt {}

    record CallBlock(Expr.Call call, MacroBody caller, Place place) implements Stmt {}

    record FilterBlock(Expr value, Body body, Place place) implements Stmt {}

    record Block(String name, boolean scoped, boolean required, Body body, Place place)
            implements Stmt {}

    /** {@code {% generation %}}: what the model is to produce. */
    record Generation(Body body, Place place) implements Stmt {}

    /** {@code {% autoescape %}}; only switching it off is possible. */
    record AutoEscape(Expr on, Body body, Place place) implements Stmt {}

    record Break(Place place) implements Stmt {}

    record Continue(Place place) implements Stmt {}

    /** A tag that needs a second template: include, import, from, extends. */
    record OtherTemplate(String tag, Place place) implements Stmt {}

    /** Statements with a frame of their own. */
    record Body(List<Stmt> statements, Names names) {}

    /**
     * What a macro or the caller of a call block runs.
     *
     * @param defaults default values of the last parameters
     * @param usesCaller whether the body reads {@code caller}; likewise the other two
     */
    record MacroBody(
            List<String> parameters,
            List<Expr> defaults,
            boolean usesCaller,
            boolean usesKeywords,
            boolean usesVarargs,
            Body body) {}

    /** Something that can be assigned to. */
    sealed interface Target {
        Place place();
    }

    record NameTarget(String name, Place place) implements Target {}

    record TupleTarget(List<Target> items, Place place) implements Target {}

    /** {@code namespace.attribute}. */
    record NamespaceTarget(String namespace, String attribute, Place place) implements Target {}
}
