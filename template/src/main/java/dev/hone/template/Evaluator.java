package dev.hone.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Evaluator {

    private final Run run;

    Evaluator(Run run) {
        this.run = run;
    }

    Object evaluate(Expr expression, Scope scope) {
        run.charge(1);
        run.enter();
        Object value =
                switch (expression) {
                    case Expr.Const constant -> constant.value();
                    case Expr.Name name -> scope.get(name.name(), run);
                    case Expr.Attribute attribute -> attribute(attribute, scope);
                    case Expr.Subscript subscript -> subscript(subscript, scope);
                    case Expr.Slice slice -> slice(slice, scope);
                    case Expr.Call call -> call(call, null, scope);
                    case Expr.Filter filter -> filter(filter, scope);
                    case Expr.Test test -> test(test, scope);
                    case Expr.Not not -> !Types.truth(evaluate(not.operand(), scope));
                    case Expr.Sign sign -> sign(sign, scope);
                    case Expr.Binary binary -> binary(binary, scope);
                    case Expr.Logical logical -> logical(logical, scope);
                    case Expr.Compare compare -> compare(compare, scope);
                    case Expr.Concat concat -> concat(concat, scope);
                    case Expr.Conditional conditional -> conditional(conditional, scope);
                    case Expr.Sequence sequence -> sequence(sequence, scope);
                    case Expr.Dict dict -> dict(dict, scope);
                    case Expr.Captured _ -> run.captured().element();
                };
        run.leave();
        return value;
    }

    private Object attribute(Expr.Attribute attribute, Scope scope) {
        Object target = evaluate(attribute.target(), scope);
        run.at(attribute.place());
        return Access.attribute(target, attribute.name(), run);
    }

    private Object subscript(Expr.Subscript subscript, Scope scope) {
        Object target = evaluate(subscript.target(), scope);
        Object index = evaluate(subscript.index(), scope);
        run.at(subscript.place());
        return Access.element(target, index, run);
    }

    private Object slice(Expr.Slice slice, Scope scope) {
        Object target = evaluate(slice.target(), scope);
        Object start = bound(slice.start(), scope);
        Object stop = bound(slice.stop(), scope);
        Object step = bound(slice.step(), scope);
        run.at(slice.place());
        return Access.slice(target, start, stop, step, run);
    }

    private Object bound(@Nullable Expr bound, Scope scope) {
        return bound == null ? None.NONE : evaluate(bound, scope);
    }

    /** The result of a call, to which a call block adds its {@code caller}. */
    Object call(Expr.Call call, @Nullable Macro caller, Scope scope) {
        Object callee = evaluate(call.callee(), scope);
        Args args = arguments(call.arguments(), scope);
        if (caller != null) {
            Map<String, Object> named = new LinkedHashMap<>(args.named());
            named.put("caller", caller);
            args = new Args(args.positional(), named);
        }
        run.at(call.place());
        return switch (callee) {
            case Invocable function -> function.call(args, run);
            case Undefined undefined -> throw undefined.fail();
            default ->
                    throw new Problem("'%s' object is not callable".formatted(Types.name(callee)));
        };
    }

    private Args arguments(Expr.Arguments arguments, Scope scope) {
        if (arguments.isEmpty()) {
            return Args.NONE;
        }
        List<Object> positional = new ArrayList<>();
        for (Expr expression : arguments.positional()) {
            positional.add(evaluate(expression, scope));
        }
        if (arguments.star() != null) {
            Object star = evaluate(arguments.star(), scope);
            run.at(arguments.star().place());
            Types.iterate(star, run).forEachRemaining(positional::add);
        }
        Map<String, Object> named = new LinkedHashMap<>();
        for (Expr.Named argument : arguments.named()) {
            named.put(argument.name(), evaluate(argument.value(), scope));
        }
        if (arguments.doubleStar() != null) {
            Object doubleStar = evaluate(arguments.doubleStar(), scope);
            run.at(arguments.doubleStar().place());
            spread(doubleStar, named);
        }
        return new Args(positional, named);
    }

    private void spread(Object value, Map<String, Object> named) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new Problem("the argument after ** must be a mapping, not " + Types.name(value));
        }
        Types.dict(map)
                .forEach((key, item) -> {
                    String name = Types.string(key);
                    if (name == null) {
                        throw new Problem("keywords must be strings");
                    }
                    run.charge(1);
                    if (named.put(name, item) != null) {
                        throw new Problem(
                                "got multiple values for keyword argument '%s'".formatted(name));
                    }
                });
    }

    private Object filter(Expr.Filter filter, Scope scope) {
        Object target = evaluate(filter.target(), scope);
        Args args = arguments(filter.arguments(), scope);
        run.at(filter.place());
        return Filters.apply(filter.name(), target, args, run);
    }

    private Object test(Expr.Test test, Scope scope) {
        Object target = evaluate(test.target(), scope);
        Args args = arguments(test.arguments(), scope);
        run.at(test.place());
        return Tests.apply(test.name(), target, args, run);
    }

    private Object sign(Expr.Sign sign, Scope scope) {
        Object operand = evaluate(sign.operand(), scope);
        run.at(sign.place());
        return Operators.sign(sign.negative(), operand);
    }

    private Object binary(Expr.Binary binary, Scope scope) {
        Object left = evaluate(binary.left(), scope);
        Object right = evaluate(binary.right(), scope);
        run.at(binary.place());
        return Operators.apply(binary.operator(), left, right, run);
    }

    private Object logical(Expr.Logical logical, Scope scope) {
        Object left = evaluate(logical.left(), scope);
        return Types.truth(left) == logical.and() ? evaluate(logical.right(), scope) : left;
    }

    private Object compare(Expr.Compare compare, Scope scope) {
        Object left = evaluate(compare.first(), scope);
        for (Expr.Link link : compare.links()) {
            Object right = evaluate(link.right(), scope);
            run.at(compare.place());
            if (!Comparison.holds(link.kind(), left, right, run)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Object concat(Expr.Concat concat, Scope scope) {
        List<Object> parts = new ArrayList<>();
        for (Expr part : concat.parts()) {
            parts.add(evaluate(part, scope));
        }
        run.at(concat.place());
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            text.append(run.created(Repr.str(part, run)));
        }
        return text.toString();
    }

    private Object conditional(Expr.Conditional conditional, Scope scope) {
        if (Types.truth(evaluate(conditional.test(), scope))) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise() == null
                ? new Undefined(
                        "the inline if-expression on line %d evaluated to false and no else section was defined."
                                .formatted(conditional.place().line()))
                : evaluate(conditional.otherwise(), scope);
    }

    private Object sequence(Expr.Sequence sequence, Scope scope) {
        List<Object> items = new ArrayList<>(sequence.items().size());
        for (Expr item : sequence.items()) {
            items.add(evaluate(item, scope));
        }
        return sequence.tuple() ? Tuple.of(items) : items;
    }

    private Object dict(Expr.Dict dict, Scope scope) {
        Map<Object, Object> result = new LinkedHashMap<>();
        for (Expr.Entry entry : dict.entries()) {
            Object key = evaluate(entry.key(), scope);
            Object value = evaluate(entry.value(), scope);
            run.at(dict.place());
            Dicts.put(result, key, value, run);
        }
        return result;
    }

    /** The {@code count} values that unpacking {@code value} gives. */
    List<Object> unpack(Object value, int count) {
        Iterator<Object> items = Types.iterate(value, run);
        List<Object> result = new ArrayList<>();
        while (items.hasNext() && result.size() <= count) {
            result.add(items.next());
        }
        if (result.size() > count) {
            throw new Problem("too many values to unpack (expected %d)".formatted(count));
        }
        if (result.size() < count) {
            throw new Problem(
                    "not enough values to unpack (expected %d, got %d)"
                            .formatted(count, result.size()));
        }
        return result;
    }
}
