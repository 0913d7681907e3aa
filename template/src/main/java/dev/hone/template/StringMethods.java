package dev.hone.template;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The methods of Python's {@code str}, by name. All positions and widths count code points. {@code
 * encode}, {@code maketrans} and {@code translate} are not there.
 */
final class StringMethods {

    /** One method. */
    private interface Method {
        Object apply(String self, Args args, Run run);
    }

    /** On markup these escape the strings they are given. */
    private static final Set<String> ESCAPING =
            Set.of("join", "replace", "format", "format_map", "ljust", "rjust", "center");

    private static final Map<String, Method> METHODS =
            Map.ofEntries(
                    entry("capitalize", (s, a, run) -> Casing.capitalize(none(s, a), run)),
                    entry("casefold", (s, a, run) -> Casing.fold(none(s, a), run)),
                    entry("lower", (s, a, run) -> Casing.lower(none(s, a), run)),
                    entry("swapcase", (s, a, run) -> Casing.swap(none(s, a), run)),
                    entry("title", (s, a, run) -> Casing.title(none(s, a), run)),
                    entry("upper", (s, a, run) -> Casing.upper(none(s, a), run)),
                    entry("isalnum", (s, a, run) -> CharacterTests.alphanumeric(none(s, a), run)),
                    entry("isalpha", (s, a, run) -> CharacterTests.alphabetic(none(s, a), run)),
                    entry("isascii", (s, a, run) -> CharacterTests.ascii(none(s, a), run)),
                    entry("isdecimal", (s, a, run) -> CharacterTests.decimal(none(s, a), run)),
                    entry("isdigit", (s, a, run) -> CharacterTests.digit(none(s, a), run)),
                    entry(
                            "isidentifier",
                            (s, a, run) -> CharacterTests.identifier(none(s, a), run)),
                    entry("islower", (s, a, run) -> CharacterTests.lower(none(s, a), run)),
                    entry("isnumeric", (s, a, run) -> CharacterTests.numeric(none(s, a), run)),
                    entry("isprintable", (s, a, run) -> CharacterTests.printable(none(s, a), run)),
                    entry("isspace", (s, a, run) -> CharacterTests.space(none(s, a), run)),
                    entry("istitle", (s, a, run) -> CharacterTests.title(none(s, a), run)),
                    entry("isupper", (s, a, run) -> CharacterTests.upper(none(s, a), run)),
                    entry("strip", (s, a, run) -> strip("strip", s, a, true, true, run)),
                    entry("lstrip", (s, a, run) -> strip("lstrip", s, a, true, false, run)),
                    entry("rstrip", (s, a, run) -> strip("rstrip", s, a, false, true, run)),
                    entry("split", StringMethods::split),
                    entry("rsplit", StringMethods::rsplit),
                    entry("splitlines", StringMethods::splitLines),
                    entry("partition", (s, a, run) -> partition("partition", s, a, run)),
                    entry("rpartition", (s, a, run) -> partition("rpartition", s, a, run)),
                    entry("join", StringMethods::join),
                    entry("replace", StringMethods::replace),
                    entry("removeprefix", StringMethods::removePrefix),
                    entry("removesuffix", StringMethods::removeSuffix),
                    entry("startswith", (s, a, run) -> affix("startswith", s, a, run)),
                    entry("endswith", (s, a, run) -> affix("endswith", s, a, run)),
                    entry("count", StringMethods::count),
                    entry("find", (s, a, run) -> search("find", s, a, run)),
                    entry("rfind", (s, a, run) -> search("rfind", s, a, run)),
                    entry("index", (s, a, run) -> require(search("index", s, a, run))),
                    entry("rindex", (s, a, run) -> require(search("rindex", s, a, run))),
                    entry("center", StringMethods::center),
                    entry("ljust", StringMethods::leftJustify),
                    entry("rjust", StringMethods::rightJustify),
                    entry("zfill", StringMethods::zeroFill),
                    entry("expandtabs", StringMethods::expandTabs),
                    entry("format", BraceFormat::format),
                    entry("format_map", StringMethods::formatMap));

    private static final Set<String> MISSING = Set.of("encode", "maketrans", "translate");

    private StringMethods() {}

    /** The method {@code name} bound to {@code self}, or null. */
    static @Nullable Object find(String self, String name) {
        Method method = METHODS.get(name);
        if (method == null) {
            return MISSING.contains(name)
                    ? new Undefined("the string method '%s' is not supported".formatted(name))
                    : null;
        }
        return new Builtin(name, (args, run) -> method.apply(self, args, run));
    }

    /** As for strings; what comes out is markup again, and {@code join} and its kin escape. */
    static @Nullable Object find(Markup self, String name) {
        Object found = find(self.text(), name);
        if (!(found instanceof Builtin plain)) {
            return found;
        }
        return new Builtin(
                name,
                (args, run) ->
                        marked(
                                plain.call(
                                        ESCAPING.contains(name) ? escaped(args, run) : args, run)));
    }

