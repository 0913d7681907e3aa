package dev.hone.data;

import java.util.Optional;

/**
 * What a Java string may hold and a tokenizer cannot take. Native code receives strings in modified
 * UTF-8, where a zero character and a lone surrogate are not UTF-8; the tokenizer would silently
 * read replacement characters instead.
 */
final class UnicodeDefect {

    private UnicodeDefect() {}

    /**
     * The first defect in words, with its index in UTF-16 units; empty if the text can be
     * tokenised.
     */
    static Optional<String> find(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return Optional.of("a zero character (\\u0000) at index " + i);
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return Optional.of(
                        "half a surrogate pair (\\u%04x) at index %d".formatted((int) c, i));
            }
        }
        return Optional.empty();
    }
}
