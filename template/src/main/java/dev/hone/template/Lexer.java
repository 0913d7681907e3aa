package dev.hone.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, with Jinja's whitespace rules under {@code trim_blocks} and {@code
 * lstrip_blocks}: the newline after a tag or comment goes, blanks before a tag that starts a line
 * go, {@code -} eats all whitespace on its side, {@code +} keeps it. Line ends become {@code \n}
 * and one trailing newline is dropped.
 */
final class Lexer {

    private static final String[] LONG_OPERATORS = {"//", "**", "==", "!=", ">=", "<="};
    private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";
    private static final int MAX_DIGITS = 4000;

    private final String source;
    private final SourceMap map;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    Lexer(String text) {
        String normal = text.replace("\r\n", "\n").replace('\r', '\n');
        source = normal.endsWith("\n") ? normal.substring(0, normal.length() - 1) : normal;
        map = new SourceMap(source);
    }

    /** All tokens, the last one {@link Token.Kind#END}. */
    List<Token> tokens() {
        while (at < source.length()) {
            lexText();
        }
        add(Token.Kind.END, "", "", source.length());
        return tokens;
    }

    private void lexText() {
        int open = at;
        while (open < source.length() && !isOpener(open)) {
            open++;
        }
        if (open >= source.length()) {
            addText(source.substring(at), at);
            at = source.length();
            return;
        }
        char opener = source.charAt(open + 1);
        int after = open + 2;
        char sign = after < source.length() ? source.charAt(after) : ' ';
        boolean signed = sign == '-' || sign == '+';
        addText(leftStripped(at, open, sign, opener == '{'), at);
        at = signed ? after + 1 : after;
        switch (opener) {
            case '#' -> skipComment(open);
            case '{' -> lexInside(open, Token.Kind.PRINT_BEGIN, Token.Kind.PRINT_END);
            default -> {
                int raw = rawTagEnd(at);
                if (raw < 0) {
                    lexInside(open, Token.Kind.TAG_BEGIN, Token.Kind.TAG_END);
                } else {
                    at = raw;
                    lexRaw(open);
                }
            }
        }
    }

    private boolean isOpener(int i) {
        if (source.charAt(i) != '{' || i + 1 >= source.length()) {
            return false;
        }
        char next = source.charAt(i + 1);
        return next == '{' || next == '%' || next == '#';
    }

    /** The text before a tag, after what the tag's sign and lstrip_blocks take from its end. */
    private String leftStripped(int from, int to, char sign, boolean print) {
        if (sign == '-') {
            int end = to;
            while (end > from && Text.isSpace(source.charAt(end - 1))) {
                end--;
            }
            return source.substring(from, end);
        }
        if (sign == '+' || print) {
            return source.substring(from, to);
        }
        int lineStart = source.lastIndexOf('\n', to - 1) + 1;
        boolean startsLine = lineStart > from || from == 0 || source.charAt(from - 1) == '\n';
        int blank = Math.max(lineStart, from);
        for (int i = blank; i < to; i++) {
            if (!Text.isSpace(source.charAt(i))) {
                return source.substring(from, to);
            }
        }
        return source.substring(from, startsLine ? blank : to);
    }

    private void skipComment(int open) {
        if (at >= source.length()) {
            return;
        }
        int close = source.indexOf("#}", at);
        if (close < 0) {
            throw new TemplateException(
                    map.place(open), "this comment is never closed; expected '#}'");
        }
        endWithSign(at, close);
    }

    /** Moves behind a closing delimiter at {@code close} and what its sign or trim_blocks takes. */
    private void endWithSign(int from, int close) {
        char sign = close > from ? source.charAt(close - 1) : ' ';
        at = close + 2;
        if (sign == '-') {
            at = Text.skipSpace(source, at);
        } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
    }

    /** Index behind {@code raw %}} when the tag whose inside starts at {@code i} is that, or -1. */
    private int rawTagEnd(int i) {
        int p = keyword(i, "raw");
        if (p < 0) {
            return -1;
        }
        if (source.startsWith("-%}", p)) {
            return Text.skipSpace(source, p + 3);
        }
        return source.startsWith("%}", p) ? p + 2 : -1;
    }

    private int keyword(int i, String word) {
        int p = Text.skipSpace(source, i);
        return source.startsWith(word, p) ? Text.skipSpace(source, p + word.length()) : -1;
    }

