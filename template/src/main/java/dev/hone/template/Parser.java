package dev.hone.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the statements of a template and builds its tree. */
final class Parser {

    private static final int MAX_NESTING = 100;

    /** What a template is made of. */
    record Result(Stmt.Body body, Map<String, Stmt.Block> blocks, boolean marksGeneration) {}

    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final Map<String, Stmt.Block> blocks = new HashMap<>();
    private boolean marksGeneration;
    private int loops;
    private int nesting;

    Parser(List<Token> tokens) {
        stream = new TokenStream(tokens);
        expressions = new ExpressionParser(stream);
    }

    Result parse() {
        List<Stmt> statements = statements(Set.of(), "", stream.current());
        expressions.refuseUnknown();
        Stmt.Body body = new Stmt.Body(statements, Names.builder().statements(statements).build());
        return new Result(body, Map.copyOf(blocks), marksGeneration);
    }

    /**
     * Statements up to a tag named in {@code ends}, whose name is then the current token; or up to
     * the end of the template when {@code ends} is empty.
     */
    private List<Stmt> statements(Set<String> ends, String tag, Token opened) {
        List<Stmt> result = new ArrayList<>();
        while (true) {
            Token token = stream.next();
            switch (token.kind()) {
                case TEXT -> result.add(new Stmt.Literal(token.text(), token.place()));
                case PRINT_BEGIN -> {
                    result.add(new Stmt.Print(expressions.tuple(true), token.place()));
                    stream.expect(Token.Kind.PRINT_END);
                }
                case TAG_BEGIN -> {
                    if (ends.contains(stream.current().text())
                            && stream.current().is(Token.Kind.NAME)) {
                        return List.copyOf(result);
                    }
                    statement(result, ends, tag);
                    stream.expect(Token.Kind.TAG_END);
                }
                default -> {
                    if (ends.isEmpty()) {
                        return List.copyOf(result);
                    }
                    throw new TemplateException(
                            opened.place(),
                            "'%s' is never closed; expected %s before the end of the template"
                                    .formatted(tag, describe(ends)));
                }
            }
        }
    }

    private static String describe(Set<String> ends) {
        return String.join(" or ", ends.stream().sorted().map(end -> "'" + end + "'").toList());
    }

    private void statement(List<Stmt> result, Set<String> ends, String open) {
        Token tag = stream.expect(Token.Kind.NAME);
        if (++nesting > MAX_NESTING) {
            throw new TemplateException(
                    tag.place(), "tags nest deeper than %d levels".formatted(MAX_NESTING));
        }
        switch (tag.text()) {
            case "for" -> result.add(parseFor(tag));
            case "if" -> result.add(parseIf(tag));
            case "set" -> result.add(parseSet(tag));
            case "print" -> parsePrint(tag, result);
            case "with" -> result.add(parseWith(tag));
            case "macro" -> result.add(parseMacro(tag));
            case "call" -> result.add(parseCall(tag));
            case "filter" -> result.add(parseFilter(tag));
            case "block" -> result.add(parseBlock(tag));
            case "generation" -> result.add(parseGeneration(tag));
            case "autoescape" -> result.add(parseAutoEscape(tag));
            case "break", "continue" -> result.add(parseJump(tag));
            case "include", "import", "from", "extends" -> result.add(parseOther(tag));
            default -> {
                String hint =
                        ends.isEmpty()
                                ? ""
                                : "; '%s' is open and expects %s".formatted(open, describe(ends));
                throw new TemplateException(
                        tag.place(), "unknown tag '%s'%s".formatted(tag.text(), hint));
            }
        }
        nesting--;
    }

    /** The statements of a tag up to {@code ends}, the current token, outside of conditions. */
    private List<Stmt> body(Token tag, String... ends) {
        stream.skipOperator(":");
        stream.expect(Token.Kind.TAG_END);
        return statements(Set.of(ends), tag.text(), tag);
    }

    private List<Stmt> closedBody(Token tag, String end) {
        List<Stmt> result = body(tag, end);
        stream.next();
        return result;
    }

    private Stmt parseFor(Token tag) {
        Stmt.Target target = expressions.target(false, "in");
        loops++;
        refuseLoop(target);
        loops--;
        stream.expectName("in");
        Expr items = expressions.tuple(false, "recursive");
        boolean before = expressions.lenient(false);
        Names.Builder filterNames = Names.builder().parameters(target);
        Expr filter = null;
        if (stream.skipName("if")) {
            filter = expressions.expression();
            filterNames.expression(filter);
        }
        boolean recursive = stream.skipName("recursive");
        int outer = loops;
        loops = recursive ? 1 : outer + 1;
        List<Stmt> statements = body(tag, "endfor", "else");
        loops = recursive ? 0 : outer;
        List<Stmt> otherwise = stream.next().isName("else") ? closedBody(tag, "endfor") : List.of();
        loops = outer;
        expressions.lenient(before);
        Names names =
                Names.builder().parameter("loop").parameters(target).statements(statements).build();
        return new Stmt.For(
                target,
                items,
                filter,
                filterNames.build(),
                recursive,
                new Stmt.Body(statements, names),
                plain(otherwise),
                tag.place());
    }

