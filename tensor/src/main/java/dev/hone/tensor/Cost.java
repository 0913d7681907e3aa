package dev.hone.tensor;

import java.util.HashMap;
import java.util.Map;

/** Arithmetic and traffic counted on paper. Used from one thread. */
public final class Cost {
    private final Map<Work, Long> work = new HashMap<>();
    private long flops;
    private long bytesMoved;
    private long bytesTransferred;
    private long pendingFlops;

    /**
     * What one operation computes and moves.
     *
     * @param flops of matrix products
     * @param bytes read and written
     * @param part whether it is one of many parts of an operation, which is started once for all
     */
    public record Work(long flops, long bytes, boolean part) {

        /** A whole operation. */
        public Work(long flops, long bytes) {
            this(flops, bytes, false);
        }

        // As generated, and several times as fast before the JVM has warmed up; every operation on
        // paper is looked up once.

        @Override
        public boolean equals(Object other) {
            return other instanceof Work(long f, long b, boolean p)
                    && f == flops
                    && b == bytes
                    && p == part;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(flops) + Long.hashCode(part ? ~bytes : bytes);
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

    /** Bytes copied between host and device while the device computes. */
    public long bytesTransferred() {
        return bytesTransferred;
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
        bytesTransferred = 0;
    }

    /** The arithmetic of the operation whose operands {@link #moved} names next. */
    void product(long batches, long m, long n, long k) {
        pendingFlops =
                Math.multiplyExact(2 * batches, Math.multiplyExact(m, Math.multiplyExact(n, k)));
    }

    /** As {@link #product}, for an operation that is more than one. */
    void arithmetic(long flops) {
        pendingFlops = flops;
    }

    /** A copy between host and device beside all else. */
    void transferred(long bytes) {
        bytesTransferred += bytes;
    }

    /** Completes one operation. */
    void moved(Tensor... tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += tensor.bytes();
        }
        moved(bytes);
    }

    /** Completes one operation that reads and writes this much. */
    void moved(long bytes) {
        moved(bytes, false);
    }

    /** Part of the operation that is completed next. */
    void movedInPart(long bytes) {
        moved(bytes, true);
    }

    private void moved(long bytes, boolean part) {
        work.merge(new Work(pendingFlops, bytes, part), 1L, Long::sum);
        flops += pendingFlops;
        bytesMoved += bytes;
        pendingFlops = 0;
    }
}
