package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthsTest {

    @Test
    void percentilesAreNearestRank() {
        assertThat(Lengths.of(IntStream.rangeClosed(1, 100).map(i -> 101 - i).toArray()))
                .isEqualTo(new Lengths(1, 50, 90, 99, 100));
        assertThat(Lengths.of(new int[] {7})).isEqualTo(new Lengths(7, 7, 7, 7, 7));
        assertThat(Lengths.of(new int[] {1, 2, 3})).isEqualTo(new Lengths(1, 2, 3, 3, 3));
        assertThat(Lengths.of(new int[0])).isEqualTo(new Lengths(0, 0, 0, 0, 0));
    }
}
