package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFixTest {

    private static final Set<Fix> ALL = EnumSet.allOf(Fix.class);

    @TempDir Path folder;

    private Path in(String content) throws IOException {
        return Files.writeString(folder.resolve("rows.jsonl"), content);
    }

    private DataFix.Result fix(Path file, Set<Fix> fixes) {
        return DataFix.run(
                file,
                folder.resolve("clean.jsonl"),
                Optional.of(folder.resolve("changes.jsonl")),
                fixes);
    }

    private String clean() throws IOException {
        return Files.readString(folder.resolve("clean.jsonl"));
    }

    private List<String> changes() throws IOException {
        return Files.readAllLines(folder.resolve("changes.jsonl")).stream()
                .map(line -> line.replace(folder + "/", ""))
                .toList();
    }

    @Test
    void everyFixIsMadeAndListed() throws IOException {
        Path file =
                in(
                        """
                        {"messages":[{"role":"Human","content":" Hi "},{"role":"bot","content":"CafÃ©\\u0007"}]}
                        {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Café"}]}
                        {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":" "}]}
                        """);
        String before = Files.readString(file);

        DataFix.Result result = fix(file, ALL);

        assertThat(clean())
                .isEqualTo(
                        """
                        {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Café"}]}
                        """);
        assertThat(changes())
                .containsExactly(
                        "{\"file\":\"rows.jsonl\",\"line\":1,\"fix\":\"roles\",\"where\":\"messages[0].role\",\"before\":\"Human\",\"after\":\"user\"}",
                        "{\"file\":\"rows.jsonl\",\"line\":1,\"fix\":\"trim\",\"where\":\"messages[0].content\",\"before\":\" Hi \",\"after\":\"Hi\"}",
                        "{\"file\":\"rows.jsonl\",\"line\":1,\"fix\":\"roles\",\"where\":\"messages[1].role\",\"before\":\"bot\",\"after\":\"assistant\"}",
                        "{\"file\":\"rows.jsonl\",\"line\":1,\"fix\":\"mojibake\",\"where\":\"messages[1].content\",\"before\":\"Caf\\u00C3\\u00A9\\u0007\",\"after\":\"Caf\\u00E9\\u0007\"}",
                        "{\"file\":\"rows.jsonl\",\"line\":1,\"fix\":\"characters\",\"where\":\"messages[1].content\",\"before\":\"Caf\\u00E9\\u0007\",\"after\":\"Caf\\u00E9\"}",
                        "{\"file\":\"rows.jsonl\",\"line\":2,\"fix\":\"exact-duplicates\",\"where\":\"row, the same as line 1\",\"before\":{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Caf\\u00E9\"}]},\"after\":null}",
                        "{\"file\":\"rows.jsonl\",\"line\":3,\"fix\":\"empty-answers\",\"where\":\"row\",\"before\":{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\" \"}]},\"after\":null}");
        assertThat(result)
                .isEqualTo(
                        new DataFix.Result(
                                3,
                                1,
                                1,
                                Map.of(
                                        Fix.ROLES, 2L,
                                        Fix.TRIM, 1L,
                                        Fix.MOJIBAKE, 1L,
                                        Fix.CHARACTERS, 1L,
                                        Fix.EXACT_DUPLICATES, 1L,
                                        Fix.EMPTY_ANSWERS, 1L)));
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void aFixThatIsNotAskedForIsNotMade() throws IOException {
        Path file =
                in(
                        "{\"instruction\":\" a\",\"output\":\"Ã© \"}\n{\"instruction\":\"b\",\"output\":\"\"}\n");

        fix(file, EnumSet.of(Fix.MOJIBAKE));

        assertThat(clean())
                .isEqualTo(
                        "{\"instruction\":\" a\",\"output\":\"é \"}\n{\"instruction\":\"b\",\"output\":\"\"}\n");
    }

    @Test
    void rowsWithoutAChangeAreCopiedToTheLetter() throws IOException {
        String rows =
                "{ \"text\" : \"x \",  \"n\": 1.50, \"m\": 1e400 }\nnot json\n[1, 2]\n{\"text\":\"y\"}\n";

        DataFix.Result result = fix(in(rows), ALL);

        assertThat(clean()).isEqualTo(rows);
        assertThat(result).isEqualTo(new DataFix.Result(4, 4, 0, Map.of()));
        assertThat(changes()).isEmpty();
    }

    @Test
    void theEndsOfPlainTextAndCompletionsAreMeant() throws IOException {
        String rows =
                "{\"prompt\":\"a ->\",\"completion\":\" b\"}\n{\"prompt\":\"c ->\",\"completion\":\" d\\n\"}\n";

        fix(in(rows), ALL);

        assertThat(clean()).isEqualTo(rows);
    }

    @Test
    void anEmptyAnswerThatIsNotTrainedOrCallsAToolStays() throws IOException {
        String rows =
                """
                {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"","weight":0},{"role":"assistant","content":"b"}]}
                {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[]}]}
                """;

        fix(in(rows), ALL);

        assertThat(clean()).isEqualTo(rows);
    }

    @Test
    void anArrayBecomesLines() throws IOException {
        fix(in("[\n  {\"text\": \"a\"},\n  {\"text\": \"b\"},\n  {\"text\": \"a\"}\n]\n"), ALL);

        assertThat(clean()).isEqualTo("{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
        assertThat(changes())
                .containsExactly(
                        "{\"file\":\"rows.jsonl\",\"line\":4,\"fix\":\"exact-duplicates\",\"where\":\"row, the same as line 2\",\"before\":{\"text\":\"a\"},\"after\":null}");
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Path file = in("{\"text\":\"a\"}\n");
        Path clean = Files.writeString(folder.resolve("clean.jsonl"), "mine");

        assertThatThrownBy(() -> fix(file, ALL))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        clean + ": exists already, and nothing is overwritten; name a new file");
        assertThatThrownBy(() -> DataFix.run(file, file, Optional.empty(), ALL))
                .hasMessage(file + ": exists already, and nothing is overwritten; name a new file");
        assertThat(clean()).isEqualTo("mine");
    }

    @Test
    void aFaultOnTheWayLeavesNothingBehind() throws IOException {
        Path file = in("[{\"text\": \"a\"},\n {\"text\": \n");

        assertThatThrownBy(() -> fix(file, ALL))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ":")
                .hasMessageContaining("not valid JSON")
                .hasMessageEndingWith("; mend it first");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.write(file, new byte[] {'{', '"', (byte) 0xE9, '"', '}'});

        assertThatThrownBy(() -> fix(file, ALL))
                .hasMessage(
                        file
                                + ": is not valid UTF-8 ('hone data check' names the line); save the"
                                + " file as UTF-8 first");
    }

    @Test
    void aHalfSurrogatePairIsTakenOut() throws IOException {
        fix(in("{\"text\":\"a\\ud83db\"}\n"), ALL);

        assertThat(clean()).isEqualTo("{\"text\":\"ab\"}\n");
        assertThat(changes())
                .containsExactly(
                        "{\"file\":\"rows.jsonl\",\"line\":1,\"fix\":\"characters\",\"where\":\"text\",\"before\":\"a\\uD83Db\",\"after\":\"ab\"}");
    }

    @Test
    void whatIsNoJsonIsRefused() throws IOException {
        Path file = in("prompt,completion\nWhen?,At nine.\n");

        assertThatThrownBy(() -> fix(file, ALL))
                .hasMessage(
                        file
                                + ": begins with 'p'; only JSON Lines and JSON arrays can be fixed,"
                                + " which begin with '{' or '['");
        assertThatThrownBy(() -> fix(Files.writeString(file, ""), ALL))
                .hasMessage(file + ": the file has no rows");
    }
}
