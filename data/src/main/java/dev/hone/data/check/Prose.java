package dev.hone.data.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a text that is not code. */
final class Prose {

    private static final Pattern CODE = Pattern.compile("(?s)```.*?(?:```|$)|`[^`\n]+`");

    private Prose() {}

    /** The text with blocks and spans of code blanked out. It stays as long as it is. */
    static String withoutCode(String text) {
        if (text.indexOf('`') < 0) {
            return text;
        }
        Matcher matcher = CODE.matcher(text);
        StringBuilder prose = new StringBuilder(text);
        while (matcher.find()) {
            for (int i = matcher.start(); i < matcher.end(); i++) {
                prose.setCharAt(i, ' ');
            }
        }
        return prose.toString();
    }
}