    private static Object marked(Object result) {
        return switch (result) {
            case String text -> new Markup(text);
            case List<?> list -> Types.list(list).stream().map(StringMethods::marked).toList();
            case Tuple tuple ->
                    Tuple.of(tuple.items().stream().map(StringMethods::marked).toList());
            default -> result;
        };
    }

    private static Args escaped(Args args, Run run) {
        List<Object> positional = new ArrayList<>();
        args.positional().forEach(value -> positional.add(escapedValue(value, run)));
        Map<String, Object> named = new LinkedHashMap<>();
        args.named().forEach((name, value) -> named.put(name, escapedValue(value, run)));
        return new Args(positional, named);
    }

    private static Object escapedValue(Object value, Run run) {
        if (Numbers.isNumber(value) || value == None.NONE) {
            return value;
        }
        if (Types.string(value) == null && Types.isIterable(value)) {
            List<Object> items = new ArrayList<>();
            Types.iterate(value, run).forEachRemaining(item -> items.add(Markup.escape(item, run)));
            return items;
        }
        return Markup.escape(value, run);
    }

    private static String none(String self, Args args) {
        args.bindPositional("this method", 0);
        return self;
    }

    private static Object strip(
            String name, String self, Args args, boolean left, boolean right, Run run) {
        Args.Bound bound = args.bindPositional(name, 0, "chars");
        if (bound.given(0) && bound.string(0).isEmpty()) {
            return self;
        }
        return Text.strip(self, bound.given(0) ? bound.string(0) : "", left, right, run);
    }

    private static Object split(String self, Args args, Run run) {
        Args.Bound bound = args.bind("split", 0, "sep", "maxsplit");
        int limit = bound.integer(1, -1);
        return bound.given(0)
                ? Text.split(self, separator(bound), limit, run)
                : Text.words(self, limit, run);
    }

    private static Object rsplit(String self, Args args, Run run) {
        Args.Bound bound = args.bind("rsplit", 0, "sep", "maxsplit");
        int limit = bound.integer(1, -1);
        return bound.given(0)
                ? Text.splitLast(self, separator(bound), limit, run)
                : Text.lastWords(self, limit, run);
    }

    private static String separator(Args.Bound bound) {
        String separator = bound.string(0);
        if (separator.isEmpty()) {
            throw new Problem("empty separator");
        }
        return separator;
    }

    private static Object splitLines(String self, Args args, Run run) {
        return Text.lines(self, args.bind("splitlines", 0, "keepends").truth(0, false), run);
    }

    private static Object partition(String name, String self, Args args, Run run) {
        String separator = separator(args.bindPositional(name, 1, "sep"));
        boolean first = name.equals("partition");
        int found =
                first
                        ? Text.find(self, separator, 0, run)
                        : Text.findLast(self, separator, self.length(), run);
        if (found < 0) {
            return first ? Tuple.of(self, "", "") : Tuple.of("", "", self);
        }
        run.charge(self.length());
        return Tuple.of(
                self.substring(0, found), separator, self.substring(found + separator.length()));
    }

    private static Object join(String self, Args args, Run run) {
        Iterator<Object> items =
                Types.iterate(args.bindPositional("join", 1, "iterable").get(0), run);
        StringBuilder out = new StringBuilder();
        for (int i = 0; items.hasNext(); i++) {
            Object item = items.next();
            String text = Types.string(item);
            if (text == null) {
                throw new Problem(
                        "sequence item %d: expected str instance, %s found"
                                .formatted(i, Types.name(item)));
            }
            run.charge(text.length() + (long) self.length());
            out.append(i == 0 ? "" : self).append(text);
        }
        return out.toString();
    }

    private static Object replace(String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional("replace", 2, "old", "new", "count");
        return Text.replace(self, bound.string(0), bound.string(1), bound.integer(2, -1), run);
    }

    private static Object removePrefix(String self, Args args, Run run) {
        String prefix = args.bindPositional("removeprefix", 1, "prefix").string(0);
        run.touched(prefix);
        return self.startsWith(prefix) ? run.created(self.substring(prefix.length())) : self;
    }

    private static Object removeSuffix(String self, Args args, Run run) {
        String suffix = args.bindPositional("removesuffix", 1, "suffix").string(0);
        run.touched(suffix);
        return self.endsWith(suffix)
                ? run.created(self.substring(0, self.length() - suffix.length()))
                : self;
    }

