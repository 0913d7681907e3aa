package dev.hone.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads expressions, with Jinja's grammar: {@code if/else}, {@code or}, {@code and}, {@code not},
 * comparisons, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, signs, and last what {@link
 * PostfixParser} reads.
 */
final class ExpressionParser {

    private static final int MAX_NESTING = 100;
    private static final Set<String> CONSTANTS =
            Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream stream;
    private final Map<String, Integer> reads = new HashMap<>();
    private final PostfixParser postfixes;
    private int nesting;

    ExpressionParser(TokenStream stream) {
        this.stream = stream;
        postfixes = new PostfixParser(stream, this);
    }

    /** How often {@code name} has been read so far. */
    int reads(String name) {
        return reads.getOrDefault(name, 0);
    }

    /** See {@link PostfixParser#lenient}. */
    boolean lenient(boolean now) {
        return postfixes.lenient(now);
    }

    /** See {@link PostfixParser#refuseUnknown}. */
    void refuseUnknown() {
        postfixes.refuseUnknown();
    }

    /** A filter whose name is the current token, applied to {@code target}. */
    Expr filter(Expr target) {
        return postfixes.filter(target);
    }

    Expr expression() {
        return conditional();
    }

    /** One expression, or several with commas between, which make a tuple. */
    Expr tuple(boolean conditionals, String... endNames) {
        Place place = stream.current().place();
        List<Expr> items = new ArrayList<>();
        boolean comma = false;
        while (!endsTuple(endNames)) {
            items.add(conditionals ? conditional() : or());
            if (!stream.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma) {
            if (items.isEmpty()) {
                throw stream.unexpected("an expression");
            }
            return items.getFirst();
        }
        return new Expr.Sequence(true, List.copyOf(items), place);
    }

    private boolean endsTuple(String... endNames) {
        Token token = stream.current();
        if (token.is(Token.Kind.PRINT_END)
                || token.is(Token.Kind.TAG_END)
                || token.isOperator(")")) {
            return true;
        }
        for (String name : endNames) {
            if (token.isName(name)) {
                return true;
            }
        }
        return false;
    }

    /** What stands left of {@code =} or after {@code for}. */
    Stmt.Target target(boolean namespaces, String... endNames) {
        Place place = stream.current().place();
        List<Stmt.Target> items = new ArrayList<>();
        boolean comma = false;
        while (!endsTuple(endNames)) {
            items.add(singleTarget(namespaces));
            if (!stream.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (items.isEmpty()) {
            throw stream.unexpected("a name to assign to");
        }
        return comma ? new Stmt.TupleTarget(List.copyOf(items), place) : items.getFirst();
    }

    private Stmt.Target singleTarget(boolean namespaces) {
        Token token = stream.current();
        if (stream.skipOperator("(")) {
            enter();
            Stmt.Target inner = target(false);
            nesting--;
            stream.expectOperator(")");
            return inner;
        }
        String name = name();
        if (namespaces && stream.skipOperator(".")) {
            String attribute = stream.expect(Token.Kind.NAME).text();
            return new Stmt.NamespaceTarget(name, attribute, token.place());
        }
        return new Stmt.NameTarget(name, token.place());
    }

    /** A name that may be assigned to. */
    String name() {
        Token token = stream.current();
        if (!token.is(Token.Kind.NAME) || CONSTANTS.contains(token.text())) {
            throw stream.unexpected("a name to assign to");
        }
        return stream.next().text();
    }

    private Expr conditional() {
        int known = postfixes.unknownCount();
        Place place = stream.current().place();
        Expr result = or();
        while (stream.skipName("if")) {
            Expr test = or();
            Expr otherwise = null;
            if (stream.skipName("else")) {
                enter();
                otherwise = conditional();
                nesting--;
            }
            result = new Expr.Conditional(test, result, otherwise, place);
            postfixes.forgetUnknownFrom(known);
        }
        return result;
    }

    private Expr or() {
        Expr left = and();
        while (stream.current().isName("or")) {
            Place place = stream.next().place();
            left = new Expr.Logical(false, left, and(), place);
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (stream.current().isName("and")) {
            Place place = stream.next().place();
            left = new Expr.Logical(true, left, not(), place);
        }
        return left;
    }

    private Expr not() {
        if (!stream.current().isName("not")) {
            return compare();
        }
        Place place = stream.next().place();
        enter();
        Expr operand = not();
        nesting--;
        return new Expr.Not(operand, place);
    }

    private Expr compare() {
        Place place = stream.current().place();
        Expr first = sum();
        List<Expr.Link> links = new ArrayList<>();
        Comparison.Kind kind = comparison();
        while (kind != null) {
            if (links.isEmpty()) {
                place = stream.current().place();
            }
            stream.next();
            if (kind == Comparison.Kind.NOT_IN) {
                stream.next();
            }
            links.add(new Expr.Link(kind, sum()));
            kind = comparison();
        }
        return links.isEmpty() ? first : new Expr.Compare(first, List.copyOf(links), place);
    }

    private Comparison.@Nullable Kind comparison() {
        Token token = stream.current();
        if (token.is(Token.Kind.OPERATOR)) {
            return Comparison.Kind.ofSymbol(token.text());
        }
        if (token.isName("in")) {
            return Comparison.Kind.IN;
        }
        return token.isName("not") && stream.look().isName("in") ? Comparison.Kind.NOT_IN : null;
    }

    private Expr sum() {
        Expr left = concat();
        while (stream.current().isOperator("+") || stream.current().isOperator("-")) {
            left = binary(left, stream.next(), concat());
        }
        return left;
    }

    private Expr concat() {
        Place place = stream.current().place();
        Expr first = product();
        if (!stream.current().isOperator("~")) {
            return first;
        }
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (stream.skipOperator("~")) {
            parts.add(product());
        }
        return new Expr.Concat(List.copyOf(parts), place);
    }

    private Expr product() {
        Expr left = power();
        while (stream.current().isOperator("*")
                || stream.current().isOperator("/")
                || stream.current().isOperator("//")
                || stream.current().isOperator("%")) {
            left = binary(left, stream.next(), power());
        }
        return left;
    }

    private Expr power() {
        Expr left = unary(true);
        while (stream.current().isOperator("**")) {
            left = binary(left, stream.next(), unary(true));
        }
        return left;
    }

    private static Expr binary(Expr left, Token operator, Expr right) {
        for (Expr.Operator candidate : Expr.Operator.values()) {
            if (candidate.symbol().equals(operator.text())) {
                return new Expr.Binary(candidate, left, right, operator.place());
            }
        }
        throw new AssertionError(operator);
    }

    private Expr unary(boolean filters) {
        enter();
        Token token = stream.current();
        Expr result;
        if (stream.skipOperator("-")) {
            result = new Expr.Sign(true, unary(false), token.place());
        } else if (stream.skipOperator("+")) {
            result = new Expr.Sign(false, unary(false), token.place());
        } else {
            result = primary();
        }
        result = postfixes.postfix(result);
        if (filters) {
            result = postfixes.filters(result);
        }
        nesting--;
        return result;
    }

    private void enter() {
        if (++nesting > MAX_NESTING) {
            throw new TemplateException(
                    stream.current().place(),
                    "expressions nest deeper than %d levels".formatted(MAX_NESTING));
        }
    }

    /** A name, a literal or something in brackets. */
    Expr primary() {
        Token token = stream.current();
        return switch (token.kind()) {
            case NAME -> {
                stream.next();
                yield named(token);
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (stream.current().is(Token.Kind.STRING)) {
                    text.append(stream.next().value());
                }
                yield new Expr.Const(text.toString(), token.place());
            }
            case INTEGER, FLOAT -> {
                stream.next();
                yield new Expr.Const(token.value(), token.place());
            }
            case OPERATOR -> bracketed(token);
            default -> throw stream.unexpected("an expression");
        };
    }

    private Expr named(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expr.Const(true, token.place());
            case "false", "False" -> new Expr.Const(false, token.place());
            case "none", "None" -> new Expr.Const(None.NONE, token.place());
            default -> {
                reads.merge(token.text(), 1, Integer::sum);
                yield new Expr.Name(token.text(), token.place());
            }
        };
    }

    private Expr bracketed(Token open) {
        if (stream.skipOperator("(")) {
            Expr inner =
                    stream.current().isOperator(")")
                            ? new Expr.Sequence(true, List.of(), open.place())
                            : tuple(true);
            stream.expectOperator(")");
            return inner;
        }
        if (stream.skipOperator("[")) {
            List<Expr> items = new ArrayList<>();
            while (!stream.skipOperator("]")) {
                items.add(expression());
                if (!stream.current().isOperator("]")) {
                    stream.expectOperator(",");
                }
            }
            return new Expr.Sequence(false, List.copyOf(items), open.place());
        }
        if (stream.skipOperator("{")) {
            List<Expr.Entry> entries = new ArrayList<>();
            while (!stream.skipOperator("}")) {
                Expr key = expression();
                stream.expectOperator(":");
                entries.add(new Expr.Entry(key, expression()));
                if (!stream.current().isOperator("}")) {
                    stream.expectOperator(",");
                }
            }
            return new Expr.Dict(List.copyOf(entries), open.place());
        }
        throw stream.unexpected("an expression");
    }
}
