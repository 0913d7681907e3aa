package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFixCommandTest {
    private static final String ROWS =
            """
            {"instruction":"Where?","output":" At the cafÃ©. "}
            {"instruction":"Where?","output":"At the café."}
            {"instruction":"Who?","output":"{{name}}"}
            """;

    @TempDir Path folder;

    @Test
    void whatWasDoneAndWhatIsLeftIsPrinted() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), ROWS);
        Path out = folder.resolve("clean.jsonl");
        Path changes = folder.resolve("changes.jsonl");

        Ran ran = Ran.hone("data", "fix", file, "--out", out, "--changes", changes);

        assertThat(ran)
                .isEqualTo(
                        new Ran(
                                0,
                                """
                                3 rows read, 2 written to %1$s, 1 of them changed
                                         1  mojibake: repairs UTF-8 that was decoded as Windows-1252, such as Ã© for é
                                         1  trim: takes spaces and empty lines from the ends of turns
                                         1  exact-duplicates: leaves out rows that are the same as an earlier one
                                Left for you:
                                         1  warning placeholder: a placeholder left in an answer
                                See them with:  hone data check %1$s
                                """
                                        .formatted(out),
                                ""));
        assertThat(out)
                .content()
                .startsWith("{\"instruction\":\"Where?\",\"output\":\"At the café.\"}\n");
        assertThat(Files.readAllLines(changes)).hasSize(3);
        assertThat(file).hasContent(ROWS);
        assertThat(Ran.hone("data", "fix", file, "--out", out).err())
                .isEqualTo(
                        "hone: %s: exists already, and nothing is overwritten; name a new file\n"
                                .formatted(out));
    }

    @Test
    void fixesCanBeChosen() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), ROWS);

        Ran.hone("data", "fix", file, "--out", folder.resolve("a"), "--only", "trim");
        Ran.hone("data", "fix", file, "--out", folder.resolve("b"), "--skip", "trim,mojibake");

        assertThat(folder.resolve("a"))
                .hasContent(ROWS.replace(" At the cafÃ©. ", "At the cafÃ©."));
        assertThat(folder.resolve("b")).hasContent(ROWS);
        assertThat(Ran.hone("data", "fix", file, "--out", folder.resolve("c"), "--only", "tirm"))
                .isEqualTo(
                        new Ran(
                                2,
                                "",
                                "hone: there is no fix 'tirm'; expected one of mojibake, characters, trim,"
                                        + " roles, empty-answers, exact-duplicates\n"));
    }

    @Test
    void whenNothingIsLeftItSaysSo() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), "{\"text\":\"a\"}\n");

        assertThat(Ran.hone("data", "fix", file, "--out", folder.resolve("a")).lines())
                .endsWith("Nothing is left to do.");
    }
}
