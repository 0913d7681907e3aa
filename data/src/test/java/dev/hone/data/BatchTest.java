package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final Example A = new Example("f:1", new int[] {1, 2, 3}, new float[] {0, 0, 1});
    private static final Example B = new Example("f:2", new int[] {4, 5}, new float[] {0, 0.5f});
    private static final Example C =
            new Example("f:3", new int[] {6, 7, 8, 9}, new float[] {0, 1, 1, 1});

    @Test
    void sequencesStandOneAfterTheOtherWithTheirOffsets() {
        Batch batch = Batch.of(List.of(A, B, C), 2, 0);
        assertThat(batch.ids()).containsExactly(6, 7, 8, 9, 1, 2, 3);
        assertThat(batch.offsets()).containsExactly(0, 4, 7);
        assertThat(batch.weights()).containsExactly(0, 1, 1, 1, 0, 0, 1);
        assertThat(batch.sources()).containsExactly(2, 0);
        assertThat(batch.tokens()).isEqualTo(7);
        assertThat(batch.sequences()).isEqualTo(2);
        assertThat(batch.supervisedWeight()).isEqualTo(4);
    }

    @Test
    void noSequencesGiveAnEmptyBatch() {
        Batch batch = Batch.of(List.of(A));
        assertThat(batch.tokens()).isZero();
        assertThat(batch.offsets()).containsExactly(0);
        assertThat(batch.supervisedWeight()).isZero();
    }

    @Test
    void allExamplesInOrderFillBatchesUpToTheLimit() {
        List<Batch> batches = Batch.inOrder(List.of(A, B, C), 5);
        assertThat(batches).hasSize(2);
        assertThat(batches.get(0).sources()).containsExactly(0, 1);
        assertThat(batches.get(1).sources()).containsExactly(2);
        assertThat(Batch.inOrder(List.of(A, B, C), 1)).hasSize(3);
        assertThat(Batch.inOrder(List.of(), 5)).isEmpty();
    }

    @Test
    void anExampleThatPredictsItsFirstTokenIsRefused() {
        assertThatThrownBy(() -> new Example("f:9", new int[] {1, 2}, new float[] {1, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "f:9: the first weight is 1.0; expected 0, since nothing precedes the first token");
        assertThatThrownBy(() -> new Example("f:9", new int[] {1, 2}, new float[] {0}))
                .hasMessage("f:9: 2 ids and 1 weights; expected the same number, at least one");
        assertThatThrownBy(() -> new Example("f:9", new int[0], new float[0]))
                .hasMessage("f:9: 0 ids and 0 weights; expected the same number, at least one");
    }
}
