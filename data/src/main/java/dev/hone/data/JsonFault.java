package dev.hone.data;

import tools.jackson.core.JacksonException;

/** What Jackson says about JSON that it cannot read, in words for a person. */
final class JsonFault {

    private JsonFault() {}

    /**
     * The fault, with its column where that is known: {@code , at column 5: Unexpected character
     * …}.
     */
    static String in(JacksonException e) {
        String where =
                e.getLocation() == null
                        ? ""
                        : ", at column " + Math.max(1, e.getLocation().getColumnNr());
        return where + ": " + e.getOriginalMessage();
    }

    /** The line of the fault, 1 where it is not known. */
    static long line(JacksonException e) {
        return e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
    }
}
