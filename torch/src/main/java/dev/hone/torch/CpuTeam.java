package dev.hone.torch;

/**
 * The threads that share the work of one kernel, the caller's among them.
 *
 * <p>Work is a range of units (rows, runs or blocks of rows) cut into one contiguous part a thread.
 * Kernels compute each unit without regard to the others, so how many threads there are changes no
 * bit of the result.
 */
abstract sealed class CpuTeam implements AutoCloseable permits OpenMpTeam, CpuThreadTeam {
    /** Fewest elements worth another thread. */
    private static final long LEAST_ELEMENTS = 1 << 15;

    /** Computes units {@code [from, to)}, with scratch memory that no other thread uses. */
    @FunctionalInterface
    interface Task {
        void run(CpuScratch scratch, int from, int to);
    }

    private final int threads;

    CpuTeam(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", but must be positive");
        }
        this.threads = threads;
    }

    /**
     * Libtorch's threads where its OpenMP lends them, else ones of our own. libtorch's spin for a
     * while after each operation; a second team would have to share their cores meanwhile.
     */
    static CpuTeam of(int threads) {
        return OpenMpTeam.isAvailable() ? new OpenMpTeam(threads) : new CpuThreadTeam(threads);
    }

    final int threads() {
        return threads;
    }

    /**
     * Runs the task over {@code units} that together hold {@code elements} elements. What a part
     * throws, is thrown here when all parts have ended.
     */
    final void run(int units, long elements, Task task) {
        int parts =
                (int) Math.min(Math.min(threads, units), Math.ceilDiv(elements, LEAST_ELEMENTS));
        if (parts > 1) {
            share(units, parts, task);
        } else if (units > 0) {
            alone(units, task);
        }
    }

    /** Runs all units in {@code parts} parts, from 2 to {@link #threads()} of them. */
    abstract void share(int units, int parts, Task task);

    /** Runs all units on the caller's thread. */
    abstract void alone(int units, Task task);

    /** First unit of a part. */
    static int cut(int units, int part, int parts) {
        return (int) ((long) units * part / parts);
    }

    @Override
    public abstract void close();
}
