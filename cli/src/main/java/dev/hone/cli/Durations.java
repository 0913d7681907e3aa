package dev.hone.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people type them. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(h|min|m|d)");

    private Durations() {}

    /** Hours of {@code 6h}, {@code 90min} or {@code 2d}. */
    static double hours(String option, String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new BadInputException(
                    "%s: expected a time such as 6h, 90min or 2d, found '%s'"
                            .formatted(option, text));
        }
        double number = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "h" -> number;
            case "d" -> 24 * number;
            default -> number / 60;
        };
    }
}
