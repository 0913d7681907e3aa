package dev.hone.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code json.dumps}, character for character. */
final class Json {

    private final Run run;
    private final boolean ascii;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sortKeys;
    private final StringBuilder out = new StringBuilder();

    private Json(
            boolean ascii,
            @Nullable String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortKeys,
            Run run) {
        this.run = run;
        this.ascii = ascii;
        this.indent = indent;
        this.itemSeparator = itemSeparator;
        this.keySeparator = keySeparator;
        this.sortKeys = sortKeys;
    }

    /** The {@code tojson} filter as transformers defines it. */
    static Object filter(Object value, Args args, Run run) {
        Args.Bound bound =
                args.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        String indent = bound.given(1) ? indent(bound, run) : null;
        String itemSeparator = indent == null ? ", " : ",";
        String keySeparator = ": ";
        if (bound.given(2)) {
            List<Object> separators = Types.toList(bound.get(2), run);
            if (separators.size() != 2
                    || !separators.stream().allMatch(s -> Types.string(s) != null)) {
                throw new Problem(
                        "tojson() argument 'separators' must be a pair of strings, not "
                                + Repr.repr(bound.get(2), run));
            }
            itemSeparator = Repr.str(separators.get(0), run);
            keySeparator = Repr.str(separators.get(1), run);
        }
        Json json =
                new Json(
                        bound.truth(0, false),
                        indent,
                        itemSeparator,
                        keySeparator,
                        bound.truth(3, false),
                        run);
        json.write(value, 0);
        return json.out.toString();
    }

    private static String indent(Args.Bound bound, Run run) {
        String text = Types.string(bound.get(1));
        if (text != null) {
            return text;
        }
        int width = Math.max(0, bound.integer(1, 0));
        run.willCreate(width, 1);
        return " ".repeat(width);
    }

    private void write(Object value, int level) {
        run.enter();
        switch (value) {
            case None _ -> append("null");
            case Boolean truth -> append(truth ? "true" : "false");
            case Long number -> append(number.toString());
            case BigInteger number -> append(number.toString());
            case Double number -> append(number(number));
            case String text -> string(text);
            case Markup markup -> string(markup.text());
            case Range _ -> throw notSerializable(value);
            case List<?> list -> array(Types.list(list), level);
            case Tuple tuple -> array(tuple.items(), level);
            case Map<?, ?> map -> object(Types.dict(map), level);
            default -> throw notSerializable(value);
        }
        run.leave();
    }

    private static Problem notSerializable(Object value) {
        String detail = value instanceof Undefined undefined ? ": " + undefined.problem() : "";
        return new Problem(
                "Object of type %s is not JSON serializable%s"
                        .formatted(Types.name(value), detail));
    }

    private static String number(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number < 0 ? "-Infinity" : "Infinity";
        }
        return Numbers.print(number);
    }

    private void array(List<Object> items, int level) {
        if (items.isEmpty()) {
            append("[]");
            return;
        }
        append("[");
        boolean first = true;
        for (Object item : items) {
            separate(first, level + 1);
            write(item, level + 1);
            first = false;
        }
        newLine(level);
        append("]");
    }

    private void object(Map<Object, Object> dict, int level) {
        if (dict.isEmpty()) {
            append("{}");
            return;
        }
        List<Map.Entry<Object, Object>> entries = List.copyOf(dict.entrySet());
        if (sortKeys) {
            entries = Sorting.sorted(entries, Map.Entry::getKey, false, run);
        }
        append("{");
        boolean first = true;
        for (Map.Entry<Object, Object> entry : entries) {
            separate(first, level + 1);
            string(key(entry.getKey()));
            append(keySeparator);
            write(entry.getValue(), level + 1);
            first = false;
        }
        newLine(level);
        append("}");
    }

    private String key(Object key) {
        String text = Types.string(key);
        if (text != null) {
            return text;
        }
        return switch (key) {
            case None _ -> "null";
            case Boolean truth -> truth ? "true" : "false";
            case Double number -> number(number);
            case Long _, BigInteger _ -> Repr.repr(key, run);
            default ->
                    throw new Problem(
                            "keys must be str, int, float, bool or None, not " + Types.name(key));
        };
    }

    private void separate(boolean first, int level) {
        if (!first) {
            append(itemSeparator);
        }
        newLine(level);
    }

    private void newLine(int level) {
        if (indent != null) {
            run.willCreate(indent.length(), level);
            out.append('\n').repeat(indent, level);
        }
    }

    private void append(String text) {
        run.charge(text.length());
        out.append(text);
    }

    private void string(String text) {
        run.charge(text.length() + 2L);
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < 0x20 || (ascii && c > 0x7e)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
