package dev.hone.starter.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SplitPatternTest {
    private static Map<String, Long> pieces(String text) {
        return new SplitPattern().count(text);
    }

    @Test
    void aNameIsTheSamePieceAfterASpaceAndAfterAQuote() {
        assertThat(pieces("to Maria {\"Maria\"")).containsEntry("Maria", 2L);
    }

    @Test
    void aWordInSmallLettersTakesItsSpaceAlong() {
        assertThat(pieces("red lamp")).isEqualTo(Map.of("red", 1L, " lamp", 1L));
    }

    @Test
    void digitsAndCapitalsStandAlone() {
        assertThat(pieces("AB12")).isEqualTo(Map.of("A", 1L, "B", 1L, "1", 1L, "2", 1L));
    }

    @Test
    void nothingIsLost() {
        String text = "It's \"fine\",\n\n  Zoë – 東京 3½ don't\t!";
        long length =
                pieces(text).entrySet().stream()
                        .mapToLong(e -> e.getKey().length() * e.getValue())
                        .sum();
        assertThat(length).isEqualTo(text.length());
    }
}
