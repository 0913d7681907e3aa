package dev.hone.starter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Seeded choices. The same seed gives the same choices on every machine and Java version, because
 * {@link Random} fixes its algorithm in its specification.
 */
public final class Draw {
    private final Random random;

    /** A fresh run of choices for {@code seed}. */
    public Draw(long seed) {
        this.random = new Random(seed);
    }

    /** A whole number from 0 up to, but not including, {@code bound}. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** A whole number from {@code low} to {@code high}, both included. */
    public int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    /** True with the given probability. */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** One of the given things. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final <T> T of(T... choices) {
        return choices[below(choices.length)];
    }

    /** One element of {@code choices}. */
    public <T> T of(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /**
     * {@code count} different elements of {@code choices} in random order.
     *
     * @throws IllegalArgumentException when there are fewer than {@code count} choices
     */
    public <T> List<T> some(List<T> choices, int count) {
        if (count > choices.size()) {
            throw new IllegalArgumentException(
                    "cannot draw " + count + " different elements from " + choices.size());
        }
        return List.copyOf(shuffled(choices).subList(0, count));
    }

    /** All elements of {@code choices} in random order. */
    public <T> List<T> shuffled(List<T> choices) {
        List<T> copy = new ArrayList<>(choices);
        Collections.shuffle(copy, random);
        return copy;
    }
}
