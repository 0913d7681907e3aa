package dev.hone.tensor;

import java.util.HashMap;
import java.util.Map;

/** Arithmetic and traffic counted on paper. Used from one thread. */
public final class Cost {
    private final Map<Work, Long> work = new HashMap<>();
    private long flops;
    private long bytesMoved;
    private long pendingFlops;

    /**
     * What one operation computes and moves.
     *
     * @param flops of matrix products
     * @param bytes read and written
     */
    public record Work(long flops, long bytes) {

        // As generated, and several times as fast before the JVM has warmed up; every operation on
        // paper is looked up once.

        @Override
        public boolean equals(Object other) {
            return other instanceof Work(long f, long b) && f == flops && b == bytes;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(flops) + Long.hashCode(bytes);
        }
    }

    /** Floating-point operations of matrix products; a multiply-add is two. */
    public long flops() {
        return flops;
    }

    /** Bytes that operations read and write, each operand once. */
    public long bytesMoved() {
        return bytesMoved;
    }

    /** Every operation so far, alike ones together with their number. */
    public Map<Work, Long> work() {
        return Map.copyOf(work);
    }

    /** Forgets everything so far. */
    public void restart() {
        work.clear();
        flops = 0;
        bytesMoved = 0;
    }

    /** The arithmetic of the operation whose operands {@link #moved} names next. */
    void product(long batches, long m, long n, long k) {
        pendingFlops =
                Math.multiplyExact(2 * batches, Math.multiplyExact(m, Math.multiplyExact(n, k)));
    }

    /** Completes one operation. */
    void moved(Tensor... tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += tensor.bytes();
        }
        work.merge(new Work(pendingFlops, bytes), 1L, Long::sum);
        flops += pendingFlops;
        bytesMoved += bytes;
        pendingFlops = 0;
    }
}
