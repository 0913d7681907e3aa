package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** International bank account numbers with right check digits. */
record Ibans() implements Sensitive {

    private static final Pattern CANDIDATE =
            Pattern.compile(
                    "(?<![\\w])[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\\w])");

    @Override
    public Code code() {
        return Code.IBAN;
    }

    @Override
    public String accepted() {
        return "no account number";
    }

    @Override
    public List<Hit> find(String text) {
        if (Digits.longestRun(text) < 8) {
            return List.of();
        }
        List<Hit> hits = new ArrayList<>();
        Matcher matcher = CANDIDATE.matcher(text);
        while (matcher.find()) {
            String account = matcher.group().replace(" ", "");
            if (account.length() >= 15 && account.length() <= 34 && Digits.iban(account)) {
                hits.add(new Hit("a bank account number", matcher.start(), matcher.end()));
            }
        }
        return hits;
    }
}
