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

    /** What kind of operation it is, as far as that plays a part in its time. */
    public enum Kind {
        PLAIN,
        /** One of many parts of an operation, which is started once for all. */
        PART,
        /** Attention in one piece: products of small tiles with an exponential between them. */
        ATTENTION
    }

    /**
     * What one operation computes and moves.
     *
     * @param flops of matrix products
     * @param bytes read and written
     */
    public record Work(long flops, long bytes, Kind kind) {

        /** A plain operation. */
        public Work(long flops, long bytes) {
            this(flops, bytes, Kind.PLAIN);
        }

        // As generated, and several times as fast before the JVM has warmed up; every operation on
        // paper is looked up once.

        @Override
        public boolean equals(Object other) {
            return other instanceof Work(long f, long b, Kind k)
                    && f == flops
                    && b == bytes
                    && k == kind;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(flops) + Long.hashCode(kind == Kind.PLAIN ? bytes : ~bytes);
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

    /** A copy between host and device beside all else. */
    void transferred(long bytes) {
        bytesTransferred += bytes;
    }

    /** Completes one operation. */
    void moved(Tensor... tensors) {
        moved(bytes(tensors));
    }

    private static long bytes(Tensor... tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += tensor.bytes();
        }
        return bytes;
    }

    /** Completes one operation that reads and writes this much. */
    void moved(long bytes) {
        moved(bytes, Kind.PLAIN);
    }

    /** Completes attention in one piece. */
    void attended(long flops, Tensor... tensors) {
        pendingFlops = flops;
        moved(bytes(tensors), Kind.ATTENTION);
    }

    /** Part of the operation that is completed next. */
    void movedInPart(long bytes) {
        moved(bytes, Kind.PART);
    }

    private void moved(long bytes, Kind kind) {
        work.merge(new Work(pendingFlops, bytes, kind), 1L, Long::sum);
        flops += pendingFlops;
        bytesMoved += bytes;
        pendingFlops = 0;
    }
}
