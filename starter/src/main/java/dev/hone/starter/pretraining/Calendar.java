package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Locale;

/** A day and the ways people write it. */
record Calendar(LocalDate day) {
    /** The number of ways {@link #written} knows. */
    static final int FORMS = 8;

    /** Some day between 1950 and 2035. */
    static Calendar draw(Draw draw) {
        return new Calendar(
                LocalDate.of(draw.between(1950, 2035), draw.between(1, 12), draw.between(1, 28)));
    }

    /** As {@code 2026-03-09}. */
    String iso() {
        return day.toString();
    }

    /** In one of {@link #FORMS} forms. */
    String written(int form) {
        String month = day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
        String shortMonth = day.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
        int date = day.getDayOfMonth();
        return switch (form) {
            case 0 -> date + " " + month + " " + day.getYear();
            case 1 -> month + " " + date + ", " + day.getYear();
            case 2 -> iso();
            case 3 -> date + " " + shortMonth + " " + day.getYear();
            case 4 ->
                    Values.twoDigits(date)
                            + "/"
                            + Values.twoDigits(day.getMonthValue())
                            + "/"
                            + day.getYear();
            case 5 -> date + ordinal(date) + " of " + month + " " + day.getYear();
            case 6 -> date + "." + day.getMonthValue() + "." + day.getYear();
            default -> "the " + date + ordinal(date) + " of " + month + ", " + day.getYear();
        };
    }

    /** What {@link #written} does, in words an instruction can use. */
    static String nameOf(int form) {
        return switch (form) {
            case 0 -> "day, month, year";
            case 1 -> "month, day, year";
            case 2 -> "ISO format";
            case 3 -> "day, short month, year";
            case 4 -> "DD/MM/YYYY";
            case 5 -> "ordinal form";
            case 6 -> "D.M.YYYY";
            default -> "long form";
        };
    }

    static String ordinal(int number) {
        int tens = number % 100;
        if (tens >= 11 && tens <= 13) {
            return "th";
        }
        return switch (number % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
    }
}
