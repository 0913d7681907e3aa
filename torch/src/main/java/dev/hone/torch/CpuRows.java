package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.MEMORY;
import static dev.hone.torch.CpuVectors.ZERO;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.loadBf16;
import static dev.hone.torch.CpuVectors.store;
import static dev.hone.torch.CpuVectors.storeBf16;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Moves runs of elements between a tensor's memory and fp32 rows.
 *
 * <p>A row is padded to a multiple of {@link #GRANULE} floats, so that the arithmetic of every
 * kernel exists once, in fp32, over whole vectors. Rows are short enough to stay in the innermost
 * caches. An fp32 tensor whose run needs no padding is its own row and is not copied.
 */
final class CpuRows {
    /** Floats that the loops of the kernels take in one step. */
    static final int GRANULE = 4 * LANES;

    /** Elements of the runs that elementwise kernels take a tensor in. */
    static final int RUN = 1024;

    private CpuRows() {}

    /** {@code n} rounded up to whole granules. */
    static int padded(int n) {
        return Math.ceilDiv(n, GRANULE) * GRANULE;
    }

    /** Number of runs that make up {@code elements}. */
    static int runs(long elements) {
        return Math.toIntExact(Math.ceilDiv(elements, RUN));
    }

    /** Elements of one of them. */
    static int runLength(int run, long elements) {
        return (int) Math.min(RUN, elements - (long) RUN * run);
    }

    /** Bytes of one element. */
    static long size(boolean bf16) {
        return bf16 ? Short.BYTES : Float.BYTES;
    }

    /** Where the row of {@code n} elements is or will be: in the tensor if it can, else buffer. */
    static long place(long tensor, boolean bf16, int n, long buffer) {
        return bf16 || n != padded(n) ? buffer : tensor;
    }

    /** The row of the {@code n} elements at {@code tensor}, padded with zeros. */
    static long read(long tensor, boolean bf16, int n, long buffer) {
        long row = place(tensor, bf16, n, buffer);
        if (row != tensor) {
            copyIn(tensor, bf16, n, 0, row);
        }
        return row;
    }

    /** Puts a row back to its tensor, unless that is where it is. */
    static void write(long row, long tensor, boolean bf16, int n) {
        if (row != tensor) {
            copyOut(row, tensor, bf16, n);
        }
    }

    /**
     * Copies {@code n} elements into a row and fills its padding.
     *
     * <p>This and {@link #copyOut} are each one long method on purpose. The compiler does not
     * inline methods of more than 325 bytecodes; it must not inline these into kernels, because
     * with them a kernel's own loops would exceed what it is willing to inline, and what it leaves
     * out is slow: a vector that is passed to a method is an object.
     */
    static void copyIn(long tensor, boolean bf16, int n, float padding, long row) {
        int whole = n - n % LANES;
        int i = 0;
        if (bf16) {
            for (; i <= whole - 4 * LANES; i += 4 * LANES) {
                store(loadBf16(tensor + 2L * i), row + 4L * i);
                store(loadBf16(tensor + 2L * (i + LANES)), row + 4L * (i + LANES));
                store(loadBf16(tensor + 2L * (i + 2 * LANES)), row + 4L * (i + 2 * LANES));
                store(loadBf16(tensor + 2L * (i + 3 * LANES)), row + 4L * (i + 3 * LANES));
            }
            for (; i < whole; i += LANES) {
                store(loadBf16(tensor + 2L * i), row + 4L * i);
            }
        } else {
            for (; i <= whole - 4 * LANES; i += 4 * LANES) {
                store(load(tensor + 4L * i), row + 4L * i);
                store(load(tensor + 4L * (i + LANES)), row + 4L * (i + LANES));
                store(load(tensor + 4L * (i + 2 * LANES)), row + 4L * (i + 2 * LANES));
                store(load(tensor + 4L * (i + 3 * LANES)), row + 4L * (i + 3 * LANES));
            }
            for (; i < whole; i += LANES) {
                store(load(tensor + 4L * i), row + 4L * i);
            }
        }
        FloatVector pad = broadcast(padding);
        for (int end = padded(n); i < end; i += LANES) {
            store(pad, row + 4L * i);
        }
        for (i = whole; i < n; i++) {
            set(row + 4L * i, false, get(tensor + size(bf16) * i, bf16));
        }
    }

    /** Copies the first {@code n} elements of a row out. */
    static void copyOut(long row, long tensor, boolean bf16, int n) {
        int whole = n - n % LANES;
        int i = 0;
        if (bf16) {
            for (; i <= whole - 2 * LANES; i += 2 * LANES) {
                storeBf16(load(row + 4L * i), tensor + 2L * i);
                storeBf16(load(row + 4L * (i + LANES)), tensor + 2L * (i + LANES));
            }
            for (; i < whole; i += LANES) {
                storeBf16(load(row + 4L * i), tensor + 2L * i);
            }
        } else {
            for (; i <= whole - 4 * LANES; i += 4 * LANES) {
                store(load(row + 4L * i), tensor + 4L * i);
                store(load(row + 4L * (i + LANES)), tensor + 4L * (i + LANES));
                store(load(row + 4L * (i + 2 * LANES)), tensor + 4L * (i + 2 * LANES));
                store(load(row + 4L * (i + 3 * LANES)), tensor + 4L * (i + 3 * LANES));
            }
            for (; i < whole; i += LANES) {
                store(load(row + 4L * i), tensor + 4L * i);
            }
        }
        for (; i < n; i++) {
            set(tensor + size(bf16) * i, bf16, get(row + 4L * i, false));
        }
    }

    /** Sets {@code bytes} bytes to zero. */
    static void zero(long address, long bytes) {
        long vector = 4L * LANES;
        long whole = bytes - bytes % vector;
        for (long at = 0; at < whole; at += vector) {
            store(ZERO, address + at);
        }
        for (long at = whole; at < bytes; at++) {
            MEMORY.set(ValueLayout.JAVA_BYTE, address + at, (byte) 0);
        }
    }

    /** One element. */
    static float get(long address, boolean bf16) {
        return bf16
                ? Float.intBitsToFloat(MEMORY.get(ValueLayout.JAVA_SHORT_UNALIGNED, address) << 16)
                : MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
    }

    /** Sets one element, rounding to nearest even. */
    static void set(long address, boolean bf16, float value) {
        if (bf16) {
            int bits = Float.floatToRawIntBits(value);
            int rounded = Float.isNaN(value) ? 0x7fc00000 : bits + 0x7fff + (bits >>> 16 & 1);
            MEMORY.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) (rounded >>> 16));
        } else {
            MEMORY.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address, value);
        }
    }
}
