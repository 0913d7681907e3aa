package dev.hone.data.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers that begin by refusing. */
record RefusalCheck() implements Check.OfRow {

    /** A refusal comes first; further on the same words mean something else. */
    private static final int BEGINNING = 200;

    private static final Pattern REFUSAL =
            Pattern.compile(
                    "(?i)^\\W*((i[’']?m|i am) (very |really |truly )?sorry,? (but )?(as an ai\\b.{0,40}?)?(i |we |that )"
                            + "(can[’']?t|cannot|can not|won[’']?t|am (not able|unable)|don[’']?t|do not have)"
                            + "|i (apologi[sz]e|regret),? (but|that) (as an ai\\b.{0,40}?)?i (can[’']?t|cannot|am (not able|unable)|don[’']?t)"
                            + "|sorry,? (but )?i (can[’']?t|cannot|am (not able|unable))"
                            + "|(unfortunately,? )?i (can[’']?t|cannot|can not|won[’']?t|am (not able|unable) to) (help|assist|fulfil|comply|provide|answer|do that|create|generate|write|support|engage)"
                            + "|i must (decline|refuse)"
                            + "|as an ai\\b[^.]{0,60}\\bi (can[’']?t|cannot|am (not able|unable) to|do not|don[’']?t)"
                            + "|es tut mir leid,? (aber )?ich kann|je suis désolée?,? (mais )?je ne peux|lo siento,? (pero )?no puedo)");

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part answer : row.answers()) {
            String text = answer.text();
            Matcher matcher =
                    REFUSAL.matcher(text.substring(0, Math.min(BEGINNING, text.length())));
            if (matcher.find()) {
                out.add(
                        row,
                        Code.REFUSAL,
                        "%s refuses: %s".formatted(answer.name(), Excerpt.start(text)),
                        "an answer");
            }
        }
    }
}
