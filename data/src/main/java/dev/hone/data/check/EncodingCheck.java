package dev.hone.data.check;

import java.util.Optional;

/**
 * Traces of text that went through the wrong character set: mojibake, lost and control characters.
 */
record EncodingCheck() implements Check.OfRow {

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part part : row.parts()) {
            String text = part.text();
            Optional<Mojibake.Run> run = Mojibake.find(text, 0);
            if (run.isPresent()) {
                int start = run.get().start();
                int end = run.get().end();
                out.add(
                        row,
                        Code.MOJIBAKE,
                        "%s holds \"%s\": %s"
                                .formatted(
                                        part.name(),
                                        text.substring(start, end),
                                        Excerpt.around(text, start, end)),
                        "\"" + run.get().original() + "\"");
            }
            int lost = text.indexOf('\uFFFD');
            if (lost >= 0) {
                out.add(
                        row,
                        Code.REPLACEMENT_CHARACTER,
                        "%s holds U+FFFD at character %d: %s"
                                .formatted(
                                        part.name(),
                                        lost + 1,
                                        Excerpt.around(text, lost, lost + 1)),
                        "the character that was there");
            }
            // What is left of a character by mojibake is often a control character.
            int control = run.isPresent() ? -1 : Controls.first(text);
            if (control >= 0) {
                out.add(
                        row,
                        Code.CONTROL_CHARACTER,
                        "%s holds U+%04X at character %d"
                                .formatted(part.name(), (int) text.charAt(control), control + 1),
                        "line feeds and tabs only");
            }
        }
    }
}
