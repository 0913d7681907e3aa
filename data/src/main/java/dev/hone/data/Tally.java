package dev.hone.data;

import java.util.List;

/**
 * How many rows something happened to, and where.
 *
 * @param count all of them
 * @param sources {@code file:line} of the first {@value Problems#SHOWN}
 */
public record Tally(long count, List<String> sources) {

    @Override
    public String toString() {
        if (count == 0) {
            return "0";
        }
        return "%,d (%s%s)"
                .formatted(count, String.join(", ", sources), count > sources.size() ? ", …" : "");
    }
}
