package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DataCheckCommandTest {
    private static final String GOOD = "{\"prompt\":\"When?\",\"completion\":\"At nine.\"}";
    private static final String HOLE = "{\"prompt\":\"Who?\",\"completion\":\"{{name}} <b>.\"}";
    private static final String EMPTY =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"\"}]}";

    @TempDir Path folder;

    private Path rows(String... rows) throws IOException {
        return Files.write(folder.resolve("rows.jsonl"), List.of(rows));
    }

    @Test
    void aCleanFileEndsWithZero() throws IOException {
        assertThat(Ran.hone("data", "check", rows(GOOD)))
                .isEqualTo(new Ran(0, "1 rows: nothing found\n", ""));
    }

    @Test
    void warningsEndWithZeroUnlessStrict() throws IOException {
        Path file = rows(GOOD, HOLE);

        Ran ran = Ran.hone("data", "check", file);

        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .isEqualTo(
                        """
                        2 rows: 0 errors, 1 warning, 0 notes

                        warning placeholder  1 × a placeholder left in an answer
                            %s:2: answer holds {{name}}: "{{name}} <b>."; expected the text that belongs there
                            → Fill it in, or the model will answer with it.
                        """
                                .formatted(file));
        assertThat(Ran.hone("data", "check", "--strict", file).exit()).isEqualTo(2);
    }

    @Test
    void errorsEndWithTwoAndComeFirst() throws IOException {
        Ran ran = Ran.hone("data", "check", rows(EMPTY.replace("\"\"", "\"{{x}}\""), EMPTY));

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.lines().getFirst()).isEqualTo("2 rows: 1 error, 1 warning, 0 notes");
        assertThat(ran.out().indexOf("error empty-answer"))
                .isPositive()
                .isLessThan(ran.out().indexOf("warning placeholder"));
    }

    @Test
    void allPrintsEveryFinding() throws IOException {
        String[] rows = new String[8];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = HOLE.replace("Who", "Who " + i);
        }
        Path file = rows(rows);

        assertThat(Ran.hone("data", "check", file).lines())
                .filteredOn(line -> line.contains(".jsonl:"))
                .hasSize(3);
        assertThat(Ran.hone("data", "check", file).out())
                .contains("    and 5 more (--all prints them)\n");
        assertThat(Ran.hone("data", "check", "--all", file).lines())
                .filteredOn(line -> line.contains(".jsonl:"))
                .hasSize(8)
                .allMatch(line -> line.contains(": warning placeholder: answer holds {{name}}"));
    }

    @Test
    void jsonHasEveryFindingAndTheSummary() throws IOException {
        Path file = rows(EMPTY, EMPTY.replace("\"\"", "\"{{x}}\""));

        Ran ran = Ran.hone("data", "check", "--json", file);

        JsonNode json = JsonMapper.builder().build().readTree(ran.out());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(json.propertyNames())
                .containsExactly("version", "files", "holdout", "findings", "summary");
        assertThat(json.at("/findings/0").toString())
                .isEqualTo(
                        "{\"file\":\"%s\",\"line\":1,\"severity\":\"error\",\"code\":\"empty-answer\",\"found\":\"messages[1].content is empty, and it is to be trained; give it text or weight 0\",\"accepted\":\"\"}"
                                .formatted(file));
        assertThat(json.at("/findings/1/code").asString()).isEqualTo("placeholder");
        assertThat(json.at("/summary").toString())
                .startsWith(
                        "{\"rows\":2,\"holdout_rows\":0,\"errors\":1,\"warnings\":1,\"notes\":0,\"codes\":[{\"code\":\"empty-answer\",\"severity\":\"error\",\"count\":1,")
                .endsWith("],\"tokens\":null,\"coverage\":null}");
    }

    @Test
    void thePageStandsAloneAndEscapesWhatItQuotes() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rows.add(HOLE.replace("Who", "parcel order " + i));
        }
        Path html = folder.resolve("page.html");

        Ran.hone("data", "check", rows(rows.toArray(String[]::new)), "--html", html);

        assertThat(html)
                .content()
                .contains("<b>placeholder</b> <span class=\"count\">30</span>")
                .contains("{{name}} &lt;b&gt;.")
                .contains("Kinds of input")
                .doesNotContain("<b>.", "{{codes}}", "{{coverage}}", "{{facts}}", "http");
    }

    @Test
    void aHoldoutIsHeldAgainstTheRows() throws IOException {
        Path held = Files.writeString(folder.resolve("held.jsonl"), GOOD + "\n");

        Ran ran = Ran.hone("data", "check", rows(GOOD, HOLE), "--holdout", held);

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.lines())
                .startsWith("2 rows and 1 held back: 1 error, 1 warning, 0 notes")
                .contains(
                        "    %s:1: the held-back row is trained at %s:1; expected a row that training does not see"
                                .formatted(held, folder.resolve("rows.jsonl")));
    }

    @Test
    void aModelAddsTokens() throws IOException {
        Ran ran =
                Ran.hone(
                        "data", "check", rows(GOOD), "--model", Starters.MODEL, "--max-length", 10);

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out())
                .contains(" tokens, of which ")
                .contains("error too-long  1 × longer than max_length")
                .contains("; cut to 10 it loses ");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() throws IOException {
        assertThat(Ran.hone("data", "check", rows(GOOD), "--max-length", 10))
                .isEqualTo(
                        new Ran(
                                2,
                                "",
                                "hone: option --max-length counts tokens, which needs a tokenizer; give"
                                        + " --model too\n"));
        assertThat(Ran.hone("data", "check", folder.resolve("none.jsonl")).err())
                .startsWith("hone: " + folder.resolve("none.jsonl") + ": ");
        assertThat(Ran.hone("data", "check").exit()).isEqualTo(2);
    }
}
