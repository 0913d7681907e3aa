package dev.hone.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DrawTest {
    private static List<Integer> twenty(long seed) {
        Draw draw = new Draw(seed);
        return IntStream.range(0, 20).map(i -> draw.below(1000)).boxed().toList();
    }

    @Test
    void theSameSeedGivesTheSameChoicesAndAnotherSeedOthers() {
        assertThat(twenty(7)).isEqualTo(twenty(7)).isNotEqualTo(twenty(8));
    }

    @Test
    void betweenReachesBothEnds() {
        Draw draw = new Draw(1);
        assertThat(IntStream.range(0, 200).map(i -> draw.between(3, 5)).boxed().toList())
                .contains(3, 4, 5)
                .allMatch(value -> value >= 3 && value <= 5);
    }

    @Test
    void someDrawsDifferentElements() {
        assertThat(new Draw(1).some(List.of("a", "b", "c", "d"), 4))
                .containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void someRefusesToDrawMoreThanThereAre() {
        assertThatThrownBy(() -> new Draw(1).some(List.of("a"), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot draw 2 different elements from 1");
    }
}
