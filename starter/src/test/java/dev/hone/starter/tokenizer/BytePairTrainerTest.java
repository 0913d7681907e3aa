package dev.hone.starter.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.starter.tokenizer.BytePairTrainer.Merge;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BytePairTrainerTest {
    @Test
    void theMostFrequentPairIsMergedFirst() {
        Map<String, Long> counts = Map.of("low", 5L, "lower", 2L, "newest", 6L, "widest", 3L);
        assertThat(BytePairTrainer.train(counts, 4))
                .containsExactly(
                        new Merge('e', 's'),
                        new Merge(256, 't'),
                        new Merge('l', 'o'),
                        new Merge(258, 'w'));
    }

    @Test
    void equalCountsAreDecidedByTheSmallerSymbols() {
        assertThat(BytePairTrainer.train(Map.of("xy", 3L, "ab", 3L, "ac", 3L), 3))
                .containsExactly(new Merge('a', 'b'), new Merge('a', 'c'), new Merge('x', 'y'));
    }

    @Test
    void aRunOfOneLetterIsMergedFromTheLeft() {
        assertThat(BytePairTrainer.train(Map.of("aaaaa", 1L), 2))
                .containsExactly(new Merge('a', 'a'), new Merge(256, 'a'));
    }

    @Test
    void tooShortATextIsRefused() {
        assertThatThrownBy(() -> BytePairTrainer.train(Map.of("ab", 1L), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "found only 1 pairs to merge, expected 2: give a longer text or a smaller vocabulary");
    }
}
