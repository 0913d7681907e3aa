package dev.hone.torch;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** Native memory for rows, which grows to the most that was ever asked for and is then reused. */
final class CpuScratch implements AutoCloseable {
    private @Nullable Arena arena;
    private long base;
    private long capacity;
    private long stride;

    /** Makes room for {@code buffers} rows of {@code n} floats; their content is undefined. */
    void reserve(int buffers, int n) {
        // One cache line more than the row, so that rows do not fall on the same cache sets.
        stride = 4L * CpuRows.padded(n) + 64;
        long bytes = Math.multiplyExact(stride, buffers);
        if (bytes > capacity) {
            close();
            arena = Arena.ofShared();
            base = arena.allocate(bytes, 64).address();
            capacity = bytes;
        }
    }

    /** Address of a row. */
    long buffer(int index) {
        return base + index * stride;
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
            capacity = 0;
        }
    }
}
