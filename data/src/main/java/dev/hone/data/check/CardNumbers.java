package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Payment card numbers: the issuer's first digits and length, and a right check digit. */
record CardNumbers() implements Sensitive {

    private static final Pattern CANDIDATE =
            Pattern.compile("(?<![\\w.+-])\\d(?:[ -]?\\d){12,18}(?![\\w-]|\\.\\d)");

    /** Visa, Mastercard, American Express, Discover. */
    private static final Pattern ISSUER =
            Pattern.compile(
                    "4\\d{15}|5[1-5]\\d{14}|2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}"
                            + "|3[47]\\d{13}|6(?:011|5\\d\\d)\\d{12}");

    @Override
    public Code code() {
        return Code.CARD;
    }

    @Override
    public String accepted() {
        return "no card number";
    }

    @Override
    public List<Hit> find(String text) {
        if (Digits.longestRun(text) < 13) {
            return List.of();
        }
        List<Hit> hits = new ArrayList<>();
        Matcher matcher = CANDIDATE.matcher(text);
        while (matcher.find()) {
            String digits = matcher.group().replaceAll("[ -]", "");
            if (ISSUER.matcher(digits).matches() && Digits.luhn(digits)) {
                hits.add(new Hit("a payment card number", matcher.start(), matcher.end()));
            }
        }
        return hits;
    }
}
