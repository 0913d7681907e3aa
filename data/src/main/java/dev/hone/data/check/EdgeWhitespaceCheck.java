package dev.hone.data.check;

/** Spaces and empty lines around what is trained. */
record EdgeWhitespaceCheck() implements Check.OfRow {

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part answer : row.answers()) {
            String text = answer.text();
            if (!text.equals(text.strip())) {
                int before = text.length() - text.stripLeading().length();
                int after = text.length() - text.stripTrailing().length();
                out.add(
                        row,
                        Code.EDGE_WHITESPACE,
                        "%s has %d white characters in front and %d behind"
                                .formatted(answer.name(), before, after),
                        "none");
            }
        }
    }
}
