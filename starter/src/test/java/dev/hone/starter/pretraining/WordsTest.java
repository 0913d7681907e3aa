package dev.hone.starter.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WordsTest {
    @Test
    void everyListHoldsDifferentWords() {
        Words.load()
                .kinds()
                .forEach((kind, words) -> assertThat(words).as(kind).doesNotHaveDuplicates());
    }

    @Test
    void anUnknownKindIsNamedWithTheKindsThereAre() {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        kinds.put("first", List.of("Ada"));
        kinds.put("town", List.of("Bath"));
        assertThatThrownBy(() -> new Words(kinds).all("towm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("found no words of kind \"towm\", expected one of [first, town]");
    }
}
