package dev.hone.data.check;

/**
 * Something that {@link DataCheck} looks for. A new check is one class and one line in {@link
 * Checks}.
 */
sealed interface Check {

    /** Looks at one row by itself; safe from several threads. */
    non-sealed interface OfRow extends Check {
        void check(CheckedRow row, Findings out);
    }

    /**
     * Compares rows with each other. What it keeps of a row is its sketch, a few bytes, never the
     * row.
     *
     * @param <S> the sketch of a row
     */
    non-sealed interface OfAll<S> extends Check {

        /** Makes the sketch; safe from several threads. */
        S sketch(CheckedRow row);

        /** Takes the rows in file order, training files first. */
        void add(CheckedRow row, S sketch, Findings out);

        /** After the last row. */
        default void finish(Findings out) {}
    }
}
