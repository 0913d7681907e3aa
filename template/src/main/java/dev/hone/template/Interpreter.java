package dev.hone.template;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Executes statements and collects what they print. */
final class Interpreter {

    /** How a statement ended. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Run run;
    private final Evaluator evaluator;
    private final Captures captures = new Captures();
    private Output out;

    Interpreter(Run run) {
        this.run = run;
        evaluator = new Evaluator(run);
        out = new Output(run.limits());
    }

    /** Renders a whole template. */
    Rendered render(Stmt.Body body) {
        Scope root = new Scope(null, body.names(), run);
        run.root(root);
        execute(body.statements(), root);
        captures.requireAllPrinted();
        return new Rendered(out.toString(), out.marks().stream().map(Output.Mark::span).toList());
    }

    Object evaluate(Expr expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    /** What {@code body} prints, rendered aside. */
    String text(Stmt.Body body, Scope scope) {
        Output outer = out;
        out = new Output(run.limits());
        execute(body.statements(), scope);
        String text = finish();
        out = outer;
        return text;
    }

    private String finish() {
        return run.created(captures.remember(out));
    }

    private Flow execute(List<Stmt> statements, Scope scope) {
        for (Stmt statement : statements) {
            Flow flow = execute(statement, scope);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow execute(Stmt statement, Scope scope) {
        run.charge(1);
        run.enter();
        run.at(statement.place());
        Flow flow = Flow.NEXT;
        switch (statement) {
            case Stmt.Literal literal -> out.append(literal.text());
            case Stmt.Print print -> print(evaluate(print.value(), scope), print.place());
            case Stmt.If branching -> flow = branching(branching, scope);
            case Stmt.For loop -> flow = loop(loop, scope);
            case Stmt.Set set -> assign(set.target(), assigned(set, scope), scope);
            case Stmt.SetBlock set -> flow = setBlock(set, scope);
            case Stmt.With with -> flow = with(with, scope);
            case Stmt.MacroDefinition definition ->
                    scope.set(
                            definition.name(),
                            new Macro(definition.name(), definition.macro(), scope, this));
            case Stmt.CallBlock block -> callBlock(block, scope);
            case Stmt.FilterBlock block -> flow = filterBlock(block, scope);
            case Stmt.Block block -> block(block, scope);
            case Stmt.Generation generation -> generation(generation, scope);
            case Stmt.AutoEscape escape -> flow = autoEscape(escape, scope);
            case Stmt.Break _ -> flow = Flow.BREAK;
            case Stmt.Continue _ -> flow = Flow.CONTINUE;
            case Stmt.OtherTemplate other ->
                    throw new Problem(
                            "'%s' needs another template, but a chat template stands alone"
                                    .formatted(other.tag()));
        }
        run.leave();
        return flow;
    }

    private void print(Object value, Place place) {
        if (value instanceof String text) {
            captures.print(text, out);
        } else {
            run.at(place);
            out.append(Repr.str(value, run));
        }
    }

    private Flow branching(Stmt.If branching, Scope scope) {
        for (Stmt.Branch branch : branching.branches()) {
            if (Types.truth(evaluate(branch.test(), scope))) {
                return execute(branch.body(), scope);
            }
        }
        return execute(branching.otherwise(), scope);
    }

    private Object assigned(Stmt.Set set, Scope scope) {
        requireNamespaces(set.target(), scope);
        return evaluate(set.value(), scope);
    }

    private void requireNamespaces(Stmt.Target target, Scope scope) {
        switch (target) {
            case Stmt.NameTarget _ -> {}
            case Stmt.TupleTarget tuple ->
                    tuple.items().forEach(item -> requireNamespaces(item, scope));
            case Stmt.NamespaceTarget attribute -> namespace(attribute, scope);
        }
    }

    private Namespace namespace(Stmt.NamespaceTarget target, Scope scope) {
        if (scope.get(target.namespace(), run) instanceof Namespace namespace) {
            return namespace;
        }
        run.at(target.place());
        throw new Problem("cannot assign attribute on non-namespace object");
    }

    private void assign(Stmt.Target target, Object value, Scope scope) {
        switch (target) {
            case Stmt.NameTarget name -> scope.set(name.name(), value);
            case Stmt.NamespaceTarget attribute ->
                    namespace(attribute, scope).attributes().put(attribute.attribute(), value);
            case Stmt.TupleTarget tuple -> {
                run.at(tuple.place());
                List<Object> values = evaluator.unpack(value, tuple.items().size());
                for (int i = 0; i < values.size(); i++) {
                    assign(tuple.items().get(i), values.get(i), scope);
                }
            }
        }
    }

    private Flow setBlock(Stmt.SetBlock set, Scope scope) {
        requireNamespaces(set.target(), scope);
        Output outer = out;
        Scope inner = new Scope(scope, set.body().names(), run);
        out = new Output(run.limits());
        Flow flow = execute(set.body().statements(), inner);
        if (flow == Flow.NEXT) {
            assign(set.target(), captured(set.value(), finish(), inner), scope);
        }
        out = outer;
        return flow;
    }

    /** The value of an expression over a text that was rendered aside. */
    private Object captured(Expr value, String text, Scope scope) {
        run.captured().push(text);
        Object result = evaluate(value, scope);
        run.captured().pop();
        return result;
    }

    private Flow filterBlock(Stmt.FilterBlock block, Scope scope) {
        Output outer = out;
        Scope inner = new Scope(scope, block.body().names(), run);
        out = new Output(run.limits());
        Flow flow = execute(block.body().statements(), inner);
        String text = flow == Flow.NEXT ? finish() : "";
        out = outer;
        if (flow == Flow.NEXT) {
            printText(captured(block.value(), text, inner), block.place());
        }
        return flow;
    }

    private Flow with(Stmt.With with, Scope scope) {
        Scope inner = new Scope(scope, with.body().names(), run);
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), evaluate(with.values().get(i), scope), inner);
        }
        return execute(with.body().statements(), inner);
    }

