package dev.hone.data.check;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a text into words: runs of letters and digits, in lower case. Scripts that write no spaces
 * give one word a character.
 */
final class Words {

    private Words() {}

    /**
     * The words of a text.
     *
     * @param most how many are wanted; the rest of the text is not looked at
     */
    static List<String> of(String text, int most) {
        List<String> words = new ArrayList<>();
        int start = -1;
        int at = 0;
        while (at < text.length() && words.size() < most) {
            int c = text.codePointAt(at);
            int after = at + Character.charCount(c);
            boolean alone = c > 0x7F && standsAlone(c);
            boolean part = !alone && (Character.isLetterOrDigit(c) || isMark(c));
            if (start >= 0 && !part) {
                words.add(text.substring(start, at).toLowerCase(Locale.ROOT));
                start = -1;
            }
            if (alone) {
                words.add(text.substring(at, after));
            } else if (part && start < 0) {
                start = at;
            }
            at = after;
        }
        if (start >= 0 && words.size() < most) {
            words.add(text.substring(start, at).toLowerCase(Locale.ROOT));
        }
        return words;
    }

    /** Vowel signs and accents that belong to the letter before them. */
    private static boolean isMark(int c) {
        return c > 0x7F
                && (Character.getType(c) == Character.NON_SPACING_MARK
                        || Character.getType(c) == Character.COMBINING_SPACING_MARK);
    }

    private static boolean standsAlone(int c) {
        return switch (UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
