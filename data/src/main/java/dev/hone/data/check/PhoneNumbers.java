package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Telephone numbers: international ones that begin with +, and North American ones. Numbers set
 * aside for fiction (555-01xx) do not count.
 */
record PhoneNumbers() implements Sensitive {

    private static final Pattern INTERNATIONAL =
            Pattern.compile("(?<![\\w+.)])\\+[1-9](?:[ .-]?\\(?\\d\\)?){7,14}(?![\\w])");

    private static final Pattern NORTH_AMERICAN =
            Pattern.compile(
                    "(?<![\\w.+/-])(?:1[ .-])?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d([.-]))[2-9]\\d\\d[.-]\\d{4}(?![\\w.-]*\\d)");

    private static final Pattern FICTION = Pattern.compile(".*555\\D?01\\d\\d");

    @Override
    public Code code() {
        return Code.PHONE;
    }

    @Override
    public String accepted() {
        return "no number of a person; 555-0100 to 555-0199 are free for use";
    }

    @Override
    public List<Hit> find(String text) {
        if (Digits.longestRun(text) < 8) {
            return List.of();
        }
        List<Hit> hits = new ArrayList<>();
        for (Pattern pattern : List.of(INTERNATIONAL, NORTH_AMERICAN)) {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                if (!FICTION.matcher(matcher.group()).matches() && !isSum(matcher.group())) {
                    hits.add(new Hit("a telephone number", matcher.start(), matcher.end()));
                }
            }
        }
        return Sensitive.apart(hits);
    }

    /** A long number without any space behind a plus is arithmetic more often than not. */
    private static boolean isSum(String number) {
        return number.length() > 14 && number.chars().skip(1).allMatch(Character::isDigit);
    }
}
