package dev.hone.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Filters that make text. Like Jinja's they take any value and work on what it prints as. */
final class TextFilters {

    private static final String URL_SAFE = "_.-~";

    private TextFilters() {}

    /** Text of the same kind, string or markup, as {@code original}. */
    private static Object like(Object original, String text) {
        return original instanceof Markup ? new Markup(text) : text;
    }

    static Object string(Object value, Args args, Run run) {
        args.bind("string", 0);
        return value instanceof Markup ? value : Repr.str(value, run);
    }

    static Object safe(Object value, Args args, Run run) {
        args.bind("safe", 0);
        return new Markup(Repr.str(value, run));
    }

    static Object escape(Object value, Args args, Run run) {
        args.bind("escape", 0);
        return new Markup(Markup.escape(value, run));
    }

    static Object forceEscape(Object value, Args args, Run run) {
        args.bind("forceescape", 0);
        return new Markup(Markup.escape(Repr.str(value, run), run));
    }

    static Object upper(Object value, Args args, Run run) {
        args.bind("upper", 0);
        return like(value, Casing.upper(Repr.str(value, run), run));
    }

    static Object lower(Object value, Args args, Run run) {
        args.bind("lower", 0);
        return like(value, Casing.lower(Repr.str(value, run), run));
    }

    static Object capitalize(Object value, Args args, Run run) {
        args.bind("capitalize", 0);
        return like(value, Casing.capitalize(Repr.str(value, run), run));
    }

