package dev.hone.torch;

import static dev.hone.torch.CpuVectors.INTS;
import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.load;

import dev.hone.tensor.RandomBits;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link RandomBits} by the vector, and what is rounded by them. */
final class CpuRandom {
    private static final IntVector M1 = IntVector.broadcast(INTS, 0x85ebca6b);
    private static final IntVector M2 = IntVector.broadcast(INTS, 0xc2b2ae35);
    private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

    private CpuRandom() {}

    /**
     * Bits of the elements at {@code place} and behind it, as many as a vector holds.
     *
     * @param first the lower half of the run's key in every lane
     * @param second the upper half
     */
    static IntVector bits(int place, IntVector first, IntVector second) {
        return mix(mix(IOTA.add(place).add(first)).add(second));
    }

    private static IntVector mix(IntVector bits) {
        IntVector h = xorShifted(bits, 16).mul(M1);
        h = xorShifted(h, 13).mul(M2);
        return xorShifted(h, 16);
    }

    private static IntVector xorShifted(IntVector h, int by) {
        return h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, by));
    }

    /**
     * Rounds a row of {@code n} fp32 numbers to BF16 by chance: the upper halves of the bits are
     * added to the numbers' own, and what is then below BF16's precision is cut off.
     */
    static void copyOut(long row, long tensor, int n, long key) {
        IntVector first = IntVector.broadcast(INTS, (int) key);
        IntVector second = IntVector.broadcast(INTS, (int) (key >>> 32));
        int whole = n - n % LANES;
        for (int i = 0; i < whole; i += LANES) {
            IntVector chance = bits(i, first, second).lanewise(VectorOperators.LSHR, 16);
            IntVector sum = load(row + 4L * i).reinterpretAsInts().add(chance);
            CpuVectors.storeUpperHalves(sum, tensor + 2L * i);
        }
        for (int i = whole; i < n; i++) {
            int bits = CpuVectors.MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, row + 4L * i);
            int sum = bits + (RandomBits.bits(key, i) >>> 16);
            CpuVectors.MEMORY.set(
                    ValueLayout.JAVA_SHORT_UNALIGNED, tensor + 2L * i, (short) (sum >>> 16));
        }
    }
}
