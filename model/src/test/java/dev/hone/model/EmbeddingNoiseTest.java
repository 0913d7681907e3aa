package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.torch.TorchOps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddingNoiseTest {
    private static final int WIDTH = 64;

    private Ops ops;
    private Scope scope;

    @BeforeEach
    void open() {
        ops = TorchOps.cpu(2);
        scope = ops.scope();
    }

    @AfterEach
    void close() {
        scope.close();
        ops.close();
    }

    private float[] noise(double alpha, long seed, int... offsets) {
        Tensor x = ops.zeros(DType.F32, Shape.of(offsets[offsets.length - 1], WIDTH));
        Tensor angles = ops.zeros(DType.F32, Shape.of(x.dim(0), 1));
        Pass pass = new Pass(Sequences.of(offsets), angles, angles, seed);
        EmbeddingNoise.add(ops, pass, x, alpha);
        return ops.floats(x);
    }

    @Test
    void theBoundIsThatOfEachSequenceInTheBatch() {
        float[] bounds = EmbeddingNoise.bounds(Sequences.of(0, 4, 5, 105), WIDTH, 5);
        assertThat(bounds).hasSize(105);
        assertThat(bounds[0]).isEqualTo(bounds[3]).isEqualTo((float) (5 / Math.sqrt(4 * 64)));
        assertThat(bounds[4]).isEqualTo((float) (5 / Math.sqrt(64)));
        assertThat(bounds[104]).isEqualTo((float) (5 / Math.sqrt(100 * 64)));
    }

    @Test
    void noiseFillsItsBoundInEverySequence() {
        float[] noise = noise(5, 9, 0, 100, 125);
        for (int[] rows : new int[][] {{0, 100}, {100, 125}}) {
            int length = rows[1] - rows[0];
            double bound = 5 / Math.sqrt(length * WIDTH);
            double largest = 0;
            double squares = 0;
            for (int i = rows[0] * WIDTH; i < rows[1] * WIDTH; i++) {
                largest = Math.max(largest, Math.abs(noise[i]));
                squares += noise[i] * noise[i];
            }
            assertThat(largest).isBetween(0.99 * bound, bound);
            // Of numbers spread evenly over ±b, the mean square is b²/3.
            assertThat(squares / (length * WIDTH) / (bound * bound))
                    .isCloseTo(1.0 / 3, within(0.03));
        }
    }

    @Test
    void noiseFollowsFromTheSeedOfThePass() {
        assertThat(noise(5, 9, 0, 20))
                .isEqualTo(noise(5, 9, 0, 20))
                .isNotEqualTo(noise(5, 8, 0, 20));
    }

    @Test
    void thereIsNoneOutsideTrainingAndNoneForAlphaZero() {
        assertThat(noise(5, Pass.NO_DROPOUT, 0, 20)).containsOnly(0);
        assertThat(noise(0, 9, 0, 20)).containsOnly(0);
    }
}
