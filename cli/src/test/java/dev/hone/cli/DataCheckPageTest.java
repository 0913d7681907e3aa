package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.check.Code;
import dev.hone.data.check.Fix;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whether {@code docs/data-check.md} says what there is. */
class DataCheckPageTest {
    private static final Path PAGE = Path.of("..", "docs", "data-check.md");

    @Test
    void everyCodeAndEveryFixStandsOnThePage() {
        for (Code code : Code.values()) {
            assertThat(PAGE).content().contains("`" + code.id() + "`");
            assertThat(Code.of(code.id())).contains(code);
        }
        for (Fix fix : Fix.values()) {
            assertThat(PAGE).content().contains("| `" + fix.id() + "` |");
        }
    }

    @Test
    void codesStandWorstFirst() {
        assertThat(Code.values())
                .isSortedAccordingTo((a, b) -> a.severity().compareTo(b.severity()));
    }
}
