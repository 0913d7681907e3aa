package dev.hone.tensor;

/** The element types Hone computes and stores with. */
public enum DType {
    F64(8),
    F32(4),
    BF16(2),
    I64(8),
    I32(4),
    U8(1),
    I8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether values are real numbers rather than indices or raw bytes. */
    public boolean isFloating() {
        return this == F64 || this == F32 || this == BF16;
    }
}
