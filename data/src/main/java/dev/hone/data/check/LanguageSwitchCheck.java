package dev.hone.data.check;

import java.util.Optional;
import java.util.regex.Pattern;

/** Answers in another language than the turn they answer, unless that asks for one. */
record LanguageSwitchCheck() implements Check.OfRow {

    private static final Pattern ASKED_FOR =
            Pattern.compile(
                    "(?i)translat|übersetz|tradu[cijz]|vertaal|\\blanguage|sprache|langue|idioma|lingua"
                            + "|english|german|french|spanish|italian|portuguese|dutch|polish|swedish|turkish|chinese|mandarin"
                            + "|japanese|korean|russian|arabic|hebrew|hindi|greek|thai|latin|deutsch|englisch|anglais|français"
                            + "|inglés|español|翻译|翻譯|英文|中文|英语|汉语|訳");

    @Override
    public void check(CheckedRow row, Findings out) {
        Optional<CheckedRow.Part> answer = row.lastAnswer();
        int last = row.parts().size() - 1;
        if (answer.isEmpty()
                || last < 1
                || row.parts().get(last - 1).speaker() != CheckedRow.Speaker.USER) {
            return;
        }
        CheckedRow.Part asked = row.parts().get(last - 1);
        Optional<Language> from = Language.of(asked.text());
        Optional<Language> to = Language.of(answer.get().text());
        if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            return;
        }
        boolean wanted =
                row.parts().stream()
                        .filter(part -> part.speaker() != CheckedRow.Speaker.ASSISTANT)
                        .anyMatch(part -> ASKED_FOR.matcher(part.text()).find());
        if (!wanted) {
            out.add(
                    row,
                    Code.LANGUAGE_SWITCH,
                    "%s is in %s and %s in %s: %s"
                            .formatted(
                                    asked.name(),
                                    from.get().label(),
                                    answer.get().name(),
                                    to.get().label(),
                                    Excerpt.start(answer.get().text())),
                    "one language, or a turn that asks for another");
        }
    }
}
