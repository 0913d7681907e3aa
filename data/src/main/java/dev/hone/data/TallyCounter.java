package dev.hone.data;

import java.util.ArrayList;
import java.util.List;

/** Counts rows and keeps the places of the first {@value Problems#SHOWN}. */
final class TallyCounter {

    private final List<String> sources = new ArrayList<>();
    private long count;

    void add(String source) {
        count++;
        if (sources.size() < Problems.SHOWN) {
            sources.add(source);
        }
    }

    long count() {
        return count;
    }

    Tally tally() {
        return new Tally(count, List.copyOf(sources));
    }
}