    private static Stmt.Body plain(List<Stmt> statements) {
        return new Stmt.Body(statements, Names.builder().statements(statements).build());
    }

    private Stmt parseIf(Token tag) {
        boolean before = expressions.lenient(true);
        List<Stmt.Branch> branches = new ArrayList<>();
        List<Stmt> otherwise = List.of();
        Token end = tag;
        do {
            Expr test = expressions.tuple(false);
            branches.add(new Stmt.Branch(test, body(tag, "elif", "else", "endif")));
            end = stream.next();
        } while (end.isName("elif"));
        if (end.isName("else")) {
            otherwise = closedBody(tag, "endif");
        }
        expressions.lenient(before);
        return new Stmt.If(List.copyOf(branches), otherwise, tag.place());
    }

    private Stmt parseSet(Token tag) {
        Stmt.Target target = expressions.target(true);
        refuseLoop(target);
        if (stream.skipOperator("=")) {
            return new Stmt.Set(target, expressions.tuple(true), tag.place());
        }
        boolean before = expressions.lenient(false);
        Expr value = new Expr.Captured(tag.place());
        while (stream.skipOperator("|")) {
            value = expressions.filter(value);
        }
        List<Stmt> statements = closedBody(tag, "endset");
        expressions.lenient(before);
        Names names = Names.builder().statements(statements).expression(value).build();
        return new Stmt.SetBlock(target, value, new Stmt.Body(statements, names), tag.place());
    }

    private void refuseLoop(Stmt.Target target) {
        switch (target) {
            case Stmt.NameTarget name -> {
                if (loops > 0 && name.name().equals("loop")) {
                    throw new TemplateException(
                            name.place(), "'loop' is the loop's own variable; choose another name");
                }
            }
            case Stmt.TupleTarget tuple -> tuple.items().forEach(this::refuseLoop);
            case Stmt.NamespaceTarget _ -> {}
        }
    }

    private void parsePrint(Token tag, List<Stmt> result) {
        while (!stream.current().is(Token.Kind.TAG_END)) {
            result.add(new Stmt.Print(expressions.expression(), tag.place()));
            if (!stream.current().is(Token.Kind.TAG_END)) {
                stream.expectOperator(",");
            }
        }
    }