    private void callBlock(Stmt.CallBlock block, Scope scope) {
        Macro caller = new Macro("caller", block.caller(), scope, this);
        printText(evaluator.call(block.call(), caller, scope), block.place());
    }

    /** Prints what a filter or call block gave, which unlike other values must be text already. */
    private void printText(Object value, Place place) {
        if (Types.string(value) == null) {
            run.at(place);
            throw new Problem("this block must give text, but it gave " + Types.name(value));
        }
        print(value, place);
    }

    private void block(Stmt.Block block, Scope scope) {
        if (block.required()) {
            throw new Problem("Required block %s not found".formatted(Repr.quote(block.name())));
        }
        Scope inner = new Scope(block.scoped() ? scope : null, block.body().names(), run);
        execute(block.body().statements(), inner);
    }

    private void generation(Stmt.Generation generation, Scope scope) {
        int start = out.length();
        execute(generation.body().statements(), new Scope(scope, generation.body().names(), run));
        out.mark(new Span(start, out.length()), generation.place());
    }

    private Flow autoEscape(Stmt.AutoEscape escape, Scope scope) {
        if (Types.truth(evaluate(escape.on(), scope))) {
            throw new Problem(
                    "automatic escaping is not supported: a chat template makes plain text");
        }
        return execute(escape.body().statements(), new Scope(scope, escape.body().names(), run));
    }

    private Flow loop(Stmt.For loop, Scope scope) {
        Object items = evaluate(loop.items(), scope);
        if (loop.recursive()) {
            print(recursive(loop, items, 0, scope), loop.place());
            return Flow.NEXT;
        }
        return iterate(loop, items, null, 0, scope);
    }

    /** The text of a recursive loop over {@code items}. */
    private String recursive(Stmt.For loop, Object items, long depth, Scope scope) {
        Output outer = out;
        out = new Output(run.limits());
        iterate(loop, items, inner -> recursive(loop, inner, depth + 1, scope), depth, scope);
        String text = finish();
        out = outer;
        return text;
    }

    private Flow iterate(
            Stmt.For loop,
            Object items,
            @Nullable UnaryOperator<Object> recurse,
            long depth,
            Scope scope) {
        run.at(loop.place());
        run.enter();
        Object chosen = loop.filter() == null ? items : filtered(loop, loop.filter(), items, scope);
        LoopState state = new LoopState(chosen, depth, recurse, run);
        boolean completed = false;
        while (state.advance()) {
            Scope inner = new Scope(scope, loop.body().names(), run);
            inner.set("loop", state);
            assign(loop.target(), state.item(), inner);
            Flow flow = execute(loop.body().statements(), inner);
            if (flow == Flow.BREAK) {
                break;
            }
            completed |= flow == Flow.NEXT;
            run.charge(1);
        }
        run.leave();
        if (completed || loop.otherwise().statements().isEmpty()) {
            return Flow.NEXT;
        }
        return execute(
                loop.otherwise().statements(), new Scope(scope, loop.otherwise().names(), run));
    }

    /** The items for which the loop's condition holds, each asked for when it is its turn. */
    private Generator filtered(Stmt.For loop, Expr condition, Object items, Scope scope) {
        return Generator.of(
                SelectFilters.filtered(
                        Types.iterate(items, run),
                        item -> {
                            Scope inner = new Scope(scope, loop.filterNames(), run);
                            assign(loop.target(), item, inner);
                            return Types.truth(evaluate(condition, inner));
                        }));
    }
}
