package dev.hone.evaluate;

import java.util.List;
import java.util.function.Predicate;

/** How many of how many. */
public record Share(int hits, int of) {

    /** Counts the answers that {@code test} accepts. */
    public static Share of(List<Answered> answers, Predicate<Answered> test) {
        return new Share((int) answers.stream().filter(test).count(), answers.size());
    }

    /** Between 0 and 1; 0 of nothing. */
    public double value() {
        return of == 0 ? 0 : (double) hits / of;
    }
}