    private void lexRaw(int open) {
        if (at >= source.length()) {
            return;
        }
        int start = at;
        for (int i = source.indexOf("{%", at); i >= 0; i = source.indexOf("{%", i + 1)) {
            char sign = i + 2 < source.length() ? source.charAt(i + 2) : ' ';
            int inside = sign == '-' || sign == '+' ? i + 3 : i + 2;
            int p = keyword(inside, "endraw");
            if (p < 0) {
                continue;
            }
            int close = source.startsWith("%}", p) ? p : p + 1;
            boolean closed =
                    source.startsWith("%}", p)
                            || source.startsWith("-%}", p)
                            || source.startsWith("+%}", p);
            if (closed) {
                addText(leftStripped(start, i, sign, false), start);
                endWithSign(p, close);
                return;
            }
        }
        throw new TemplateException(
                map.place(open), "this raw block is never closed; expected '{% endraw %}'");
    }

    private void lexInside(int open, Token.Kind begin, Token.Kind end) {
        add(begin, "", "", open);
        Deque<Character> brackets = new ArrayDeque<>();
        String close = begin == Token.Kind.PRINT_BEGIN ? "}}" : "%}";
        while (at < source.length()) {
            char c = source.charAt(at);
            if (Text.isSpace(c)) {
                at = Text.skipSpace(source, at);
                continue;
            }
            if (brackets.isEmpty()) {
                boolean plus = c == '+' && end == Token.Kind.TAG_END;
                int delimiter = c == '-' || plus ? at + 1 : at;
                if (source.startsWith(close, delimiter)) {
                    add(end, "", "", at);
                    if (end == Token.Kind.TAG_END) {
                        endWithSign(at, delimiter);
                    } else {
                        at = delimiter + 2;
                        at = c == '-' ? Text.skipSpace(source, at) : at;
                    }
                    return;
                }
            }
            lexOne(brackets);
        }
    }

    private void lexOne(Deque<Character> brackets) {
        char c = source.charAt(at);
        if (isDigit(c)) {
            lexNumber();
        } else if (isNameStart(source.codePointAt(at))) {
            lexName();
        } else if (c == '\'' || c == '"') {
            lexString(c);
        } else {
            lexOperator(brackets);
        }
    }

    private void lexNumber() {
        int start = at;
        Numeral numeral = Numeral.scan(source, start);
        at = numeral.end();
        String digits = source.substring(start, at);
        if (numeral.real()) {
            add(Token.Kind.FLOAT, digits, Double.valueOf(digits.replace("_", "")), start);
            return;
        }
        if (digits.length() > MAX_DIGITS) {
            throw new TemplateException(
                    map.place(start),
                    "an integer of %d digits; at most %d are read"
                            .formatted(digits.length(), MAX_DIGITS));
        }
        add(Token.Kind.INTEGER, digits, Numeral.value(digits.replace("_", "")), start);
    }

    private void lexName() {
        int start = at;
        while (at < source.length() && isNamePart(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        String name = source.substring(start, at);
        add(Token.Kind.NAME, name, name, start);
    }

    private static boolean isNameStart(int c) {
        return c == '_' || Character.isUnicodeIdentifierStart(c);
    }

    private static boolean isNamePart(int c) {
        return c == '_'
                || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }

    private void lexString(char quote) {
        int start = at;
        int end = start + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw new TemplateException(
                    map.place(start), "this string is never closed; expected " + quote);
        }
        String body = source.substring(start + 1, end);
        at = end + 1;
        add(Token.Kind.STRING, body, StringLiteral.decode(body, map.place(start)), start);
    }

    private void lexOperator(Deque<Character> brackets) {
        int start = at;
        for (String operator : LONG_OPERATORS) {
            if (source.startsWith(operator, at)) {
                at += 2;
                add(Token.Kind.OPERATOR, operator, operator, start);
                return;
            }
        }
        char c = source.charAt(at);
        if (OPERATORS.indexOf(c) < 0) {
            throw new TemplateException(
                    map.place(start),
                    "unexpected character %s"
                            .formatted(Repr.quote(Character.toString(source.codePointAt(at)))));
        }
        switch (c) {
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '{' -> brackets.push('}');
            case ')', ']', '}' -> {
                Character expected = brackets.poll();
                if (expected == null || expected != c) {
                    String hint = expected == null ? "" : ", expected '" + expected + "'";
                    throw new TemplateException(map.place(start), "unexpected '" + c + "'" + hint);
                }
            }
            default -> {}
        }
        at++;
        String operator = String.valueOf(c);
        add(Token.Kind.OPERATOR, operator, operator, start);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void addText(String text, int position) {
        if (!text.isEmpty()) {
            add(Token.Kind.TEXT, text, text, position);
        }
    }

    private void add(Token.Kind kind, String text, Object value, int position) {
        tokens.add(new Token(kind, text, value, map.place(position)));
    }
}
