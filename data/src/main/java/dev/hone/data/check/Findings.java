package dev.hone.data.check;

/** Takes what checks find. */
@FunctionalInterface
interface Findings {

    void add(Finding finding);

    /** A finding about a row. */
    default void add(CheckedRow row, Code code, String found, String accepted) {
        add(new Finding(row.place(), code, found, accepted));
    }
}
