package dev.hone.cli;

import java.io.PrintWriter;

/** A line that says how many rows are done, and is gone when the work is. */
final class RowCounter {
    private static final long EVERY = 20_000;
    private static final String CLEAR = "\r\033[K";

    private final PrintWriter err;
    private final boolean shown;
    private long next = EVERY;

    /**
     * @param shown whether a person is looking
     */
    RowCounter(PrintWriter err, boolean shown) {
        this.err = err;
        this.shown = shown;
    }

    void show(long rows) {
        if (shown && rows >= next) {
            err.printf("%s%,d rows", CLEAR, rows);
            err.flush();
            next = rows + EVERY;
        }
    }

    void clear() {
        if (shown && next > EVERY) {
            err.print(CLEAR);
            err.flush();
        }
    }
}
