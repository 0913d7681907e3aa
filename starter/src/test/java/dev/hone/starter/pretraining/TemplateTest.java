package dev.hone.starter.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.starter.Draw;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TemplateTest {
    private static Template template(long seed) {
        return new Template(new Values(Words.load(), new Draw(seed)));
    }

    @Test
    void aNamedSlotKeepsItsValueAndAnUnnamedOneDoesNot() {
        Template template = template(1);
        String[] named = template.fill("{code#x}|{code#x}|{code}").split("\\|");
        assertThat(named[0]).isEqualTo(named[1]).isNotEqualTo(named[2]);
        assertThat(template.fill("{code#x}")).isEqualTo(named[0]);
        assertThat(template.bound()).isEqualTo(Map.of("code#x", named[0]));
    }

    @Test
    void everyAlternativeIsChosenInTurnAlsoInsideAnother() {
        Template template = template(2);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            seen.add(template.fill("<[a|b[1|2]|]>"));
        }
        assertThat(seen).isEqualTo(Set.of("<a>", "<b1>", "<b2>", "<>"));
    }

    @Test
    void backslashNIsALineBreakAndTheArticleFitsItsWord() {
        assertThat(template(3).fill("a apple\\nA owl, a dog, sofa owner"))
                .isEqualTo("an apple\nAn owl, a dog, sofa owner");
    }

    @Test
    void wordsComeFromTheListOfTheirKind() {
        Values values = new Values(Words.load(), new Draw(4));
        for (String kind : List.of("thing", "colour", "day", "month")) {
            assertThat(Words.load().all(kind)).contains(values.of(kind));
        }
    }
}
