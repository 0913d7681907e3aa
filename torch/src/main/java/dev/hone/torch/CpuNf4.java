package dev.hone.torch;

import static dev.hone.torch.CpuVectors.INTS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.MEMORY;

import dev.hone.tensor.Nf4;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Matrices in 4 bits written out in full.
 *
 * <p>All that a block's elements can be are 16 numbers. These are formed first, already in the
 * dtype of the result, and then picked: where a vector has 16 lanes, by one permutation for 16
 * elements. In bf16 two neighbours make one lane of 32 bits, so nothing needs interleaving.
 */
final class CpuNf4 {
    private static final int CODES = 16;
    private static final int BYTES = Nf4.BLOCK / 2;

    private CpuNf4() {}

    /** Where a matrix's scales lie; {@code map} is 0 for plain ones. */
    record Scales(long absmax, long nested, long map, float offset) {

        float of(long block) {
            if (map == 0) {
                return CpuRows.get(absmax + 4 * block, false);
            }
            int code = MEMORY.get(ValueLayout.JAVA_BYTE, absmax + block) & 0xff;
            float scale = CpuRows.get(map + 4L * code, false);
            return scale * CpuRows.get(nested + 4 * (block / Nf4.SCALE_BLOCK), false) + offset;
        }
    }

    /** Blocks [from, to) of out. */
    static void dequantize(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            long packed,
            Scales scales,
            long out) {
        scratch.reserve(1, CODES);
        long table = scratch.buffer(0);
        for (int block = from; block < to; block++) {
            float scale = scales.of(block);
            long bytes = packed + (long) BYTES * block;
            long into = out + CpuRows.size(bf16) * Nf4.BLOCK * block;
            for (int i = 0; i < CODES; i++) {
                CpuRows.set(table + 4L * i, false, Nf4.code(i) * scale);
            }
            if (bf16) {
                for (int i = 0; i < CODES; i++) {
                    float value = CpuRows.get(table + 4L * i, false);
                    MEMORY.set(ValueLayout.JAVA_INT_UNALIGNED, table + 4L * i, bits(value));
                }
                if (LANES == CODES) {
                    pickPairs(table, bytes, into);
                } else {
                    pick(table, bytes, into);
                }
            } else {
                pickFloats(table, bytes, into);
            }
        }
    }

    /** The value rounded to bf16, in the low 16 bits. */
    private static int bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? 0x7fc0 : (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
    }

    private static void pickPairs(long table, long bytes, long out) {
        IntVector values =
                IntVector.fromMemorySegment(INTS, MEMORY, table, ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < BYTES; i += CODES) {
            IntVector pairs =
                    (IntVector)
                            ByteVector.fromMemorySegment(
                                            ByteVector.SPECIES_128,
                                            MEMORY,
                                            bytes + i,
                                            ByteOrder.LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            IntVector first = pairs.lanewise(VectorOperators.LSHR, 4).selectFrom(values);
            IntVector second = pairs.and(CODES - 1).selectFrom(values);
            second.lanewise(VectorOperators.LSHL, 16)
                    .or(first)
                    .intoMemorySegment(MEMORY, out + 4L * i, ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static void pick(long table, long bytes, long out) {
        for (int i = 0; i < BYTES; i++) {
            int pair = MEMORY.get(ValueLayout.JAVA_BYTE, bytes + i) & 0xff;
            int first = MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, table + 4L * (pair >>> 4));
            int second = MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, table + 4L * (pair & 15));
            MEMORY.set(ValueLayout.JAVA_INT_UNALIGNED, out + 4L * i, second << 16 | first);
        }
    }

    private static void pickFloats(long table, long bytes, long out) {
        for (int i = 0; i < BYTES; i++) {
            int pair = MEMORY.get(ValueLayout.JAVA_BYTE, bytes + i) & 0xff;
            CpuRows.set(out + 8L * i, false, CpuRows.get(table + 4L * (pair >>> 4), false));
            CpuRows.set(out + 8L * i + 4, false, CpuRows.get(table + 4L * (pair & 15), false));
        }
    }
}
