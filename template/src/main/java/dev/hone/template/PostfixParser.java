package dev.hone.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what follows a value: attributes, brackets, calls, filters and tests. */
final class PostfixParser {

    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final List<TemplateException> unknown = new ArrayList<>();
    private boolean lenient;

    PostfixParser(TokenStream stream, ExpressionParser expressions) {
        this.stream = stream;
        this.expressions = expressions;
    }

    /**
     * Says whether an unknown filter or test is an error only when it is evaluated, as it is in
     * Jinja inside {@code if}; returns what held before.
     */
    boolean lenient(boolean now) {
        boolean before = lenient;
        lenient = now;
        return before;
    }

    /** Refuses the first unknown filter or test outside of conditions. */
    void refuseUnknown() {
        if (!unknown.isEmpty()) {
            throw unknown.getFirst();
        }
    }

    int unknownCount() {
        return unknown.size();
    }

    /** Lets pass what was found unknown since there were {@code count}: it is in a condition. */
    void forgetUnknownFrom(int count) {
        unknown.subList(count, unknown.size()).clear();
    }

    /** {@code target} with the attributes, brackets and calls that follow it. */
    Expr postfix(Expr target) {
        Expr result = target;
        while (true) {
            Token token = stream.current();
            if (stream.skipOperator(".")) {
                result = attribute(result, token.place());
            } else if (stream.skipOperator("[")) {
                result = subscript(result, token.place());
            } else if (token.isOperator("(")) {
                result = new Expr.Call(result, arguments(), token.place());
            } else {
                return result;
            }
        }
    }

    private Expr attribute(Expr target, Place place) {
        Token token = stream.next();
        return switch (token.kind()) {
            case NAME -> new Expr.Attribute(target, token.text(), place);
            case INTEGER ->
                    new Expr.Subscript(target, new Expr.Const(token.value(), token.place()), place);
            default ->
                    throw new TemplateException(
                            token.place(),
                            "found %s, expected a name or a number after '.'"
                                    .formatted(token.describe()));
        };
    }

    private Expr subscript(Expr target, Place place) {
        List<Expr> items = new ArrayList<>();
        while (!stream.skipOperator("]")) {
            if (!items.isEmpty()) {
                stream.expectOperator(",");
            }
            Expr start = stream.current().isOperator(":") ? null : expressions.expression();
            if (stream.skipOperator(":")) {
                Expr stop = slicePart();
                Expr step = stream.skipOperator(":") ? slicePart() : null;
                if (!items.isEmpty() || !stream.current().isOperator("]")) {
                    throw stream.unexpected("']': a slice stands alone between brackets");
                }
                stream.next();
                return new Expr.Slice(target, start, stop, step, place);
            }
            if (start != null) {
                items.add(start);
            }
        }
        Expr index =
                items.size() == 1
                        ? items.getFirst()
                        : new Expr.Sequence(true, List.copyOf(items), place);
        return new Expr.Subscript(target, index, place);
    }

    private @Nullable Expr slicePart() {
        Token token = stream.current();
        boolean empty = token.isOperator(":") || token.isOperator("]") || token.isOperator(",");
        return empty ? null : expressions.expression();
    }

    /** {@code target} with the filters, tests and calls that follow it. */
    Expr filters(Expr target) {
        Expr result = target;
        while (true) {
            Token token = stream.current();
            if (token.isOperator("|")) {
                stream.next();
                result = filter(result);
            } else if (token.isName("is")) {
                result = test(result);
            } else if (token.isOperator("(")) {
                result = new Expr.Call(result, arguments(), token.place());
            } else {
                return result;
            }
        }
    }

    /** A filter whose name is the current token, applied to {@code target}. */
    Expr filter(Expr target) {
        Token token = stream.current();
        String name = dottedName();
        if (!Filters.has(name) && !lenient) {
            unknown.add(new TemplateException(token.place(), Filters.unknown(name)));
        }
        Expr.Arguments arguments =
                stream.current().isOperator("(") ? arguments() : Expr.Arguments.NONE;
        return new Expr.Filter(target, name, arguments, token.place());
    }

    private Expr test(Expr target) {
        stream.next();
        Place place = stream.current().place();
        boolean negated = stream.skipName("not");
        String name = dottedName();
        if (!Tests.has(name) && !lenient) {
            unknown.add(new TemplateException(place, Tests.unknown(name)));
        }
        Expr result = new Expr.Test(target, name, testArguments(), place);
        return negated ? new Expr.Not(result, place) : result;
    }

    /** Arguments of a test: in parentheses, or one value that simply follows. */
    private Expr.Arguments testArguments() {
        Token token = stream.current();
        boolean value =
                switch (token.kind()) {
                    case STRING, INTEGER, FLOAT -> true;
                    case NAME ->
                            !token.isName("else") && !token.isName("or") && !token.isName("and");
                    case OPERATOR -> token.isOperator("[") || token.isOperator("{");
                    default -> false;
                };
        if (token.isOperator("(")) {
            return arguments();
        }
        if (!value) {
            return Expr.Arguments.NONE;
        }
        if (token.isName("is")) {
            throw new TemplateException(token.place(), "tests cannot be chained with 'is'");
        }
        return new Expr.Arguments(List.of(postfix(expressions.primary())), List.of(), null, null);
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(stream.expect(Token.Kind.NAME).text());
        while (stream.skipOperator(".")) {
            name.append('.').append(stream.expect(Token.Kind.NAME).text());
        }
        return name.toString();
    }

    private Expr.Arguments arguments() {
        Token open = stream.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<Expr.Named> named = new ArrayList<>();
        Expr star = null;
        Expr doubleStar = null;
        while (!stream.skipOperator(")")) {
            if (stream.skipOperator("*")) {
                ensure(star == null && doubleStar == null, open);
                star = expressions.expression();
            } else if (stream.skipOperator("**")) {
                ensure(doubleStar == null, open);
                doubleStar = expressions.expression();
            } else if (stream.current().is(Token.Kind.NAME) && stream.look().isOperator("=")) {
                ensure(doubleStar == null, open);
                String name = stream.next().text();
                stream.next();
                ensure(named.stream().noneMatch(other -> other.name().equals(name)), open);
                named.add(new Expr.Named(name, expressions.expression()));
            } else {
                ensure(star == null && doubleStar == null && named.isEmpty(), open);
                positional.add(expressions.expression());
            }
            if (!stream.current().isOperator(")")) {
                stream.expectOperator(",");
            }
        }
        return new Expr.Arguments(List.copyOf(positional), List.copyOf(named), star, doubleStar);
    }

    private static void ensure(boolean valid, Token open) {
        if (!valid) {
            throw new TemplateException(
                    open.place(),
                    "arguments out of order or given twice; expected positional ones, then named ones, then *list, then **dict");
        }
    }
}
