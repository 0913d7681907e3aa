package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

    @Test
    void countsInsertionsDeletionsReplacementsAndSwaps() {
        assertThat(Suggestion.distance("input", "input")).isZero();
        assertThat(Suggestion.distance("inptu", "input")).isEqualTo(1);
        assertThat(Suggestion.distance("inputs", "input")).isEqualTo(1);
        assertThat(Suggestion.distance("imput", "input")).isEqualTo(1);
        assertThat(Suggestion.distance("", "text")).isEqualTo(4);
    }

    @Test
    void namesTheNearestAndNothingThatIsFar() {
        assertThat(Suggestion.nearest("systm", List.of("history", "system"))).contains("system");
        assertThat(Suggestion.nearest("id", List.of("history", "system"))).isEmpty();
        assertThat(Suggestion.nearest("id", List.of())).isEmpty();
    }
}
