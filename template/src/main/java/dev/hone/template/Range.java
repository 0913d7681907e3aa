package dev.hone.template;

import java.util.AbstractList;

/**
 * Python's {@code range(start, stop, step)}, at most {@value #MAX_LENGTH} long as in the sandbox.
 */
final class Range extends AbstractList<Object> {

    static final int MAX_LENGTH = 100_000;

    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    Range(long start, long stop, long step) {
        if (step == 0) {
            throw new Problem("range() arg 3 must not be zero");
        }
        this.start = start;
        this.stop = stop;
        this.step = step;
        double length = Math.ceil(((double) stop - (double) start) / step);
        if (length > MAX_LENGTH) {
            throw new Problem(
                    "a range of %.0f elements is too big; at most %d are allowed"
                            .formatted(length, MAX_LENGTH));
        }
        size = (int) Math.max(0, length);
    }

    long start() {
        return start;
    }

    long stop() {
        return stop;
    }

    long step() {
        return step;
    }

    /** Every {@code stride}-th element of this range from {@code from} to {@code to}. */
    Range slice(long from, long to, long stride) {
        return new Range(start + from * step, start + to * step, step * stride);
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }
}
