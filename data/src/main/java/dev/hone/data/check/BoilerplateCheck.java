package dev.hone.data.check;

import java.util.List;
import java.util.Locale;

/** Phrases that assistants of others are known by. */
record BoilerplateCheck() implements Check.OfRow {

    private static final List<String> PHRASES =
            List.of(
                    "as an ai language model",
                    "as a large language model",
                    "as a language model",
                    "as an artificial intelligence",
                    "as an ai, i",
                    "as an ai assistant, i",
                    "i'm just an ai",
                    "i am just an ai",
                    "i am an ai language model",
                    "i'm an ai language model",
                    "trained by openai",
                    "developed by openai",
                    "created by openai",
                    "created by anthropic",
                    "i am chatgpt",
                    "i'm chatgpt",
                    "my knowledge cutoff",
                    "my knowledge cut-off",
                    "my training data only goes",
                    "as of my last update",
                    "as of my last knowledge update",
                    "i do not have personal opinions",
                    "i don't have personal opinions");

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part answer : row.answers()) {
            String lower = answer.text().toLowerCase(Locale.ROOT).replace('’', '\'');
            for (String phrase : PHRASES) {
                int at = lower.indexOf(phrase);
                if (at >= 0) {
                    int start = Math.min(at, answer.text().length());
                    out.add(
                            row,
                            Code.BOILERPLATE,
                            "%s says \"%s\": %s"
                                    .formatted(
                                            answer.name(),
                                            phrase,
                                            Excerpt.around(
                                                    answer.text(), start, start + phrase.length())),
                            "words of your own assistant");
                    break;
                }
            }
        }
    }
}
