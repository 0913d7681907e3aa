package dev.hone.starter.tokenizer;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How text is cut before bytes are merged. As in GPT-2 a space joins the word after it, but only a
 * word in small letters: a name, a number or a code has the same tokens after a space, a quote or a
 * bracket, so that copying it from a sentence into JSON is copying tokens. Digits stand alone and a
 * capital letter begins a piece for the same reason.
 */
final class SplitPattern {
    /**
     * Works alike in {@link Pattern} with Unicode classes and in the regular expressions of {@code
     * tokenizer.json}.
     */
    static final String REGEX =
            "'(?:s|t|re|ve|m|ll|d)(?!\\p{L})"
                    + "| ?[\\p{Ll}\\p{Lo}\\p{Lm}\\p{M}]+"
                    + "|[\\p{Lu}\\p{Lt}][\\p{Ll}\\p{M}]*"
                    + "|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{N}\\p{M}]+"
                    + "|\\s*[\\r\\n]+"
                    + "|\\s+(?!\\S)"
                    + "|\\s+";

    private final Pattern pattern = Pattern.compile(REGEX, Pattern.UNICODE_CHARACTER_CLASS);

    /** Adds the pieces of {@code text} to {@code counts}. */
    void count(String text, Map<String, Long> counts) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            counts.merge(matcher.group(), 1L, Long::sum);
        }
    }

    /** The pieces of {@code text} with how often each occurs. */
    Map<String, Long> count(String text) {
        Map<String, Long> counts = new TreeMap<>();
        count(text, counts);
        return counts;
    }
}
