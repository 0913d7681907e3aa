package dev.hone.template;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which names one frame (a loop body, a macro body, the template itself, ...) reads and assigns.
 * Jinja decides when it compiles a template which variable a name means, so an assignment anywhere
 * in a frame changes what the name means in all of it and in the frames inside; this record is what
 * it needs to know for that. Inner frames are not included.
 *
 * @param loaded names that are read
 * @param stored names that are assigned, with what they hold when the frame is entered
 */
record Names(Set<String> loaded, Map<String, Start> stored) {

    /** What an assigned name holds when its frame is entered. */
    enum Start {
        /** A parameter or loop variable: set by whoever enters the frame. */
        PARAMETER,
        /** Assigned before it is read: the value of an outer frame's variable, or nothing. */
        OUTER,
        /** Perhaps read before it is assigned: as OUTER, or what the caller of render passed. */
        CONTEXT
    }

    static final Names NONE = new Names(Set.of(), Map.of());

    static Builder builder() {
        return new Builder();
    }

    /** Collects the names of one frame in the order of the source. */
    static final class Builder {

        /** Deeper expressions could not be evaluated within a thread's stack. */
        private static final int MAX_EXPRESSION_DEPTH = 500;

        private final Set<String> loaded;
        private final Map<String, Start> stored;
        private int depth;

        private Builder() {
            this(new LinkedHashSet<>(), new LinkedHashMap<>());
        }

        private Builder(Set<String> loaded, Map<String, Start> stored) {
            this.loaded = loaded;
            this.stored = stored;
        }

        Names build() {
            return new Names(Set.copyOf(loaded), Map.copyOf(stored));
        }

        Builder parameter(String name) {
            stored.put(name, Start.PARAMETER);
            return this;
        }

        Builder parameters(Stmt.Target target) {
            switch (target) {
                case Stmt.NameTarget name -> parameter(name.name());
                case Stmt.TupleTarget tuple -> tuple.items().forEach(this::parameters);
                case Stmt.NamespaceTarget namespace -> loaded.add(namespace.namespace());
            }
            return this;
        }

        Builder statements(List<Stmt> statements) {
            statements.forEach(this::statement);
            return this;
        }

        private void statement(Stmt statement) {
            switch (statement) {
                case Stmt.Print print -> expression(print.value());
                case Stmt.If branching -> branching(branching);
                case Stmt.For loop -> expression(loop.items());
                case Stmt.Set set -> {
                    expression(set.value());
                    store(set.target());
                }
                case Stmt.SetBlock set -> store(set.target());
                case Stmt.With with -> with.values().forEach(this::expression);
                case Stmt.MacroDefinition macro -> store(macro.name());
                case Stmt.CallBlock block -> expression(block.call());
                case Stmt.FilterBlock block -> expression(block.value());
                case Stmt.AutoEscape escape -> expression(escape.on());
                case Stmt.Literal _,
                        Stmt.Block _,
                        Stmt.Generation _,
                        Stmt.Break _,
                        Stmt.Continue _,
                        Stmt.OtherTemplate _ -> {}
            }
        }

        private void branching(Stmt.If branching) {
            Stmt.Branch first = branching.branches().getFirst();
            expression(first.test());
            Builder then = copy().statements(first.body());
            Builder others = copy();
            for (Stmt.Branch branch :
                    branching.branches().subList(1, branching.branches().size())) {
                others.expression(branch.test());
                others.merge(List.of(others.copy().statements(branch.body())));
            }
            Builder otherwise = copy().statements(branching.otherwise());
            merge(List.of(then, others, otherwise));
        }

        private Builder copy() {
            return new Builder(new LinkedHashSet<>(loaded), new LinkedHashMap<>(stored));
        }

        /** A name that only some branch assigns may be read where it was not. */
        private void merge(List<Builder> branches) {
            for (Builder branch : branches) {
                loaded.addAll(branch.loaded);
                branch.stored.keySet().forEach(name -> stored.putIfAbsent(name, Start.CONTEXT));
            }
        }

        private void store(Stmt.Target target) {
            switch (target) {
                case Stmt.NameTarget name -> store(name.name());
                case Stmt.TupleTarget tuple -> tuple.items().forEach(this::store);
                case Stmt.NamespaceTarget namespace -> loaded.add(namespace.namespace());
            }
        }

        private void store(String name) {
            stored.putIfAbsent(name, loaded.contains(name) ? Start.CONTEXT : Start.OUTER);
        }

        Builder expression(Expr expression) {
            if (++depth > MAX_EXPRESSION_DEPTH) {
                throw new TemplateException(
                        expression.place(),
                        "expressions nest deeper than %d levels".formatted(MAX_EXPRESSION_DEPTH));
            }
            switch (expression) {
                case Expr.Const _, Expr.Captured _ -> {}
                case Expr.Name name -> loaded.add(name.name());
                case Expr.Sequence sequence -> sequence.items().forEach(this::expression);
                case Expr.Dict dict ->
                        dict.entries()
                                .forEach(
                                        entry -> expression(entry.key()).expression(entry.value()));
                case Expr.Attribute attribute -> expression(attribute.target());
                case Expr.Subscript subscript ->
                        expression(subscript.target()).expression(subscript.index());
                case Expr.Slice slice -> {
                    expression(slice.target());
                    if (slice.start() != null) {
                        expression(slice.start());
                    }
                    if (slice.stop() != null) {
                        expression(slice.stop());
                    }
                    if (slice.step() != null) {
                        expression(slice.step());
                    }
                }
                case Expr.Call call -> expression(call.callee()).arguments(call.arguments());
                case Expr.Filter filter ->
                        expression(filter.target()).arguments(filter.arguments());
                case Expr.Test test -> expression(test.target()).arguments(test.arguments());
                case Expr.Not not -> expression(not.operand());
                case Expr.Sign sign -> expression(sign.operand());
                case Expr.Binary binary -> expression(binary.left()).expression(binary.right());
                case Expr.Logical logical -> expression(logical.left()).expression(logical.right());
                case Expr.Compare compare -> {
                    expression(compare.first());
                    compare.links().forEach(link -> expression(link.right()));
                }
                case Expr.Concat concat -> concat.parts().forEach(this::expression);
                case Expr.Conditional conditional -> {
                    expression(conditional.test()).expression(conditional.then());
                    if (conditional.otherwise() != null) {
                        expression(conditional.otherwise());
                    }
                }
            }
            depth--;
            return this;
        }

        private void arguments(Expr.Arguments arguments) {
            arguments.positional().forEach(this::expression);
            arguments.named().forEach(named -> expression(named.value()));
            if (arguments.star() != null) {
                expression(arguments.star());
            }
            if (arguments.doubleStar() != null) {
                expression(arguments.doubleStar());
            }
        }
    }
}
