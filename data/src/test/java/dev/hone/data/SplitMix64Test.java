package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitMix64Test {

    @Test
    void givesTheNumbersOfVignasReference() {
        SplitMix64 random = new SplitMix64(1234567);
        assertThat(Long.toUnsignedString(random.next())).isEqualTo("6457827717110365317");
        assertThat(Long.toUnsignedString(random.next())).isEqualTo("3203168211198807973");
        assertThat(Long.toUnsignedString(random.next())).isEqualTo("9817491932198370423");
    }

    @Test
    void agreesWithJavasSplittableRandom() {
        SplitMix64 ours = new SplitMix64(-7);
        SplittableRandom java = new SplittableRandom(-7);
        for (int i = 0; i < 100; i++) {
            assertThat(ours.next()).isEqualTo(java.nextLong());
        }
    }

    @Test
    void numbersBelowABoundAreEvenlySpread() {
        SplitMix64 random = new SplitMix64(3);
        int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++) {
            counts[random.below(6)]++;
        }
        assertThat(Arrays.stream(counts).boxed())
                .allMatch(count -> count > 9_600 && count < 10_400);
        assertThat(random.below(1)).isZero();
        assertThat(
                        IntStream.range(0, 1000)
                                .map(i -> random.below(Integer.MAX_VALUE))
                                .min()
                                .orElseThrow())
                .isNotNegative();
    }

    @Test
    void shufflesKeepEveryItemAndReachEveryOrder() {
        int[] orders = new int[6];
        for (long stream = 0; stream < 6_000; stream++) {
            int[] items = {0, 1, 2};
            SplitMix64.of(42, stream).shuffle(items);
            assertThat(items).containsExactlyInAnyOrder(0, 1, 2);
            orders[items[0] * 2 + (items[1] > items[2] ? 1 : 0)]++;
        }
        assertThat(Arrays.stream(orders).boxed()).allMatch(count -> count > 850 && count < 1_150);
    }

    @Test
    void streamsOfOneSeedAndSeedsOfOneStreamDiffer() {
        assertThat(
                        IntStream.range(0, 100)
                                .mapToObj(i -> SplitMix64.of(i % 10, i / 10).next())
                                .distinct())
                .hasSize(100);
    }
}
