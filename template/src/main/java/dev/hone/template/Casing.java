package dev.hone.template;

import java.util.Locale;

/** Upper and lower case as Python has it: by Unicode, in no language, by code point. */
final class Casing {

    private Casing() {}

    static String upper(String text, Run run) {
        return run.created(text.toUpperCase(Locale.ROOT));
    }

    static String lower(String text, Run run) {
        return run.created(text.toLowerCase(Locale.ROOT));
    }

    /** {@code casefold}: lower case, with the sharp s and the final sigma unified. */
    static String fold(String text, Run run) {
        return run.created(text.toLowerCase(Locale.ROOT).replace("ß", "ss").replace('ς', 'σ'));
    }

    /** First character in title case, the others in lower case. */
    static String capitalize(String text, Run run) {
        if (text.isEmpty()) {
            return text;
        }
        int end = text.offsetByCodePoints(0, 1);
        return run.created(
                titleCase(text.codePointAt(0)) + text.substring(end).toLowerCase(Locale.ROOT));
    }

    /** Each run of letters capitalized. */
    static String title(String text, Run run) {
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (int c : Text.codePoints(text, run)) {
            out.append(inside ? lowerCase(c) : titleCase(c));
            inside = isCased(c);
        }
        return run.created(out.toString());
    }

    static String swap(String text, Run run) {
        StringBuilder out = new StringBuilder();
        for (int c : Text.codePoints(text, run)) {
            String character = Character.toString(c);
            if (Character.isUpperCase(c)) {
                out.append(lowerCase(c));
            } else if (Character.isLowerCase(c)) {
                out.append(character.toUpperCase(Locale.ROOT));
            } else {
                out.append(character);
            }
        }
        return run.created(out.toString());
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    private static String lowerCase(int c) {
        return Character.toString(c).toLowerCase(Locale.ROOT);
    }

    private static String titleCase(int c) {
        String upper = Character.toString(c).toUpperCase(Locale.ROOT);
        if (upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(Character.toTitleCase(c));
        }
        int end = upper.offsetByCodePoints(0, 1);
        return upper.substring(0, end) + upper.substring(end).toLowerCase(Locale.ROOT);
    }
}