    /** Words begin after blanks, hyphens and opening brackets, and after nothing else. */
    static Object title(Object value, Args args, Run run) {
        args.bind("title", 0);
        String text = Repr.str(value, run);
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !isWordBreak(text.charAt(end))) {
                end++;
            }
            if (end > at) {
                int second = text.offsetByCodePoints(at, 1);
                out.append(Casing.upper(text.substring(at, second), run));
                out.append(Casing.lower(text.substring(second, end), run));
            }
            while (end < text.length() && isWordBreak(text.charAt(end))) {
                out.append(text.charAt(end++));
            }
            at = end;
        }
        return run.created(out.toString());
    }

    private static boolean isWordBreak(char c) {
        return Text.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }

    static Object center(Object value, Args args, Run run) {
        int width = args.bind("center", 0, "width").integer(0, 80);
        return like(value, StringMethods.center(Repr.str(value, run), width, " ", run));
    }

    static Object trim(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("trim", 0, "chars");
        String text = Repr.str(value, run);
        if (bound.given(0) && bound.string(0).isEmpty()) {
            return like(value, text);
        }
        String chars = bound.given(0) ? bound.string(0) : "";
        return like(value, Text.strip(text, chars, true, true, run));
    }

    static Object replace(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("replace", 2, "old", "new", "count");
        String old = Repr.str(bound.get(0), run);
        String with = Repr.str(bound.get(1), run);
        int count = bound.given(2) ? bound.integer(2, -1) : -1;
        return Text.replace(Repr.str(value, run), old, with, count, run);
    }

    static Object format(Object value, Args args, Run run) {
        Object text = string(value, Args.NONE, run);
        if (args.named().isEmpty()) {
            return PrintfFormat.format(text, Tuple.of(args.positional()), run);
        }
        if (!args.positional().isEmpty()) {
            throw new Problem("can't handle positional and keyword arguments at the same time");
        }
        return PrintfFormat.format(text, new LinkedHashMap<Object, Object>(args.named()), run);
    }

    static Object join(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("join", 0, "d", "attribute");
        String separator = bound.has(0) ? Repr.str(bound.get(0), run) : "";
        Attributes attributes = Attributes.of(bound.get(1));
        Iterator<Object> items = Types.iterate(value, run);
        StringBuilder out = new StringBuilder();
        boolean first = true;
        while (items.hasNext()) {
            Object item = items.next();
            String text = Repr.str(attributes.get(item, run), run);
            run.charge(text.length() + (long) separator.length());
            out.append(first ? "" : separator).append(text);
            first = false;
        }
        return out.toString();
    }

    static Object indent(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("indent", 0, "width", "first", "blank");
        String text = Types.string(Operators.apply(Expr.Operator.ADD, value, "\n", run));
        if (text == null) {
            throw new Problem("indent needs text, not " + Types.name(value));
        }
        String given = bound.has(0) ? Types.string(bound.get(0)) : null;
        String indent = given;
        if (indent == null) {
            int width = Math.max(0, bound.integer(0, 4));
            run.willCreate(width, 1);
            indent = " ".repeat(width);
        }
        boolean blank = bound.truth(2, false);
        StringBuilder out = new StringBuilder(bound.truth(1, false) ? indent : "");
        List<Object> lines = Text.lines(text, false, run);
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indented = i > 0 && (blank || !line.isEmpty());
            run.charge(indent.length() + (long) line.length());
            out.append(i > 0 ? "\n" : "").append(indented ? indent : "").append(line);
        }
        return like(value, out.toString());
    }

    static Object truncate(Object value, Args args, Run run) {
        Args.Bound bound = args.bind("truncate", 0, "length", "killwords", "end", "leeway");
        int length = bound.integer(0, 255);
        String end = bound.has(2) ? bound.string(2) : "...";
        int leeway = bound.given(3) ? bound.integer(3, 5) : 5;
        int kept = length - Text.length(end, run);
        if (kept < 0 || leeway < 0) {
            throw new Problem(
                    "truncate needs a length of at least %d and no negative leeway, got %d and %d"
                            .formatted(Text.length(end, run), length, leeway));
        }
        if (Types.length(value, run) <= length + (long) leeway) {
            return value;
        }
        String text = Types.string(value);
        if (text == null) {
            throw new Problem("truncate needs text, not " + Types.name(value));
        }
        String cut = text.substring(0, text.offsetByCodePoints(0, kept));
        int blank = bound.truth(1, false) ? -1 : cut.lastIndexOf(' ');
        return like(value, run.created((blank < 0 ? cut : cut.substring(0, blank)) + end));
    }

    static Object wordCount(Object value, Args args, Run run) {
        args.bind("wordcount", 0);
        long words = 0;
        boolean inside = false;
        for (int c : Text.codePoints(Repr.str(value, run), run)) {
            boolean word = Character.isLetterOrDigit(c) || c == '_';
            words += word && !inside ? 1 : 0;
            inside = word;
        }
        return words;
    }

    static Object urlEncode(Object value, Args args, Run run) {
        args.bind("urlencode", 0);
        if (Types.string(value) != null || !Types.isIterable(value)) {
            return quoted(value, false, run);
        }
        Object pairs =
                value instanceof Map<?, ?> map
                        ? new DictView(DictView.Kind.ITEMS, Types.dict(map))
                        : value;
        List<String> parts = new ArrayList<>();
        Types.iterate(pairs, run)
                .forEachRemaining(item -> {
                    List<Object> pair = Types.toList(item, run);
                    if (pair.size() != 2) {
                        throw new Problem("urlencode needs pairs of a name and a value");
                    }
                    parts.add(
                            quoted(pair.get(0), true, run) + "=" + quoted(pair.get(1), true, run));
                });
        return run.created(String.join("&", parts));
    }

    private static String quoted(Object value, boolean query, Run run) {
        StringBuilder out = new StringBuilder();
        for (byte b : Repr.str(value, run).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean safe = c < 128 && (Character.isLetterOrDigit(c) || URL_SAFE.indexOf(c) >= 0);
            if (safe || (c == '/' && !query)) {
                out.append(c);
            } else {
                out.append(c == ' ' && query ? "+" : "%%%02X".formatted((int) c));
            }
        }
        return run.created(out.toString());
    }

    static Object xmlAttributes(Object value, Args args, Run run) {
        boolean space = args.bind("xmlattr", 0, "autospace").truth(0, true);
        if (!(value instanceof Map<?, ?> map)) {
            throw new Problem("xmlattr needs a dict, not " + Types.name(value));
        }
        StringBuilder out = new StringBuilder();
        for (Map.Entry<Object, Object> entry : Types.dict(map).entrySet()) {
            String name = Repr.str(entry.getKey(), run);
            if (entry.getValue() == None.NONE || entry.getValue() instanceof Undefined) {
                continue;
            }
            if (name.chars().anyMatch(c -> (c < 128 && Text.isSpace(c)) || "/>=".indexOf(c) >= 0)) {
                throw new Problem("Invalid character in attribute name: " + Repr.quote(name));
            }
            out.append(out.isEmpty() && !space ? "" : " ")
                    .append(Markup.escape(entry.getKey(), run))
                    .append("=\"")
                    .append(Markup.escape(entry.getValue(), run))
                    .append('"');
        }
        return run.created(out.toString());
    }
}
