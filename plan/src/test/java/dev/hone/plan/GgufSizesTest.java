package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.ModelConfig;
import org.junit.jupiter.api.Test;

class GgufSizesTest {
    private static final double GIB = 1L << 30;

    /** The table that llama-quantize prints: Q4_K_M 4.58 G, Q8_0 7.96 G for Llama 3 8B. */
    @Test
    void llamaOfEightBillionIsAsLargeAsItsFilesAre() {
        ModelConfig config = Given.model("llama-3.1-8b");
        assertThat(GgufSizes.q4(config) / GIB).isCloseTo(4.58, within(0.01));
        assertThat(GgufSizes.q8(config) / GIB).isCloseTo(7.96, within(0.02));
    }

    /** 34 bytes for 32 weights, and 4 for each element of a vector. */
    @Test
    void eightBitsAreThirtyFourBytesForThirtyTwoWeights() {
        ModelConfig config = Given.model("llama-2-7b");
        long vectors = 4096L * (2 * 32 + 1);
        long matrices = config.parameters() - vectors;
        assertThat(GgufSizes.q8(config)).isEqualTo(matrices / 32 * 34 + 4 * vectors);
    }

    @Test
    void aTiedTableIsWrittenOnceInSixBits() {
        ModelConfig tied = Given.model("llama-3.2-1b");
        long table = (long) tied.vocabulary() * tied.hiddenSize();
        long layers = GgufSizes.q4(tied) - table / 256 * 210;
        assertThat(layers).isBetween(Sizes.linear(tied) / 2, Sizes.linear(tied) * 7 / 10);
    }

    /** Rows of 896 and of 4864: 896 is no multiple of 256, so Q5_0 and Q8_0 stand in. */
    @Test
    void rowsThatAreNoWholeNumberOfBlocksTakeMore() {
        ModelConfig odd = Given.model("qwen2.5-0.5b");
        ModelConfig even = Given.model("llama-3.2-1b");
        assertThat((double) GgufSizes.q4(odd) / odd.parameters())
                .isGreaterThan(1.05 * GgufSizes.q4(even) / even.parameters());
    }
}
