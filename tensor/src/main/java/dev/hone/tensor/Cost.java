package dev.hone.tensor;

/** Arithmetic and traffic counted on paper. Used from one thread. */
public final class Cost {
    private long flops;
    private long bytesMoved;

    /** Floating-point operations of matrix products; a multiply-add is two. */
    public long flops() {
        return flops;
    }

    /** Bytes that operations read and write, each operand once. */
    public long bytesMoved() {
        return bytesMoved;
    }

    void product(long batches, long m, long n, long k) {
        flops += Math.multiplyExact(2 * batches, Math.multiplyExact(m, Math.multiplyExact(n, k)));
    }

    void moved(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            bytesMoved += tensor.bytes();
        }
    }
}
