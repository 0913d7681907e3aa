package dev.hone.template;

import java.util.function.IntPredicate;

/** Python's {@code str.isalpha} and its kin: what holds for all characters of a string. */
final class CharacterTests {

    /** Chinese characters that are numbers. */
    private static final String CHINESE_NUMBERS = "〇一二三四五六七八九十百千万億兆";

    private CharacterTests() {}

    private static boolean all(String text, Run run, IntPredicate test) {
        run.touched(text);
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    static boolean alphabetic(String text, Run run) {
        return all(text, run, Character::isLetter);
    }

    static boolean alphanumeric(String text, Run run) {
        return all(text, run, c -> Character.isLetter(c) || isNumeric(c));
    }

    static boolean ascii(String text, Run run) {
        run.touched(text);
        return text.chars().allMatch(c -> c < 128);
    }

    static boolean decimal(String text, Run run) {
        return all(text, run, c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER);
    }

    /** Decimal digits, and those that are superscript, subscript or circled. */
    static boolean digit(String text, Run run) {
        return all(text, run, CharacterTests::isDigit);
    }

    private static boolean isDigit(int c) {
        boolean raised = c == 0xb2 || c == 0xb3 || c == 0xb9;
        boolean script =
                c == 0x2070 || (c >= 0x2074 && c <= 0x2079) || (c >= 0x2080 && c <= 0x2089);
        boolean circled =
                (c >= 0x2460 && c <= 0x2468)
                        || (c >= 0x2474 && c <= 0x247c)
                        || (c >= 0x2488 && c <= 0x2490);
        return raised
                || script
                || circled
                || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
    }

    static boolean numeric(String text, Run run) {
        return all(text, run, CharacterTests::isNumeric);
    }

    private static boolean isNumeric(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
                    true;
            default -> CHINESE_NUMBERS.indexOf(c) >= 0;
        };
    }

    static boolean identifier(String text, Run run) {
        return all(text, run, c -> c == '_' || Character.isUnicodeIdentifierPart(c))
                && (text.charAt(0) == '_'
                        || Character.isUnicodeIdentifierStart(text.codePointAt(0)));
    }

    static boolean lower(String text, Run run) {
        run.touched(text);
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints()
                        .noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean upper(String text, Run run) {
        run.touched(text);
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints()
                        .noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    static boolean title(String text, Run run) {
        boolean inside = false;
        boolean any = false;
        for (int c : Text.codePoints(text, run)) {
            boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (inside ? capital : Character.isLowerCase(c)) {
                return false;
            }
            inside = Casing.isCased(c);
            any |= inside;
        }
        return any;
    }

    static boolean printable(String text, Run run) {
        run.touched(text);
        return text.codePoints().allMatch(Repr::isPrintable);
    }

    static boolean space(String text, Run run) {
        return all(text, run, Text::isSpace);
    }
}
