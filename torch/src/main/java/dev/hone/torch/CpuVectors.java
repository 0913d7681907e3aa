package dev.hone.torch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors that the CPU kernels compute with: fp32, as wide as the processor likes them, loaded
 * from and stored to plain addresses.
 *
 * <p>Everything here gives the same bits whether interpreted or compiled, which is why there is an
 * exponential and a sum of lanes of our own: the Vector API promises neither to be reproducible.
 */
final class CpuVectors {
    /** All of the process's memory, so that an address is an offset. */
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    static final VectorSpecies<Float> FLOATS = floats();

    /** As many as {@link #FLOATS}, in the same number of bits. */
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    /** As many as {@link #FLOATS}, in half the bits. */
    static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

    /** Floats of one vector. */
    static final int LANES = FLOATS.length();

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
    private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
    private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
    private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

    static final FloatVector ZERO = broadcast(0);
    static final FloatVector ONE = broadcast(1);

    // Constants are vectors, made once: to the compiler a broadcast in a loop is one more call.
    // exp(r) ≈ 1 + r + r²·(C0 + C1·r + …), relative error 3e-9 for |r| ≤ ln(2)/2 (Remez exchange).
    private static final FloatVector C0 = broadcast(0x1.fffffcp-2f);
    private static final FloatVector C1 = broadcast(0x1.555492p-3f);
    private static final FloatVector C2 = broadcast(0x1.5558f2p-5f);
    private static final FloatVector C3 = broadcast(0x1.1239e2p-7f);
    private static final FloatVector C4 = broadcast(0x1.6a2434p-10f);

    // −ln 2 in two pieces, the first short enough for its product with an exponent to be exact.
    private static final FloatVector MINUS_LN2_HIGH = broadcast(-0x1.62e4p-1f);
    private static final FloatVector MINUS_LN2_LOW = broadcast(-0x1.7f7d1cp-20f);
    private static final FloatVector LOG2_E = broadcast(0x1.715476p0f);

    /** Adding 1.5·2²³ leaves the nearest integer in the low bits. */
    private static final FloatVector ROUND = broadcast(0x1.8p23f);

    /** ln 2⁻¹²⁶: below this a result would be subnormal. */
    private static final FloatVector LEAST = broadcast(-0x1.5d589ep6f);

    private static final FloatVector MOST = broadcast(88);

    private static final IntVector INT_ONE = IntVector.broadcast(INTS, 1);
    private static final IntVector BITS_OF_ONE = ONE.reinterpretAsInts();
    private static final IntVector HALF_BF16 = IntVector.broadcast(INTS, 0x7fff);
    private static final IntVector BITS_OF_NAN = IntVector.broadcast(INTS, 0x7fc00000);

    private CpuVectors() {}

    private static VectorSpecies<Float> floats() {
        VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
        return preferred.vectorBitSize() > 512 ? FloatVector.SPECIES_512 : preferred;
    }

    private static VectorShuffle<Float> rotate(int by) {
        return VectorShuffle.iota(FLOATS, by, 1, true);
    }

    static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(FLOATS, MEMORY, address, ORDER);
    }

    static void store(FloatVector x, long address) {
        x.intoMemorySegment(MEMORY, address, ORDER);
    }

    static FloatVector loadBf16(long address) {
        IntVector bits =
                (IntVector)
                        ShortVector.fromMemorySegment(SHORTS, MEMORY, address, ORDER)
                                .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** Rounds to nearest, ties to even; NaN stays NaN. */
    static void storeBf16(FloatVector x, long address) {
        storeLowerHalves(bf16Bits(x), address);
    }

    /** The same rounded values' bits, in the low half of each lane. */
    static IntVector bf16Bits(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(INT_ONE);
        return bits.add(odd)
                .add(HALF_BF16)
                .blend(BITS_OF_NAN, x.compare(VectorOperators.NE, x).cast(INTS))
                .lanewise(VectorOperators.LSHR, 16);
    }

    /** Stores the upper 16 bits of each lane. */
    static void storeUpperHalves(IntVector bits, long address) {
        storeLowerHalves(bits.lanewise(VectorOperators.LSHR, 16), address);
    }

    private static void storeLowerHalves(IntVector bits, long address) {
        ((ShortVector) bits.convertShape(VectorOperators.I2S, SHORTS, 0))
                .intoMemorySegment(MEMORY, address, ORDER);
    }

    static FloatVector broadcast(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    /**
     * A new zero. What a loop carries must start as a new vector: starting from a constant, each
     * step would allocate an object.
     */
    static FloatVector zero() {
        return FloatVector.zero(FLOATS);
    }

    /** The sum of the lanes, halves first. */
    static float sum(FloatVector x) {
        FloatVector s = x;
        if (LANES > 8) {
            s = s.add(s.rearrange(ROTATE_8));
        }
        if (LANES > 4) {
            s = s.add(s.rearrange(ROTATE_4));
        }
        s = s.add(s.rearrange(ROTATE_2));
        return s.add(s.rearrange(ROTATE_1)).lane(0);
    }

    /**
     * eˣ for x ≤ 88 within 1.2e-7 of the truth, relatively; 0 where the result would be subnormal.
     *
     * <p>x = n·ln 2 + r with n whole, so eˣ = 2ⁿ·eʳ with eʳ from a polynomial.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(LOG2_E, ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        FloatVector q = r.fma(C4, C3).fma(r, C2).fma(r, C1).fma(r, C0).fma(r, ONE).fma(r, ONE);
        IntVector power =
                shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(BITS_OF_ONE);
        return q.mul(power.reinterpretAsFloats()).blend(ZERO, x.compare(VectorOperators.LT, LEAST));
    }

    /** 1/(1 + e⁻ˣ). */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector negative = ZERO.sub(x);
        FloatVector bounded = negative.blend(MOST, negative.compare(VectorOperators.GT, MOST));
        return ONE.div(exp(bounded).add(ONE));
    }
}
