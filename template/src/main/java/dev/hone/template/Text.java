package dev.hone.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Strings as Python sees them: sequences of code points, with Python's idea of whitespace and line
 * ends, and searches whose cost is linear whatever is searched for.
 */
final class Text {

    private static final int SHORT_NEEDLE = 16;

    private Text() {}

    /** Whether {@code str.isspace} holds for the character. */
    static boolean isSpace(int c) {
        return switch (c) {
            case ' ', '\t', '\n', 0x0b, '\f', '\r', 0x1c, 0x1d, 0x1e, 0x1f, 0x85, 0xa0 -> true;
            case 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> c >= 0x2000 && c <= 0x200a;
        };
    }

    static int skipSpace(String text, int from) {
        int i = from;
        while (i < text.length() && isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Number of code points. */
    static int length(String text, Run run) {
        run.touched(text);
        return text.codePointCount(0, text.length());
    }

    static int[] codePoints(String text, Run run) {
        run.touched(text);
        return text.codePoints().toArray();
    }

    /** The code points of {@code text} as strings. */
    static Iterator<Object> characters(String text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public Object next() {
                String character = Character.toString(text.codePointAt(at));
                at += character.length();
                return character;
            }
        };
    }

    /** Index in UTF-16 units of the code point {@code index}, which lies within the text. */
    static int unitIndex(String text, int index, Run run) {
        run.touched(text);
        return text.offsetByCodePoints(0, index);
    }

    /** First index (UTF-16) of {@code needle} from {@code from} on, or -1. */
    static int find(String text, String needle, int from, Run run) {
        run.charge(1 + (text.length() - (long) from) / 4);
        if (needle.length() <= SHORT_NEEDLE) {
            return text.indexOf(needle, from);
        }
        return new Needle(needle, run).find(text, from);
    }

    /** Last index (UTF-16) of {@code needle} that ends at {@code to} or before, or -1. */
    static int findLast(String text, String needle, int to, Run run) {
        run.charge(1 + to / 4);
        if (needle.length() <= SHORT_NEEDLE) {
            return text.lastIndexOf(needle, to - needle.length());
        }
        Needle prepared = new Needle(needle, run);
        int last = -1;
        int found = prepared.find(text, 0);
        while (found >= 0 && found + needle.length() <= to) {
            last = found;
            found = prepared.find(text, found + 1);
        }
        return last;
    }

    /** A long needle, searched for in linear time (Knuth, Morris and Pratt). */
    private static final class Needle {

        private final String needle;
        private final int[] borders;
        private final Run run;

        Needle(String needle, Run run) {
            run.charge(needle.length());
            this.needle = needle;
            this.run = run;
            borders = new int[needle.length() + 1];
            borders[0] = -1;
            int border = -1;
            for (int i = 0; i < needle.length(); i++) {
                while (border >= 0 && needle.charAt(border) != needle.charAt(i)) {
                    border = borders[border];
                }
                borders[i + 1] = ++border;
            }
        }

        int find(String text, int from) {
            int matched = 0;
            for (int i = from; i < text.length(); i++) {
                while (matched >= 0 && needle.charAt(matched) != text.charAt(i)) {
                    matched = borders[matched];
                }
                matched++;
                if (matched == needle.length()) {
                    run.charge((i - (long) from) / 4);
                    return i + 1 - matched;
                }
            }
            run.charge((text.length() - (long) from) / 4);
            return -1;
        }
    }

    /** Cuts whitespace, or the characters of {@code chars} when given, from the chosen ends. */
    static String strip(String text, String chars, boolean left, boolean right, Run run) {
        run.touched(text);
        int[] set = chars.codePoints().sorted().distinct().toArray();
        int start = 0;
        int end = text.length();
        while (left && start < end && stripped(text.codePointAt(start), set)) {
            start += Character.charCount(text.codePointAt(start));
            run.charge(1);
        }
        while (right && start < end && stripped(text.codePointBefore(end), set)) {
            end -= Character.charCount(text.codePointBefore(end));
            run.charge(1);
        }
        return text.substring(start, end);
    }

    private static boolean stripped(int c, int[] set) {
        return set.length == 0 ? isSpace(c) : Arrays.binarySearch(set, c) >= 0;
    }

    /** Replaces the first {@code count} occurrences, all of them when negative. */
    static String replace(String text, String old, String with, int count, Run run) {
        if (count == 0) {
            return text;
        }
        if (old.isEmpty()) {
            return interleave(text, with, count, run);
        }
        StringBuilder out = new StringBuilder();
        int done = 0;
        int from = 0;
        int found = find(text, old, 0, run);
        while (found >= 0 && (count < 0 || done < count)) {
            run.charge((long) found - from + with.length());
            out.append(text, from, found).append(with);
            from = found + old.length();
            done++;
            found = find(text, old, from, run, 1);
        }
        return done == 0 ? text : out.append(text, from, text.length()).toString();
    }

    /** As {@link #find}, charging only for what was gone through to find the next one. */
    private static int find(String text, String needle, int from, Run run, int charge) {
        int found =
                needle.length() <= SHORT_NEEDLE
                        ? text.indexOf(needle, from)
                        : new Needle(needle, run).find(text, from);
        int end = found < 0 ? text.length() : found;
        run.charge(charge + (end - (long) from) / 4);
        return found;
    }

    private static String interleave(String text, String with, int count, Run run) {
        int[] characters = codePoints(text, run);
        long times = count < 0 ? characters.length + 1L : Math.min(count, characters.length + 1L);
        run.willCreate(times, with.length());
        run.charge(text.length());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i <= characters.length; i++) {
            if (i < times) {
                out.append(with);
            }
            if (i < characters.length) {
                out.appendCodePoint(characters[i]);
            }
        }
        return out.toString();
    }

