package dev.hone.data.check;

/**
 * Characters that no text needs: controls other than tab, line feed and carriage return, and what
 * no tokenizer can read.
 */
final class Controls {

    private Controls() {}

    /** Index of the first one, -1 if there is none. */
    static int first(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isOne(text, i)) {
                return i;
            }
        }
        return -1;
    }

    /** The text without them. */
    static String removed(String text) {
        if (first(text) < 0) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (!isOne(text, i)) {
                kept.append(text.charAt(i));
            }
        }
        return kept.toString();
    }

    /** C0, C1, the byte order mark, and half a surrogate pair. */
    private static boolean isOne(String text, int i) {
        char c = text.charAt(i);
        if (c < 0x7F) {
            return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
        }
        boolean half =
                Character.isHighSurrogate(c)
                        ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                        : Character.isLowSurrogate(c)
                                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
        return c <= 0x9F || c == '\uFEFF' || half;
    }
}
