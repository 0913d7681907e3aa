package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes sums, comparisons, amounts of money and dates, as short questions with answers. */
record Figures(Values values) implements Writer {
    private static final List<String> ONES =
            List.of(
                    "zero",
                    "one",
                    "two",
                    "three",
                    "four",
                    "five",
                    "six",
                    "seven",
                    "eight",
                    "nine",
                    "ten",
                    "eleven",
                    "twelve",
                    "thirteen",
                    "fourteen",
                    "fifteen",
                    "sixteen",
                    "seventeen",
                    "eighteen",
                    "nineteen");
    private static final List<String> TENS =
            List.of(
                    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
                    "ninety");

    @Override
    public List<Exchange> write() {
        List<Exchange> exchanges = new ArrayList<>();
        int count = values.draw().between(2, 5);
        for (int i = 0; i < count; i++) {
            exchanges.add(one());
        }
        return exchanges;
    }

    private Exchange one() {
        Draw draw = values.draw();
        int a = draw.below(draw.of(10, 20, 100));
        int b = draw.below(draw.of(10, 20, 100));
        return switch (draw.below(10)) {
            case 0 ->
                    new Exchange(
                            draw.of("What is %d + %d?", "Add %d and %d.", "%d + %d =")
                                    .formatted(a, b),
                            "" + (a + b));
            case 1 ->
                    new Exchange(
                            draw.of("What is %d - %d?", "%d minus %d?", "%d - %d =")
                                    .formatted(Math.max(a, b), Math.min(a, b)),
                            "" + Math.abs(a - b));
            case 2 ->
                    new Exchange(
                            draw.of(
                                            "Which number is larger, %d or %d?",
                                            "Give the greater of %d and %d.")
                                    .formatted(a, b),
                            "" + Math.max(a, b));
            case 3 ->
                    new Exchange(
                            draw.of("Write %d in words.", "Spell out %d.").formatted(a),
                            inWords(a));
            case 4 ->
                    new Exchange(
                            draw.of("Write \"%s\" in digits.", "As a number: %s")
                                    .formatted(inWords(a)),
                            "" + a);
            case 5, 6, 7 -> date(draw);
            case 8 -> {
                int units = draw.between(1, 999);
                int cents = draw.below(100);
                String plain = units + "." + Values.twoDigits(cents);
                yield switch (draw.below(3)) {
                    case 0 ->
                            new Exchange(
                                    "Write $" + plain + " in words: dollars and cents.",
                                    units + " dollars and " + cents + " cents");
                    case 1 ->
                            new Exchange(
                                    "Write "
                                            + units
                                            + " euros and "
                                            + cents
                                            + " cents as a decimal number.",
                                    plain);
                    default ->
                            new Exchange(
                                    "Write " + plain + " with a comma instead of the point.",
                                    units + "," + Values.twoDigits(cents));
                };
            }
            default -> {
                String digits = values.of("big");
                yield new Exchange(
                        "Write " + digits + " with one space between the digits.",
                        String.join(" ", digits.split("")));
            }
        };
    }

    private static Exchange date(Draw draw) {
        Calendar day = Calendar.draw(draw);
        int from = draw.below(Calendar.FORMS);
        int to = draw.below(Calendar.FORMS);
        return switch (draw.below(4)) {
            case 0 ->
                    new Exchange(
                            "In which year was " + day.written(from) + "?",
                            "" + day.day().getYear());
            case 1 -> new Exchange("Write " + day.written(from) + " as YYYY-MM-DD.", day.iso());
            default ->
                    new Exchange(
                            draw.of(
                                            "Rewrite the date %s in this form: %s.",
                                            "Date: %s. Form: %s.",
                                            "Please write %s in the form: %s.")
                                    .formatted(day.written(from), Calendar.nameOf(to)),
                            day.written(to));
        };
    }

    /** An amount such as {@code $12.50} or {@code 340 euros}. */
    static String money(Draw draw) {
        String plain = draw.below(draw.of(10, 100, 1000)) + "";
        String exact = plain + "." + Values.twoDigits(draw.below(100));
        return draw.of(
                "$" + exact,
                plain + " euros",
                "€" + exact,
                plain + " dollars",
                exact + " EUR",
                "£" + plain);
    }

    /** A whole number below one hundred in English words. */
    static String inWords(int number) {
        if (number < 20) {
            return ONES.get(number);
        }
        return TENS.get(number / 10) + (number % 10 == 0 ? "" : "-" + ONES.get(number % 10));
    }

    /** Every exchange as lines of plain text. */
    Row asText() {
        StringBuilder text = new StringBuilder();
        for (Exchange exchange : write()) {
            text.append(exchange.question()).append(' ').append(exchange.answer()).append('\n');
        }
        return new Row.Text(text.toString().strip().toLowerCase(Locale.ROOT));
    }
}
