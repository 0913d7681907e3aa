package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class RandomBitsTest {

    @Test
    void everyBitIsSetHalfOfTheTimeAndFlipsWithEveryOther() {
        int runs = 200;
        int n = runs * RandomBits.RUN;
        int[] set = new int[32];
        int[] together = new int[32];
        for (int run = 0; run < runs; run++) {
            long key = RandomBits.key(1, run);
            for (int place = 0; place < RandomBits.RUN; place++) {
                int bits = RandomBits.bits(key, place);
                int next = RandomBits.bits(key, (place + 1) % RandomBits.RUN);
                for (int bit = 0; bit < 32; bit++) {
                    set[bit] += bits >>> bit & 1;
                    together[bit] += (bits & next) >>> bit & 1;
                }
            }
        }
        double sigma = Math.sqrt(n / 4.0);
        for (int bit = 0; bit < 32; bit++) {
            assertThat(set[bit] - n / 2.0).as("bit %d", bit).isBetween(-5 * sigma, 5 * sigma);
            assertThat(together[bit] - n / 4.0).isBetween(-5 * sigma, 5 * sigma);
        }
    }

    @Test
    void seedsAndRunsHaveBitsOfTheirOwn() {
        assertThat(RandomBits.key(1, 0)).isNotEqualTo(RandomBits.key(1, 1));
        assertThat(RandomBits.key(1, 0)).isNotEqualTo(RandomBits.key(2, 0));
        assertThat(RandomBits.bits(RandomBits.key(3, 4), 5))
                .isEqualTo(RandomBits.bits(RandomBits.key(3, 4), 5));
    }
}
