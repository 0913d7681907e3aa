package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmallMatricesTest {
    private static final long SEED = 8;

    private static float[] gram(int n, int width, SplittableRandom random) {
        double[] y = random.doubles((long) n * width).map(_ -> random.nextGaussian()).toArray();
        float[] gram = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = 0; k < width; k++) {
                    sum += y[i * width + k] * y[j * width + k] * (1 << i % 5) * (1 << j % 5);
                }
                gram[i * n + j] = (float) sum;
            }
        }
        return gram;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void eigenvectorsMakeTheMatrix(int n) {
        float[] gram = gram(n, 3 * n, new SplittableRandom(SEED));
        SmallMatrices.Eigen eigen = SmallMatrices.eigen(gram, n);
        for (int i = 0; i < n; i++) {
            assertThat(i == 0 ? 1 : eigen.values()[i - 1] - eigen.values()[i]).isNotNegative();
            for (int j = 0; j < n; j++) {
                double made = 0;
                double dot = 0;
                for (int k = 0; k < n; k++) {
                    made +=
                            eigen.values()[k]
                                    * eigen.vectors()[k * n + i]
                                    * eigen.vectors()[k * n + j];
                    dot += eigen.vectors()[i * n + k] * eigen.vectors()[j * n + k];
                }
                assertThat(made).isCloseTo(gram[i * n + j], within(1e-9 * eigen.values()[0]));
                assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void rowsBecomeOrthonormal(int n) {
        float[] gram = gram(n, 3 * n, new SplittableRandom(SEED));
        float[] turn = SmallMatrices.orthonormalizing(gram, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    for (int l = 0; l < n; l++) {
                        sum += (double) turn[i * n + k] * gram[k * n + l] * turn[j * n + l];
                    }
                }
                assertThat(sum).isCloseTo(i == j ? 1 : 0, within(1e-4));
            }
        }
    }

    @Test
    void zerosStayZeros() {
        assertThat(SmallMatrices.orthonormalizing(new float[9], 3)).containsOnly(0);
        SmallMatrices.Eigen eigen = SmallMatrices.eigen(new float[9], 3);
        assertThat(eigen.values()).containsOnly(0);
        assertThat(eigen.vectors()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
        float[] one = {4, 0, 0, 0};
        assertThat(SmallMatrices.orthonormalizing(one, 2)).containsExactly(0.5f, 0, 0, 0);
    }

    @Test
    void aRowThatThoseBeforeItExplainBecomesZero() {
        float[] twice = {4, 4, 0, 4, 4, 0, 0, 0, 1};
        assertThat(SmallMatrices.orthonormalizing(twice, 3))
                .containsExactly(0.5f, 0, 0, 0, 0, 0, 0, 0, 1);
    }
}
