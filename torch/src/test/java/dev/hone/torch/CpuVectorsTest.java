package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class CpuVectorsTest {
    private static float one(UnaryOperator<FloatVector> function, float x) {
        return function.apply(CpuVectors.broadcast(x)).lane(0);
    }

    @Test
    void expIsWithinOneAndAHalfUnitsInTheLastPlace() {
        double worst = 0;
        float at = 0;
        float[] x = new float[CpuVectors.LANES];
        for (int step = 0; step < 100_000; step++) {
            for (int lane = 0; lane < x.length; lane++) {
                x[lane] = (float) (-87.33 + (88 + 87.33) * (step + lane / 17.0) / 100_000);
            }
            float[] y = CpuVectors.exp(FloatVector.fromArray(CpuVectors.FLOATS, x, 0)).toArray();
            for (int lane = 0; lane < x.length; lane++) {
                double error = Math.abs(y[lane] / Math.exp(x[lane]) - 1);
                if (error > worst) {
                    worst = error;
                    at = x[lane];
                }
            }
        }
        System.out.printf("exp: largest relative error %.3g at %s%n", worst, at);
        assertThat(worst).isLessThan(1.2e-7);
    }

    @Test
    void expIsExactAtTheEdges() {
        assertThat(one(CpuVectors::exp, 0)).isEqualTo(1);
        assertThat(one(CpuVectors::exp, -0f)).isEqualTo(1);
        assertThat(one(CpuVectors::exp, Float.NEGATIVE_INFINITY)).isZero();
        assertThat(one(CpuVectors::exp, -87.34f)).isZero();
        assertThat(one(CpuVectors::exp, -87.336f)).isGreaterThanOrEqualTo(Float.MIN_NORMAL);
        assertThat(one(CpuVectors::exp, -1e30f)).isZero();
        assertThat(one(CpuVectors::exp, Float.NaN)).isNaN();
        assertThat(one(CpuVectors::exp, Float.intBitsToFloat(0x7fabcdef))).isNaN();
    }

    @Test
    void sigmoidHoldsOverTheWholeRange() {
        double worst = 0;
        for (float x = -80; x <= 80; x += 0.01f) {
            double truth = 1 / (1 + Math.exp(-(double) x));
            worst = Math.max(worst, Math.abs(one(CpuVectors::sigmoid, x) / truth - 1));
        }
        System.out.printf("sigmoid: largest relative error %.3g%n", worst);
        assertThat(worst).isLessThan(3e-7);
        assertThat(one(CpuVectors::sigmoid, 1e30f)).isEqualTo(1);
        assertThat(one(CpuVectors::sigmoid, Float.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(one(CpuVectors::sigmoid, -1e30f)).isBetween(0f, 1e-38f);
        assertThat(one(CpuVectors::sigmoid, Float.NaN)).isNaN();
    }

    @Test
    void sumOfLanesCountsEachOnce() {
        float[] powers = new float[CpuVectors.LANES];
        for (int lane = 0; lane < powers.length; lane++) {
            powers[lane] = 1 << lane;
        }
        FloatVector vector = FloatVector.fromArray(CpuVectors.FLOATS, powers, 0);
        assertThat(CpuVectors.sum(vector)).isEqualTo((1 << powers.length) - 1);
    }

    @Test
    void everyBf16SurvivesTheWayToFp32AndBack() {
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(4L * CpuVectors.LANES, 64).address();
            for (int bits = 0; bits < 1 << 16; bits++) {
                float value = Float.intBitsToFloat(bits << 16);
                CpuVectors.storeBf16(CpuVectors.broadcast(value), memory);
                float back = CpuVectors.loadBf16(memory).lane(CpuVectors.LANES - 1);
                if (Float.isNaN(value)) {
                    assertThat(back).isNaN();
                } else {
                    assertThat(Float.floatToRawIntBits(back)).isEqualTo(bits << 16);
                }
            }
        }
    }

    @Test
    void bf16RoundsToNearestAndTiesToEven() {
        Random random = new Random(5);
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(4L * CpuVectors.LANES, 64).address();
            for (int i = 0; i < 50_000; i++) {
                int bits = random.nextInt();
                bits = i % 4 == 0 ? (bits & 0xffff0000) | 0x8000 : bits; // a tie
                float value = Float.intBitsToFloat(bits);
                if (Float.isNaN(value)) {
                    continue;
                }
                int down = bits >>> 16;
                int rest = bits & 0xffff;
                boolean up = rest > 0x8000 || (rest == 0x8000 && (down & 1) == 1);
                int expected = (up ? down + 1 : down) << 16;
                CpuVectors.storeBf16(CpuVectors.broadcast(value), memory);
                assertThat(Float.floatToRawIntBits(CpuVectors.loadBf16(memory).lane(0)))
                        .as("bits %08x", bits)
                        .isEqualTo(expected);
                CpuRows.set(memory, true, value);
                assertThat(Float.floatToRawIntBits(CpuRows.get(memory, true))).isEqualTo(expected);
            }
        }
    }
}
