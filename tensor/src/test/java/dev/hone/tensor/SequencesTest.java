package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class SequencesTest {

    @Test
    void sequencesLieEndToEnd() {
        Sequences sequences = Sequences.of(0, 4, 9);
        assertThat(sequences.count()).isEqualTo(2);
        assertThat(sequences.queryStart(1)).isEqualTo(4);
        assertThat(sequences.queryEnd(1)).isEqualTo(9);
        assertThat(sequences.keyStart(1)).isEqualTo(4);
        assertThat(sequences.keyEnd(1)).isEqualTo(9);
        assertThat(sequences.queries()).isEqualTo(9);
        assertThat(sequences.keys()).isEqualTo(9);
    }

    @Test
    void theNewestTokensAskACache() {
        Sequences sequences = Sequences.cached(2, 7);
        assertThat(sequences.count()).isEqualTo(1);
        assertThat(sequences.queries()).isEqualTo(2);
        assertThat(sequences.keys()).isEqualTo(7);
    }

    @Test
    void offsetsAreCopied() {
        int[] offsets = {0, 3};
        Sequences sequences = Sequences.of(offsets);
        offsets[1] = 99;
        assertThat(sequences.queries()).isEqualTo(3);
    }

    @Test
    void offsetsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> Sequences.of(0))
                .hasMessage("query offsets must start at 0 and hold one sequence at least");
        assertThatThrownBy(() -> Sequences.of(1, 2))
                .hasMessage("query offsets must start at 0 and hold one sequence at least");
        assertThatThrownBy(() -> Sequences.of(0, 3, 3))
                .hasMessage("query offsets must grow, found 3 after 3");
        assertThatThrownBy(() -> new Sequences(new int[] {0, 1}, new int[] {0, 2, 1}))
                .hasMessage("key offsets must grow, found 1 after 2");
        assertThatThrownBy(() -> new Sequences(new int[] {0, 1}, new int[] {0, 1, 2}))
                .hasMessage("2 query offsets but 3 key offsets");
        assertThatThrownBy(() -> new Sequences(new int[] {0, 1, 4}, new int[] {0, 3, 5}))
                .hasMessage("sequence 1 has more queries than keys");
    }
}
