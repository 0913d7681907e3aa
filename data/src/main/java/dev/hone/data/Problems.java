package dev.hone.data;

import java.util.ArrayList;
import java.util.List;

/** Collects faults: counts all of them and keeps the first {@value #SHOWN}. */
final class Problems {

    /** How many faults are kept for showing. */
    static final int SHOWN = 50;

    private final List<Problem> shown = new ArrayList<>();
    private long total;

    void add(Problem problem) {
        total++;
        if (shown.size() < SHOWN) {
            shown.add(problem);
        }
    }

    /**
     * @throws DataException if any fault was added
     */
    void throwIfAny() {
        if (total > 0) {
            throw new DataException(shown, total);
        }
    }
}
