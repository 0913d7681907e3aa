package dev.hone.template;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code str.format}: fields in braces, with attributes, elements, conversions and nested specs.
 */
final class BraceFormat {

    private static final int MAX_NESTING = 2;

    private final Args args;
    private final Run run;
    private int automatic;
    private boolean manual;

    private BraceFormat(Args args, Run run) {
        this.args = args;
        this.run = run;
    }

    static String format(String format, Args args, Run run) {
        return new BraceFormat(args, run).expand(format, MAX_NESTING);
    }

    private String expand(String format, int nesting) {
        if (nesting == 0) {
            throw new Problem("Max string recursion exceeded");
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            run.charge(1);
            if (c != '{' && c != '}') {
                out.append(c);
            } else if (at < format.length() && format.charAt(at) == c) {
                out.append(c);
                at++;
            } else if (c == '}') {
                throw new Problem("Single '}' encountered in format string");
            } else {
                int end = fieldEnd(format, at);
                String field = field(format.substring(at, end), nesting);
                run.charge(field.length());
                out.append(field);
                at = end + 1;
            }
        }
        return out.toString();
    }

    private static int fieldEnd(String format, int from) {
        int depth = 1;
        for (int i = from; i < format.length(); i++) {
            char c = format.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new Problem("expected '}' before end of string");
    }

    private String field(String field, int nesting) {
        int end = nameEnd(field);
        Object value = value(field.substring(0, end));
        String rest = field.substring(end);
        if (rest.startsWith("!")) {
            if (rest.length() < 2 || (rest.length() > 2 && rest.charAt(2) != ':')) {
                throw new Problem("expected ':' after conversion specifier");
            }
            value =
                    switch (rest.charAt(1)) {
                        case 's' -> Repr.str(value, run);
                        case 'r' -> Repr.repr(value, run);
                        case 'a' -> Repr.ascii(Repr.repr(value, run));
                        default ->
                                throw new Problem("Unknown conversion specifier " + rest.charAt(1));
                    };
            rest = rest.substring(2);
        }
        String spec = rest.isEmpty() ? "" : expandSpec(rest.substring(1), nesting);
        return FormatSpec.format(value, spec, run);
    }

    private String expandSpec(String spec, int nesting) {
        return spec.indexOf('{') < 0 ? spec : expand(spec, nesting - 1);
    }

    private static int nameEnd(String field) {
        int bracket = 0;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            bracket += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (bracket <= 0 && (c == '!' || c == ':')) {
                return i;
            }
        }
        return field.length();
    }

    private Object value(String name) {
        List<String> parts = parts(name);
        Object value = first(parts.getFirst());
        for (String part : parts.subList(1, parts.size())) {
            String key = part.substring(1);
            if (part.startsWith(".")) {
                value = Access.attribute(value, key, run);
            } else {
                boolean index = !key.isEmpty() && key.chars().allMatch(Character::isDigit);
                Object wanted = index ? (Object) index(key) : key;
                value = Access.element(value, wanted, run);
            }
        }
        return value;
    }

    /** {@code a.b[c]} as {@code a}, {@code .b}, {@code [c}. */
    private static List<String> parts(String name) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        int at = 0;
        while (at < name.length()) {
            char c = name.charAt(at);
            if (c == '.' || c == '[') {
                if (start < at || parts.isEmpty()) {
                    parts.add(name.substring(start, at));
                }
                start = at;
            }
            if (c == '[') {
                int close = name.indexOf(']', at);
                if (close < 0) {
                    throw new Problem("Missing ']' in format string");
                }
                parts.add(name.substring(at, close));
                at = close;
                start = close + 1;
            }
            at++;
        }
        if (start < name.length() || parts.isEmpty()) {
            parts.add(name.substring(start));
        }
        return parts;
    }

    private Object first(String name) {
        boolean number = !name.isEmpty() && name.chars().allMatch(Character::isDigit);
        if (!number && !name.isEmpty()) {
            Object value = args.named().get(name);
            if (value == null) {
                throw new Problem(
                        "the format names %s, which was not given".formatted(Repr.quote(name)));
            }
            return value;
        }
        if (number ? automatic > 0 : manual) {
            throw new Problem("cannot mix automatic and manual numbering of format fields");
        }
        manual = number;
        int index = number ? (int) Math.min(Integer.MAX_VALUE, index(name)) : automatic++;
        if (index >= args.positional().size()) {
            throw new Problem(
                    "Replacement index %d out of range for positional args tuple".formatted(index));
        }
        return args.positional().get(index);
    }

    private static long index(String digits) {
        if (digits.length() > 9) {
            throw new Problem("Too many decimal digits in format string");
        }
        return Long.parseLong(digits);
    }
}
