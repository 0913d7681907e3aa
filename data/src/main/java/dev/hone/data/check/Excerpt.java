package dev.hone.data.check;

/** Short quotations for messages: one line, masked, never in the middle of a character. */
final class Excerpt {

    private static final int LONGEST = 60;

    private Excerpt() {}

    /** The beginning of a text. */
    static String start(String text) {
        String masked = Sensitive.mask(text);
        String line = oneLine(masked.substring(0, safe(masked, 8 * LONGEST)));
        return line.length() <= LONGEST
                ? "\"" + line + "\""
                : "\"" + line.substring(0, safe(line, LONGEST)) + "…\"";
    }

    /** The end of a text. */
    static String end(String text) {
        String masked = Sensitive.mask(text);
        String line = oneLine(masked.substring(safe(masked, masked.length() - 8 * LONGEST)));
        return line.length() <= LONGEST
                ? "\"" + line + "\""
                : "\"…" + line.substring(safe(line, line.length() - LONGEST)) + "\"";
    }

    /** What stands around characters {@code [start, end)}. */
    static String around(String text, int start, int end) {
        String masked = Sensitive.mask(text);
        int from = safe(masked, start - 20);
        int to = safe(masked, Math.min(end, start + LONGEST) + 20);
        return "\"%s%s%s\""
                .formatted(
                        from > 0 ? "…" : "",
                        oneLine(masked.substring(from, to)),
                        to < text.length() ? "…" : "");
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** The nearest index that is in the text and not between the halves of a surrogate pair. */
    private static int safe(String text, int wanted) {
        int index = Math.clamp(wanted, 0, text.length());
        boolean inside =
                index > 0
                        && index < text.length()
                        && Character.isLowSurrogate(text.charAt(index))
                        && Character.isHighSurrogate(text.charAt(index - 1));
        return inside ? index - 1 : index;
    }
}
