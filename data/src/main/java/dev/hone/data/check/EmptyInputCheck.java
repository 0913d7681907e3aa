package dev.hone.data.check;

/** Turns without a text, other than trained answers: those the reader refuses. */
record EmptyInputCheck() implements Check.OfRow {

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part part : row.parts()) {
            if (part.speaker() == CheckedRow.Speaker.USER && part.text().isBlank()) {
                out.add(row, Code.EMPTY_INPUT, part.name() + " is empty", "a text");
            }
        }
    }
}
