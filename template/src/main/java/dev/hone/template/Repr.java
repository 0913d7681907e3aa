package dev.hone.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** How Python prints values: {@code str(value)} and {@code repr(value)}. */
final class Repr {

    private final Run run;
    private final StringBuilder out = new StringBuilder();

    private Repr(Run run) {
        this.run = run;
    }

    /** {@code str(value)}: a string is itself, undefined is nothing. */
    static String str(Object value, Run run) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined _ -> "";
            default -> repr(value, run);
        };
    }

    /** {@code repr(value)}. */
    static String repr(Object value, Run run) {
        Repr printer = new Repr(run);
        printer.print(value);
        return printer.out.toString();
    }

    /** {@code repr} of a string: in single quotes unless it holds one and no double quote. */
    static String quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> character(out, c, quote));
        return out.append(quote).toString();
    }

    private static void character(StringBuilder out, int c, char quote) {
        switch (c) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c == quote) {
                    out.append('\\').append(quote);
                } else if (isPrintable(c)) {
                    out.appendCodePoint(c);
                } else {
                    out.append(escape(c));
                }
            }
        }
    }

    private static String escape(int c) {
        if (c <= 0xff) {
            return "\\x%02x".formatted(c);
        }
        return (c <= 0xffff ? "\\u%04x" : "\\U%08x").formatted(c);
    }

    /** {@code ascii(value)} from its {@code repr}: everything beyond ASCII escaped. */
    static String ascii(String repr) {
        StringBuilder out = new StringBuilder();
        repr.codePoints()
                .forEach(c -> {
                    if (c < 128) {
                        out.append((char) c);
                    } else {
                        out.append(escape(c));
                    }
                });
        return out.toString();
    }

    /** Whether {@code str.isprintable} holds for the character. */
    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    private void print(Object value) {
        run.enter();
        switch (value) {
            case None _ -> append("None");
            case Boolean truth -> append(truth ? "True" : "False");
            case Long number -> append(number.toString());
            case BigInteger number -> append(number.toString());
            case Double number -> append(Numbers.print(number));
            case String text -> append(quote(text));
            case Markup markup -> append("Markup(" + quote(markup.text()) + ")");
            case Range range -> append(range(range));
            case List<?> list -> sequence("[", Types.list(list), "]");
            case Tuple tuple ->
                    sequence("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")");
            case Map<?, ?> map -> dict(Types.dict(map));
            case DictView view -> {
                append(view.kind().typeName());
                sequence("([", view, "])");
            }
            case Namespace namespace -> {
                append("<Namespace ");
                dict(namespace.attributes());
                append(">");
            }
            case Undefined _ -> append("Undefined");
            case Generator generator -> append("<" + generator.typeName() + " object>");
            case Invocable function -> append(function.describe());
            default -> append("<" + Types.name(value) + " object>");
        }
        run.leave();
    }

    private static String range(Range range) {
        String step = range.step() == 1 ? "" : ", " + range.step();
        return "range(" + range.start() + ", " + range.stop() + step + ")";
    }

    private void sequence(String open, Iterable<Object> items, String close) {
        append(open);
        String separator = "";
        for (Object item : items) {
            append(separator);
            print(item);
            separator = ", ";
        }
        append(close);
    }

    private void dict(Map<Object, Object> dict) {
        append("{");
        String separator = "";
        for (Map.Entry<Object, Object> entry : dict.entrySet()) {
            append(separator);
            print(entry.getKey());
            append(": ");
            print(entry.getValue());
            separator = ", ";
        }
        append("}");
    }

    private void append(String text) {
        run.charge(text.length());
        out.append(text);
    }
}
