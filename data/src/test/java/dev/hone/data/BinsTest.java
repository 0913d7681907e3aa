package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BinsTest {

    @Test
    void inOrderClosesABinWhenTheNextItemDoesNotFit() {
        assertThat(shown(Bins.inOrder(new int[] {3, 3, 5, 1, 9, 9, 20, 1}, 9)))
                .containsExactly("[0, 1]", "[2, 3]", "[4]", "[5]", "[6]", "[7]");
        assertThat(Bins.inOrder(new int[0], 9)).isEmpty();
    }

    @Test
    void bestFitTakesTheFullestBinThatStillHasRoom() {
        assertThat(shown(Bins.bestFitDecreasing(new int[] {2, 3, 6, 7}, 10)))
                .containsExactly("[0, 2]", "[1, 3]");
        assertThat(shown(Bins.bestFitDecreasing(new int[] {4, 4, 4}, 10)))
                .containsExactly("[0, 1]", "[2]");
    }

    @Test
    void anItemLongerThanTheCapacityStandsAlone() {
        assertThat(shown(Bins.bestFitDecreasing(new int[] {1, 30, 10, 2}, 10)))
                .containsExactly("[0, 3]", "[1]", "[2]");
    }

    @Test
    void randomItemsArePlacedOnceWithinCapacityAndCloseToTheLowerBound() {
        for (long seed = 0; seed < 50; seed++) {
            SplitMix64 random = new SplitMix64(seed);
            int[] lengths =
                    IntStream.range(0, 1 + random.below(300))
                            .map(i -> 1 + random.below(60))
                            .toArray();
            List<int[]> bins = Bins.bestFitDecreasing(lengths, 60);
            List<Integer> placed = new ArrayList<>();
            for (int[] bin : bins) {
                assertThat(IntStream.of(bin).map(i -> lengths[i]).sum())
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(60);
                IntStream.of(bin).forEach(placed::add);
            }
            assertThat(placed)
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, lengths.length).boxed().toList());
            double lowerBound =
                    Math.max(bigItems(lengths), Math.ceil(IntStream.of(lengths).sum() / 60.0));
            assertThat((double) bins.size())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(11.0 / 9 * lowerBound + 1);
        }
    }

    /** No two items longer than half the capacity share a bin. */
    private static long bigItems(int[] lengths) {
        return IntStream.of(lengths).filter(length -> length > 30).count();
    }

    private static List<String> shown(List<int[]> bins) {
        return bins.stream().map(Arrays::toString).toList();
    }
}
