package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class HeavyBatchesTest {

    /** A batch of sequences of these lengths, of which the last tokens are trained. */
    private static Batch batch(int supervised, int... lengths) {
        List<Example> examples = new ArrayList<>();
        for (int length : lengths) {
            float[] weights = new float[length];
            Arrays.fill(weights, length - supervised, length, 1);
            examples.add(new Example("row", new int[length], weights));
        }
        int[] order = new int[lengths.length];
        Arrays.setAll(order, i -> i);
        return Batch.of(examples, order);
    }

    @Test
    void onlyWhatNoOtherExceedsInEverythingStays() {
        Batch many = batch(2, 10, 10, 10);
        Batch trained = batch(9, 10, 10);
        Batch longest = batch(2, 25);
        Batch small = batch(2, 10, 10);
        assertThat(HeavyBatches.of(List.of(small, many, trained, longest, small)))
                .containsExactly(many, trained, longest);
    }

    @Test
    void ofEqualOnesTheFirstStays() {
        Batch first = batch(3, 12, 8);
        Batch second = batch(3, 8, 12);
        assertThat(HeavyBatches.of(List.of(first, second))).containsExactly(first);
    }

    @Test
    void aLayoutIsWhereSequencesStartAndHowManyTokensAreTrained() {
        Batch first = batch(3, 12, 8);
        Batch same = batch(3, 12, 8);
        Batch turned = batch(3, 8, 12);
        Batch more = batch(4, 12, 8);
        assertThat(HeavyBatches.distinct(List.of(first, same, turned, more)))
                .containsExactly(first, turned, more);
    }
}
