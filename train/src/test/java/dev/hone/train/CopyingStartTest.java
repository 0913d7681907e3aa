package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.Example;
import dev.hone.model.CopyingStart;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelException;
import dev.hone.model.RandomWeights;
import dev.hone.model.RopeScaling;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.Activation;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CopyingStartTest {
    private static final int VOCABULARY = 512;

    private static ModelConfig config(boolean bias) {
        return new ModelConfig(
                "llama",
                256,
                64,
                2,
                8,
                4,
                32,
                VOCABULARY,
                512,
                1e-5,
                10000,
                new RopeScaling.None(),
                0,
                bias,
                bias,
                false,
                false,
                true,
                Activation.SILU);
    }

    /** Random tokens, twice over; the second half is what can be known. */
    private static Example repeated() {
        int[] once = new SplittableRandom(3).ints(60, 0, VOCABULARY).toArray();
        int[] ids = Arrays.copyOf(once, 120);
        System.arraycopy(once, 0, ids, 60, 60);
        float[] weights = new float[120];
        Arrays.fill(weights, 62, 120, 1);
        return new Example("twice", ids, weights);
    }

    private static double loss(WeightSource weights) {
        try (Ops ops = Engines.fused();
                Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                config(true),
                                weights,
                                DType.F32,
                                null,
                                new Training.Frozen())) {
            return HeldBackLoss.of(decoder, List.of(repeated()), 4096);
        }
    }

    @Test
    void whatWasSaidBeforeIsExpectedAgainBeforeAnyTraining() {
        double chance = Math.log(VOCABULARY);
        assertThat(loss(new RandomWeights(1, 2))).isGreaterThan(chance - 0.5);
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(loss(new CopyingStart(seed, config(true))))
                    .as("seed %d", seed)
                    .isLessThan(chance - 2);
        }
    }

    @Test
    void aModelWithoutBiasesIsRefused() {
        assertThatThrownBy(() -> new CopyingStart(1, config(false)))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "initialize: copying needs two layers, a tied head, biases on q and k, and key-value heads that together take at most half of the hidden size");
    }
}