    private static Object affix(String name, String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional(name, 1, "affix", "start", "end");
        Window window = Window.of(self, bound, 1, run);
        List<Object> candidates =
                bound.get(0) instanceof Tuple tuple ? tuple.items() : List.of(bound.get(0));
        for (Object candidate : candidates) {
            String affix = Types.string(candidate);
            if (affix == null) {
                throw new Problem(
                        "%s first arg must be str or a tuple of str, not %s"
                                .formatted(name, Types.name(candidate)));
            }
            run.touched(affix);
            boolean fits = window.valid() && affix.length() <= window.end() - window.start();
            int at = name.equals("startswith") ? window.start() : window.end() - affix.length();
            if (fits && self.startsWith(affix, at)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The part of a string that {@code start} and {@code end} arguments choose, in UTF-16 units.
     */
    private record Window(int start, int end, boolean valid) {

        static Window of(String self, Args.Bound bound, int first, Run run) {
            if (!bound.given(first) && !bound.given(first + 1)) {
                return new Window(0, self.length(), true);
            }
            int length = Text.length(self, run);
            int start = bound.given(first) ? bound.integer(first, 0) : 0;
            int end = bound.given(first + 1) ? bound.integer(first + 1, length) : length;
            start = start < 0 ? Math.max(0, start + length) : start;
            end = end < 0 ? Math.max(0, end + length) : Math.min(end, length);
            if (start > end) {
                return new Window(0, 0, false);
            }
            int from = self.offsetByCodePoints(0, start);
            return new Window(from, self.offsetByCodePoints(from, end - start), true);
        }
    }

    private static Object count(String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional("count", 1, "sub", "start", "end");
        Window window = Window.of(self, bound, 1, run);
        if (!window.valid()) {
            return 0L;
        }
        String text = self.substring(window.start(), window.end());
        String needle = bound.string(0);
        if (needle.isEmpty()) {
            return Text.length(text, run) + 1L;
        }
        return Text.split(text, needle, -1, run).size() - 1L;
    }

    private static Object search(String name, String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional(name, 1, "sub", "start", "end");
        Window window = Window.of(self, bound, 1, run);
        String needle = bound.string(0);
        if (!window.valid()) {
            return -1L;
        }
        boolean first = !name.startsWith("r");
        int found =
                first
                        ? Text.find(self, needle, window.start(), run)
                        : Text.findLast(self, needle, window.end(), run);
        boolean inside = first ? found + needle.length() <= window.end() : found >= window.start();
        return found >= 0 && inside ? (long) self.codePointCount(0, found) : -1L;
    }

    private static Object require(Object index) {
        if (index.equals(-1L)) {
            throw new Problem("substring not found");
        }
        return index;
    }

    private static String fill(Args.Bound bound, String name) {
        String fill = bound.has(1) ? bound.string(1) : " ";
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw new Problem(name + "() fill character must be exactly one character long");
        }
        return fill;
    }

    private static Object center(String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional("center", 1, "width", "fillchar");
        return center(self, bound.integer(0, 0), fill(bound, "center"), run);
    }

    /** {@code str.center}: an odd space goes left when the width is odd, right otherwise. */
    static String center(String self, int width, String fill, Run run) {
        int space = Math.max(0, width - Text.length(self, run));
        int left = space / 2 + (space & width & 1);
        return Text.pad(self, left, space - left, fill, run);
    }

    private static Object leftJustify(String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional("ljust", 1, "width", "fillchar");
        int space = bound.integer(0, 0) - Text.length(self, run);
        return Text.pad(self, 0, space, fill(bound, "ljust"), run);
    }

    private static Object rightJustify(String self, Args args, Run run) {
        Args.Bound bound = args.bindPositional("rjust", 1, "width", "fillchar");
        int space = bound.integer(0, 0) - Text.length(self, run);
        return Text.pad(self, space, 0, fill(bound, "rjust"), run);
    }

    private static Object zeroFill(String self, Args args, Run run) {
        int width = args.bindPositional("zfill", 1, "width").integer(0, 0);
        boolean signed = self.startsWith("-") || self.startsWith("+");
        String digits = signed ? self.substring(1) : self;
        int space = width - Text.length(self, run);
        return (signed ? self.substring(0, 1) : "") + Text.pad(digits, space, 0, "0", run);
    }

    private static Object expandTabs(String self, Args args, Run run) {
        int size = args.bind("expandtabs", 0, "tabsize").integer(0, 8);
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (int c : Text.codePoints(self, run)) {
            if (c == '\t') {
                int width = size > 0 ? size - column % size : 0;
                run.charge(width);
                out.repeat(' ', width);
                column += width;
            } else {
                out.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return run.created(out.toString());
    }

    private static Object formatMap(String self, Args args, Run run) {
        Object mapping = args.bindPositional("format_map", 1, "mapping").get(0);
        if (!(mapping instanceof Map<?, ?> map)) {
            throw new Problem("format_map() needs a mapping, not " + Types.name(mapping));
        }
        Map<String, Object> named = new LinkedHashMap<>();
        Types.dict(map).forEach((key, value) -> named.put(Repr.str(key, run), value));
        return BraceFormat.format(self, new Args(List.of(), named), run);
    }
}
