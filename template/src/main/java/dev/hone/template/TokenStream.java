package dev.hone.template;

import java.util.List;

/** The tokens of a template, read one after the other. */
final class TokenStream {

    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    /** The token after the current one. */
    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** The current token, which is then left behind; the end is never passed. */
    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean skipName(String name) {
        return skipIf(current().isName(name));
    }

    boolean skipOperator(String symbol) {
        return skipIf(current().isOperator(symbol));
    }

    private boolean skipIf(boolean matches) {
        if (matches) {
            next();
        }
        return matches;
    }

    Token expect(Token.Kind kind) {
        if (!current().is(kind)) {
            throw unexpected(kind.description());
        }
        return next();
    }

    Token expectName(String name) {
        if (!current().isName(name)) {
            throw unexpected("'" + name + "'");
        }
        return next();
    }

    Token expectOperator(String symbol) {
        if (!current().isOperator(symbol)) {
            throw unexpected("'" + symbol + "'");
        }
        return next();
    }

    TemplateException unexpected(String expected) {
        return new TemplateException(
                current().place(),
                "found %s, expected %s".formatted(current().describe(), expected));
    }
}
