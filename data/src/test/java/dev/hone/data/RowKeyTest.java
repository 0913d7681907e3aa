package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowKeyTest {

    @Test
    void dependsOnWhatIsSaidAndNotOnPlaceOrWeight() {
        assertThat(key("f:1", new Message("user", "a"), new Message("assistant", "b", 0f)))
                .isEqualTo(key("g:9", new Message("user", "a"), new Message("assistant", "b", 1f)));
    }

    @Test
    void differsWhereTheSameLettersAreDividedOtherwise() {
        assertThat(key("f:1", new Message("user", "ab"), new Message("user", "c")))
                .isNotEqualTo(key("f:1", new Message("user", "a"), new Message("user", "bc")))
                .isNotEqualTo(key("f:1", new Message("user", "abc")));
        assertThat(RowKey.of(new Row.Text("f:1", "abc")))
                .isNotEqualTo(key("f:1", new Message("", "abc")));
    }

    @Test
    void isTheSameForEver() {
        assertThat(RowKey.of(new Row.Text("f:1", "naïve 😀")).fraction())
                .isEqualTo(0.08865883898876004);
    }

    @Test
    void fractionsAreEvenlySpread() {
        long below =
                IntStream.range(0, 10_000)
                        .mapToObj(
                                i -> RowKey.of(new Row.Tokens("f:1", new int[] {i}, new int[] {i})))
                        .filter(key -> key.fraction() < 0.05)
                        .count();
        assertThat(below).isBetween(430L, 570L);
    }

    private static RowKey key(String source, Message... messages) {
        return RowKey.of(new Row.Conversation(source, List.of(messages)));
    }
}