    /** {@code str.split(separator, limit)}; a negative limit means none. */
    static List<Object> split(String text, String separator, int limit, Run run) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        int found = find(text, separator, 0, run, 1);
        while (found >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.add(run.created(text.substring(from, found)));
            from = found + separator.length();
            found = find(text, separator, from, run, 1);
        }
        parts.add(run.created(text.substring(from)));
        return parts;
    }

    /** {@code str.rsplit(separator, limit)}. */
    static List<Object> splitLast(String text, String separator, int limit, Run run) {
        if (limit < 0) {
            return split(text, separator, limit, run);
        }
        List<Object> parts = new ArrayList<>();
        int to = text.length();
        while (parts.size() < limit) {
            int found = findLast(text, separator, to, run);
            if (found < 0) {
                break;
            }
            parts.add(run.created(text.substring(found + separator.length(), to)));
            to = found;
        }
        parts.add(run.created(text.substring(0, to)));
        return parts.reversed();
    }

    /** {@code str.split()}: at runs of whitespace, none of which stays. */
    static List<Object> words(String text, int limit, Run run) {
        run.touched(text);
        List<Object> parts = new ArrayList<>();
        int at = skipSpace(text, 0);
        while (at < text.length()) {
            if (limit >= 0 && parts.size() >= limit) {
                parts.add(run.created(text.substring(at)));
                break;
            }
            int end = at;
            while (end < text.length() && !isSpace(text.charAt(end))) {
                end++;
            }
            parts.add(run.created(text.substring(at, end)));
            at = skipSpace(text, end);
        }
        return parts;
    }

    /** {@code str.rsplit(None, limit)}. */
    static List<Object> lastWords(String text, int limit, Run run) {
        if (limit < 0) {
            return words(text, limit, run);
        }
        List<Object> parts = new ArrayList<>();
        String rest = strip(text, "", false, true, run);
        while (!rest.isEmpty()) {
            if (parts.size() >= limit) {
                parts.add(rest);
                break;
            }
            int start = rest.length();
            while (start > 0 && !isSpace(rest.charAt(start - 1))) {
                start--;
            }
            parts.add(run.created(rest.substring(start)));
            rest = strip(run.created(rest.substring(0, start)), "", false, true, run);
        }
        return parts.reversed();
    }

    /** {@code str.splitlines(keep)}. */
    static List<Object> lines(String text, boolean keep, Run run) {
        run.charge(text.length());
        List<Object> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        while (at < text.length()) {
            if (!isLineEnd(text.charAt(at))) {
                at++;
                continue;
            }
            int end = text.startsWith("\r\n", at) ? at + 2 : at + 1;
            parts.add(text.substring(from, keep ? end : at));
            from = end;
            at = end;
        }
        if (from < text.length()) {
            parts.add(text.substring(from));
        }
        return parts;
    }

    private static boolean isLineEnd(char c) {
        return switch (c) {
            case '\n', 0x0b, '\f', '\r', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    /** {@code text} with {@code left} and {@code right} times {@code fill} around it. */
    static String pad(String text, int left, int right, String fill, Run run) {
        run.willCreate(Math.max(0, left) + (long) Math.max(0, right) + text.length(), 1);
        return fill.repeat(Math.max(0, left)) + text + fill.repeat(Math.max(0, right));
    }
}
