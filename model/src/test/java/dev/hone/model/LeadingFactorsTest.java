package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import dev.hone.torch.TorchOps;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the complete decomposition, from the eigenvectors of W·Wᵀ. */
class LeadingFactorsTest {
    private static final long SEED = 21;

    private Ops ops;

    @BeforeEach
    void open() {
        ops = TorchOps.cpu(2);
    }

    @AfterEach
    void close() {
        assertThat(ops.memory().liveTensors()).isZero();
        ops.close();
    }

    /** Random directions, the k-th of this size. */
    private static float[] matrix(int out, int in, int directions, IntToDoubleFunction size) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] w = new float[out * in];
        for (int k = 0; k < directions; k++) {
            double[] u = random.doubles(out).map(_ -> random.nextGaussian()).toArray();
            double[] v = random.doubles(in).map(_ -> random.nextGaussian()).toArray();
            for (int i = 0; i < w.length; i++) {
                w[i] += (float) (size.applyAsDouble(k) * u[i / in] * v[i % in]);
            }
        }
        return w;
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    /** The largest Σσ² that so many ranks can hold. */
    private double most(Tensor w, int rank) {
        int n = Math.toIntExact(w.dim(0));
        double[] values = SmallMatrices.eigen(ops.floats(ops.linear(w, w)), n).values();
        double sum = 0;
        for (int i = 0; i < Math.min(rank, n); i++) {
            sum += values[i];
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({
        "90, 130, 4, falling, 0.9999",
        "130, 90, 4, falling, 0.9999",
        "90, 130, 32, falling, 0.9999",
        "200, 300, 8, flat, 0.95",
        "300, 200, 32, flat, 0.99",
        "48, 48, 48, flat, 0.9999",
        "20, 64, 1, falling, 0.9999"
    })
    void theyHoldOfAMatrixWhatSoManyRanksCanHold(
            int out, int in, int rank, String kind, double share) {
        float[] values =
                kind.equals("falling")
                        ? matrix(out, in, Math.min(out, in), k -> 1.0 / (k + 1))
                        : noise(out * in);
        double scale = 2.5;
        try (Scope _ = ops.scope()) {
            Tensor w = ops.ofFloats(values, out, in);
            double all = squares(values);
            double most = most(w, rank);
            LeadingFactors found = LeadingFactors.of(ops, w, rank, scale, 5);
            Tensor a = ops.ofFloats(found.a(), rank, in);
            Tensor b = ops.ofFloats(found.b(), out, rank);
            ops.linearBackwardInto(w, b, a, -scale);
            double held = all - squares(ops.floats(w));
            System.out.printf(
                    "%d of %d x %d, %s: %.5f of the most%n", rank, out, in, kind, held / most);
            assertThat(held / most).isBetween(share, 1 + 1e-4);
        }
    }

    private static float[] noise(int n) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void bothFactorsShareTheSingularValuesEvenly() {
        try (Scope _ = ops.scope()) {
            Tensor w = ops.ofFloats(new float[] {8, 0, 0, 0, 0, 2, 0, 0}, 2, 4);
            LeadingFactors found = LeadingFactors.of(ops, w, 2, 0.5, 1);
            // √(8/0.5) = 4 and √(2/0.5) = 2, up to signs.
            assertThat(Math.abs(found.a()[0])).isCloseTo(4, within(1e-4f));
            assertThat(Math.abs(found.a()[5])).isCloseTo(2, within(1e-4f));
            assertThat(Math.abs(found.b()[0])).isCloseTo(4, within(1e-4f));
            assertThat(Math.abs(found.b()[3])).isCloseTo(2, within(1e-4f));
        }
    }

    @Test
    void aMatrixOfLowerRankIsMadeWholeAndZerosStayZeros() {
        try (Scope _ = ops.scope()) {
            Tensor low = ops.ofFloats(matrix(40, 60, 3, k -> 10.0 / (k + 1)), 40, 60);
            LeadingFactors found = LeadingFactors.of(ops, low, 8, 1, 1);
            double all = squares(ops.floats(low));
            ops.linearBackwardInto(
                    low, ops.ofFloats(found.b(), 40, 8), ops.ofFloats(found.a(), 8, 60), -1);
            assertThat(squares(ops.floats(low)) / all).isLessThan(1e-9);
            LeadingFactors nothing =
                    LeadingFactors.of(ops, ops.ofFloats(new float[2400], 40, 60), 8, 1, 1);
            assertThat(nothing.a()).containsOnly(0);
            assertThat(nothing.b()).containsOnly(0);
        }
    }

    @Test
    void theSameSeedGivesTheSameBits() {
        try (Scope _ = ops.scope()) {
            Tensor w = ops.ofFloats(noise(50 * 70), 50, 70);
            LeadingFactors first = LeadingFactors.of(ops, w, 4, 1, 7);
            LeadingFactors second = LeadingFactors.of(ops, w, 4, 1, 7);
            assertThat(second.a()).isEqualTo(first.a());
            assertThat(second.b()).isEqualTo(first.b());
        }
    }
}