    private Stmt parseWith(Token tag) {
        List<Stmt.Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!stream.current().is(Token.Kind.TAG_END) && !stream.current().isOperator(":")) {
            if (!targets.isEmpty()) {
                stream.expectOperator(",");
            }
            targets.add(new Stmt.NameTarget(expressions.name(), tag.place()));
            stream.expectOperator("=");
            values.add(expressions.expression());
        }
        boolean before = expressions.lenient(false);
        List<Stmt> statements = closedBody(tag, "endwith");
        expressions.lenient(before);
        Names.Builder names = Names.builder();
        targets.forEach(names::parameters);
        return new Stmt.With(
                List.copyOf(targets),
                List.copyOf(values),
                new Stmt.Body(statements, names.statements(statements).build()),
                tag.place());
    }

    private Stmt parseMacro(Token tag) {
        String name = expressions.name();
        boolean before = expressions.lenient(false);
        MacroParser macro = new MacroParser(true);
        List<Stmt> statements = functionBody(tag, "endmacro");
        expressions.lenient(before);
        return new Stmt.MacroDefinition(name, macro.finish(statements), tag.place());
    }

    private Stmt parseCall(Token tag) {
        boolean before = expressions.lenient(false);
        MacroParser caller = new MacroParser(stream.current().isOperator("("));
        expressions.lenient(before);
        Token start = stream.current();
        if (!(expressions.expression() instanceof Expr.Call call)) {
            throw new TemplateException(start.place(), "expected a call after 'call'");
        }
        expressions.lenient(false);
        caller.startBody();
        List<Stmt> statements = functionBody(tag, "endcall");
        expressions.lenient(before);
        return new Stmt.CallBlock(call, caller.finish(statements), tag.place());
    }

    /** A body that break and continue cannot leave. */
    private List<Stmt> functionBody(Token tag, String end) {
        int outer = loops;
        loops = 0;
        List<Stmt> statements = closedBody(tag, end);
        loops = outer;
        return statements;
    }

    /** The signature of a macro, and what its body turns out to use. */
    private final class MacroParser {

        private final List<String> parameters = new ArrayList<>();
        private final List<Expr> defaults = new ArrayList<>();
        private final Names.Builder names = Names.builder();
        private final Place place = stream.current().place();
        private int callers;
        private int keywords;
        private int varargs;

        MacroParser(boolean signature) {
            if (signature) {
                stream.expectOperator("(");
                while (!stream.skipOperator(")")) {
                    parameter();
                    if (!stream.current().isOperator(")")) {
                        stream.expectOperator(",");
                    }
                }
            }
            parameters.forEach(names::parameter);
            defaults.forEach(names::expression);
            startBody();
        }

        private void parameter() {
            Token token = stream.current();
            String name = expressions.name();
            if (parameters.contains(name)) {
                throw new TemplateException(
                        token.place(), "parameter '%s' is declared twice".formatted(name));
            }
            parameters.add(name);
            if (stream.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw new TemplateException(
                        token.place(),
                        "parameter '%s' needs a default, as the one before it has one"
                                .formatted(name));
            }
        }

        final void startBody() {
            callers = expressions.reads("caller");
            keywords = expressions.reads("kwargs");
            varargs = expressions.reads("varargs");
        }

        Stmt.MacroBody finish(List<Stmt> statements) {
            boolean usesCaller = expressions.reads("caller") > callers;
            int explicit = parameters.indexOf("caller");
            if (usesCaller && explicit >= 0 && explicit < parameters.size() - defaults.size()) {
                throw new TemplateException(
                        place, "the special parameter 'caller' must be left out or have a default");
            }
            usesCaller &= explicit < 0;
            boolean usesKeywords = special("kwargs", keywords);
            boolean usesVarargs = special("varargs", varargs);
            if (usesCaller) {
                names.parameter("caller");
            }
            if (usesKeywords) {
                names.parameter("kwargs");
            }
            if (usesVarargs) {
                names.parameter("varargs");
            }
            return new Stmt.MacroBody(
                    List.copyOf(parameters),
                    List.copyOf(defaults),
                    usesCaller,
                    usesKeywords,
                    usesVarargs,
                    new Stmt.Body(statements, names.statements(statements).build()));
        }

        private boolean special(String name, int readsBefore) {
            return expressions.reads(name) > readsBefore && !parameters.contains(name);
        }
    }

    private Stmt parseFilter(Token tag) {
        boolean before = expressions.lenient(false);
        Expr value = expressions.filter(new Expr.Captured(tag.place()));
        while (stream.skipOperator("|")) {
            value = expressions.filter(value);
        }
        List<Stmt> statements = closedBody(tag, "endfilter");
        expressions.lenient(before);
        Names names = Names.builder().statements(statements).expression(value).build();
        return new Stmt.FilterBlock(value, new Stmt.Body(statements, names), tag.place());
    }

    private Stmt parseBlock(Token tag) {
        String name = stream.expect(Token.Kind.NAME).text();
        boolean scoped = stream.skipName("scoped");
        boolean required = stream.skipName("required");
        boolean before = expressions.lenient(false);
        List<Stmt> statements = functionBody(tag, "endblock");
        expressions.lenient(before);
        stream.skipName(name);
        Stmt.Block block = new Stmt.Block(name, scoped, required, plain(statements), tag.place());
        if (blocks.put(name, block) != null) {
            throw new TemplateException(tag.place(), "block '%s' is defined twice".formatted(name));
        }
        return block;
    }

    private Stmt parseGeneration(Token tag) {
        marksGeneration = true;
        boolean before = expressions.lenient(false);
        List<Stmt> statements = functionBody(tag, "endgeneration");
        expressions.lenient(before);
        return new Stmt.Generation(plain(statements), tag.place());
    }

    private Stmt parseAutoEscape(Token tag) {
        Expr on = expressions.expression();
        boolean before = expressions.lenient(false);
        List<Stmt> statements = closedBody(tag, "endautoescape");
        expressions.lenient(before);
        return new Stmt.AutoEscape(on, plain(statements), tag.place());
    }

    private Stmt parseJump(Token tag) {
        if (loops == 0) {
            throw new TemplateException(
                    tag.place(), "'%s' stands outside of a loop".formatted(tag.text()));
        }
        return tag.text().equals("break")
                ? new Stmt.Break(tag.place())
                : new Stmt.Continue(tag.place());
    }

    private Stmt parseOther(Token tag) {
        while (!stream.current().is(Token.Kind.TAG_END) && !stream.current().is(Token.Kind.END)) {
            stream.next();
        }
        return new Stmt.OtherTemplate(tag.text(), tag.place());
    }
}
