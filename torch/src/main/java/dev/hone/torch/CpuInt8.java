package dev.hone.torch;

import static dev.hone.torch.CpuVectors.FLOATS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.MEMORY;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.store;
import static dev.hone.torch.CpuVectors.storeBf16;

import dev.hone.tensor.Int8;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Matrices in 8 bits written out in full, row by row. */
final class CpuInt8 {
    /** As many elements as a vector has floats, or 8: there are no shorter vectors of bytes. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(LANES, 8) * Byte.SIZE));

    private static final int STEP = BYTES.length();

    private static final FloatVector VALUE_OF_ONE = broadcast(Int8.STEP);

    private CpuInt8() {}

    /**
     * Rows [from, to) of out.
     *
     * @param columns elements of a row
     */
    static void dequantize(
            int from, int to, boolean bf16, int columns, long elements, long absmax, long out) {
        if (bf16) {
            bf16(from, to, columns, elements, absmax, out);
        } else {
            floats(from, to, columns, elements, absmax, out);
        }
    }

    private static void bf16(int from, int to, int columns, long elements, long absmax, long out) {
        int whole = columns - columns % STEP;
        for (int row = from; row < to; row++) {
            float scale = CpuRows.get(absmax + 4L * row, false);
            FloatVector scales = broadcast(scale);
            long in = elements + (long) columns * row;
            long into = out + 2L * columns * row;
            for (int i = 0; i < whole; i += STEP) {
                ByteVector bytes = load(in + i);
                storeBf16(values(bytes, 0, scales), into + 2L * i);
                if (STEP > LANES) {
                    storeBf16(values(bytes, 1, scales), into + 2L * (i + LANES));
                }
            }
            for (int i = whole; i < columns; i++) {
                CpuRows.set(into + 2L * i, true, value(in + i, scale));
            }
        }
    }

    private static void floats(
            int from, int to, int columns, long elements, long absmax, long out) {
        int whole = columns - columns % STEP;
        for (int row = from; row < to; row++) {
            float scale = CpuRows.get(absmax + 4L * row, false);
            FloatVector scales = broadcast(scale);
            long in = elements + (long) columns * row;
            long into = out + 4L * columns * row;
            for (int i = 0; i < whole; i += STEP) {
                ByteVector bytes = load(in + i);
                store(values(bytes, 0, scales), into + 4L * i);
                if (STEP > LANES) {
                    store(values(bytes, 1, scales), into + 4L * (i + LANES));
                }
            }
            for (int i = whole; i < columns; i++) {
                CpuRows.set(into + 4L * i, false, value(in + i, scale));
            }
        }
    }

    private static float value(long address, float scale) {
        return MEMORY.get(ValueLayout.JAVA_BYTE, address) * scale * Int8.STEP;
    }

    private static ByteVector load(long address) {
        return ByteVector.fromMemorySegment(BYTES, MEMORY, address, ByteOrder.LITTLE_ENDIAN);
    }

    /** Values of the {@code part}-th {@code LANES} of the bytes. */
    private static FloatVector values(ByteVector bytes, int part, FloatVector scales) {
        return ((FloatVector) bytes.convertShape(VectorOperators.B2F, FLOATS, part))
                .mul(scales)
                .mul(VALUE_OF_ONE);
    }
}
