package dev.hone.torch;

import static dev.hone.torch.CpuVectors.FLOATS;
import static dev.hone.torch.CpuVectors.INTS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.MEMORY;

import dev.hone.tensor.Nf4;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrices in 4 bits written out in full.
 *
 * <p>All that a block's elements can be are 16 numbers. These are formed first, already in the
 * dtype of the result, in lanes of 32 bits: one vector of 16 or two of 8. An element is then picked
 * by a permutation. In bf16 two neighbours make one lane, so nothing needs interleaving; in fp32
 * each byte is first doubled. Where vectors are shorter, elements are picked one by one.
 */
final class CpuNf4 {
    private static final int CODES = 16;
    private static final int BYTES = Nf4.BLOCK / 2;

    /** Whether two vectors hold all codes. */
    private static final boolean PERMUTES = 2 * LANES >= CODES;

    /** As many bytes as a vector has lanes. */
    private static final VectorSpecies<Byte> PACKED =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(LANES, 8) * Byte.SIZE));

    private static final FloatVector FIRST_CODES = codes(0);
    private static final FloatVector LAST_CODES = codes(CODES - LANES);

    /** Each of the first, and each of the last, half of the lanes twice. */
    private static final VectorShuffle<Integer> FIRST_TWICE =
            VectorShuffle.fromOp(INTS, i -> i / 2);

    private static final VectorShuffle<Integer> LAST_TWICE =
            VectorShuffle.fromOp(INTS, i -> LANES / 2 + i / 2);

    /** How far to shift for the high four bits in even lanes, the low ones in odd lanes. */
    private static final IntVector HALVES = IntVector.zero(INTS).addIndex(1).and(1).sub(1).and(4);

    private CpuNf4() {}

    private static FloatVector codes(int from) {
        float[] codes = new float[CODES];
        for (int i = 0; i < CODES; i++) {
            codes[i] = Nf4.code(i);
        }
        return FloatVector.fromArray(FLOATS, codes, from);
    }

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
    static void dequantize(int from, int to, boolean bf16, long packed, Scales scales, long out) {
        if (!PERMUTES) {
            oneByOne(from, to, bf16, packed, scales, out);
        } else if (bf16) {
            pairs(from, to, packed, scales, out);
        } else {
            floats(from, to, packed, scales, out);
        }
    }

    private static void pairs(int from, int to, long packed, Scales scales, long out) {
        for (int block = from; block < to; block++) {
            float scale = scales.of(block);
            IntVector first = CpuVectors.bf16Bits(FIRST_CODES.mul(scale));
            IntVector last = CpuVectors.bf16Bits(LAST_CODES.mul(scale));
            long bytes = packed + (long) BYTES * block;
            long into = out + 2L * Nf4.BLOCK * block;
            for (int i = 0; i < BYTES; i += LANES) {
                IntVector both = load(bytes + i);
                IntVector even = pick(both.lanewise(VectorOperators.LSHR, 4), first, last);
                IntVector odd = pick(both, first, last);
                store(odd.lanewise(VectorOperators.LSHL, 16).or(even), into + 4L * i);
            }
        }
    }

    private static void floats(int from, int to, long packed, Scales scales, long out) {
        for (int block = from; block < to; block++) {
            float scale = scales.of(block);
            IntVector first = FIRST_CODES.mul(scale).reinterpretAsInts();
            IntVector last = LAST_CODES.mul(scale).reinterpretAsInts();
            long bytes = packed + (long) BYTES * block;
            long into = out + 4L * Nf4.BLOCK * block;
            for (int i = 0; i < BYTES; i += LANES) {
                IntVector both = load(bytes + i);
                IntVector start =
                        both.rearrange(FIRST_TWICE).lanewise(VectorOperators.LSHR, HALVES);
                IntVector end = both.rearrange(LAST_TWICE).lanewise(VectorOperators.LSHR, HALVES);
                store(pick(start, first, last), into + 8L * i);
                store(pick(end, first, last), into + 8L * i + 4L * LANES);
            }
        }
    }

    private static IntVector load(long address) {
        return (IntVector)
                ByteVector.fromMemorySegment(PACKED, MEMORY, address, ByteOrder.LITTLE_ENDIAN)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    private static void store(IntVector values, long address) {
        values.intoMemorySegment(MEMORY, address, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Of the 16 entries those that the low four bits of {@code indices} name: higher bits wrap
     * around. With 16 lanes, {@code first} has all entries.
     */
    private static IntVector pick(IntVector indices, IntVector first, IntVector last) {
        return LANES == CODES ? indices.selectFrom(first) : indices.selectFrom(first, last);
    }

    private static void oneByOne(
            int from, int to, boolean bf16, long packed, Scales scales, long out) {
        long size = CpuRows.size(bf16);
        for (int block = from; block < to; block++) {
            float scale = scales.of(block);
            long end = (long) BYTES * (block + 1);
            for (long i = (long) BYTES * block; i < end; i++) {
                int pair = MEMORY.get(ValueLayout.JAVA_BYTE, packed + i) & 0xff;
                CpuRows.set(out + size * 2 * i, bf16, Nf4.code(pair >>> 4) * scale);
                CpuRows.set(out + size * (2 * i + 1), bf16, Nf4.code(pair & 15) * scale);
            }
        }
    }
}
