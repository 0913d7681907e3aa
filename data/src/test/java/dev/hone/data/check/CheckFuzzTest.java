package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a row holds, the checks come to an end and say something that can be printed. */
@Tag("property")
class CheckFuzzTest {

    private static final long SEED = 20261124;

    private static final List<String> BITS =
            List.of(
                    "```",
                    "`",
                    "{{",
                    "}}",
                    "[",
                    "]",
                    "(",
                    ")",
                    "<",
                    ">",
                    "Ã",
                    "©",
                    "â",
                    "€",
                    "™",
                    "\uFFFD",
                    "\uFEFF",
                    "\u0085",
                    "😀",
                    "日",
                    "本",
                    "a.",
                    "@",
                    "a@b.",
                    "4111",
                    "1111 ",
                    "+49 ",
                    "DE89",
                    "3704 ",
                    "://",
                    "a:b@",
                    "sk-",
                    "eyJ",
                    "AKIA",
                    "the ",
                    "I'm sorry ",
                    "{\"",
                    "\": ",
                    "\n",
                    "\t",
                    " ",
                    ".",
                    ",",
                    "As an AI, I ",
                    "und ",
                    "\u0301",
                    "-----BEGIN PRIVATE KEY-----");

    @TempDir Path folder;

    @Test
    void noTextBreaksACheck() {
        Random random = new Random(SEED);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            rows.add(Checked.chat(text(random), text(random), Optional.of(text(random))));
        }
        CheckSpec spec = Checked.spec(new Checked(folder).write("rows.jsonl", rows));

        List<Finding> findings = Checked.all(spec);

        assertThat(findings).as("seed %d", SEED).isNotEmpty();
        assertThat(findings)
                .allSatisfy(finding ->
                        assertThat(finding.found().codePoints())
                                .noneMatch(c -> Character.getType(c) == Character.SURROGATE));
    }

    @Test
    void longTextsOfOneKindTakeTheirShareOfTime() {
        List<String> rows = new ArrayList<>();
        for (String bit : BITS) {
            rows.add(Checked.chat("q", bit.repeat(100_000 / bit.length())));
        }

        assertThat(Checked.all(Checked.spec(new Checked(folder).write("rows.jsonl", rows))))
                .isNotEmpty();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder("x");
        int length = random.nextInt(60);
        for (int i = 0; i < length; i++) {
            text.append(BITS.get(random.nextInt(BITS.size())));
        }
        return text.toString();
    }
}
