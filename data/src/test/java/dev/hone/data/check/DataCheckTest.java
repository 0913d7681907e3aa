package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.ChatFormat;
import dev.hone.data.DataException;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.Tokenizer;
import dev.hone.data.TooLong;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataCheckTest {

    @TempDir Path folder;
    private Checked checked = new Checked(Path.of(""));

    @BeforeEach
    void inFolder() {
        checked = new Checked(folder);
    }

    @Test
    void whatTheReaderRefusesGetsItsCode() {
        Path file =
                checked.write(
                        "rows.jsonl",
                        List.of(
                                Checked.chat("When?", "At nine."),
                                "{\"messages\": [",
                                "[1]",
                                "{\"messages\":[{\"role\":\"users\",\"content\":\"x\"}]}",
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\" \"}]}",
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}",
                                "{\"question\":\"x\"}",
                                "{\"messages\":[{\"role\":\"user\",\"content\":5}]}"));

        assertThat(Checked.all(Checked.spec(file)))
                .extracting(finding -> finding.place().line() + " " + finding.code().id())
                .containsExactly(
                        "2 bad-json",
                        "3 bad-json",
                        "4 bad-role",
                        "5 empty-answer",
                        "6 bad-encoding",
                        "7 bad-row",
                        "8 bad-row");
        assertThat(
                        checked.of(
                                Code.BAD_ROLE,
                                "{\"messages\":[{\"role\":\"users\",\"content\":\"x\"}]}"))
                .singleElement()
                .asString()
                .startsWith(
                        "rows.jsonl:1: error bad-role: messages[0].role is \"users\"; expected one of");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"instruction\":\"x\",\"output\":\"\"} | empty-answer",
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"x\"},{\"from\":\"robot\",\"value\":\"y\"}]} | bad-role",
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"x\"},{\"from\":\"gpt\",\"value\":\"\"}]} | empty-answer",
                "{\"text\":\"a\\u0000b\"} | bad-encoding",
                "{\"text\":5} | bad-row"
            })
    void faultsOfOtherFormatsGetTheSameCodes(String row, String code) {
        assertThat(Checked.all(Checked.spec(checked.write("rows.jsonl", List.of(row)))))
                .extracting(finding -> finding.code().id())
                .contains(code);
    }

    @Test
    void bytesThatAreNoTextAreAnErrorOfTheirLine() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.write(
                file,
                (Checked.chat("When?", "At caf\u00e9.") + "\n")
                        .getBytes(StandardCharsets.ISO_8859_1));

        assertThat(Checked.all(Checked.spec(file)))
                .extracting(finding -> finding.place().line() + " " + finding.code().id())
                .containsExactly("1 bad-encoding");
    }

    @Test
    void aFileThatDoesNotExistIsRefused() {
        CheckSpec spec = Checked.spec(folder.resolve("none.jsonl"));

        assertThatThrownBy(() -> Checked.all(spec))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.jsonl");
    }

    @Test
    void goodRowsGiveNothing() {
        CheckReport report =
                DataCheck.run(
                        Checked.spec(
                                checked.write(
                                        "rows.jsonl",
                                        List.of(
                                                Checked.chat("When is low tide?", "At nine."),
                                                Checked.chat("And high tide?", "At three.")))),
                        finding -> {});

        assertThat(report.rows()).isEqualTo(2);
        assertThat(report.counts()).isEmpty();
        assertThat(report.coverage()).isEmpty();
        assertThat(report.tokens()).isEmpty();
    }

    @Test
    void countsGoOnWhereTheListEnds() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(Checked.chat("When " + i + "?", "{{hour}}"));
        }
        CheckReport report =
                DataCheck.run(Checked.spec(checked.write("rows.jsonl", rows)), finding -> {});

        CheckReport.CodeCount placeholders = report.counts().getFirst();
        assertThat(placeholders.code()).isEqualTo(Code.PLACEHOLDER);
        assertThat(placeholders.count()).isEqualTo(120);
        assertThat(placeholders.first()).hasSize(CheckReport.CodeCount.SHOWN);
        assertThat(report.count(Severity.WARNING)).isEqualTo(120);
    }

    @Test
    void aKeyThatIsNotUsedIsNotedOnce() {
        assertThat(
                        checked.of(
                                Code.UNUSED_KEY,
                                "{\"text\":\"one\",\"topic\":1}",
                                "{\"text\":\"two\",\"topic\":2}"))
                .containsExactly(
                        "rows.jsonl:1: note unused-key: the key \"topic\" is in 2 rows and is not used");
    }

    @Test
    void withAModelRowsAreCountedInItsTokens() throws IOException {
        Path model = tinyModel();
        Path file =
                checked.write(
                        "rows.jsonl",
                        List.of(
                                Checked.chat("When?", "At nine."),
                                Checked.chat("When?", "At nine, ".repeat(20) + "at nine."),
                                Checked.chat("Why ".repeat(60), "So.")));
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            ExampleBuilder builder =
                    new ExampleBuilder(
                            tokenizer, ChatFormat.load(model), Integer.MAX_VALUE, TooLong.DROP);
            List<Finding> findings = new ArrayList<>();
            CheckReport report =
                    DataCheck.run(
                            new CheckSpec(
                                    List.of(file),
                                    Optional.empty(),
                                    Optional.of(new CheckSpec.Tokens(builder, 40))),
                            findings::add);

            assertThat(findings)
                    .filteredOn(finding -> finding.code() == Code.TOO_LONG)
                    .extracting(checked::shown)
                    .hasSize(2)
                    .allMatch(text ->
                            text.matches(
                                    "rows\\.jsonl:[23]: error too-long: the row has \\d+ tokens; cut to 40 it"
                                            + " loses \\d+, of which \\d+ are trained; expected at most 40"));
            assertThat(findings)
                    .filteredOn(finding -> finding.code() == Code.NO_TRAINED_TOKEN)
                    .extracting(checked::shown)
                    .singleElement()
                    .asString()
                    .matches(
                            "rows\\.jsonl:3: error no-trained-token: all \\d+ trained tokens come after"
                                    + " the first 40; expected a trained token within max_length");
            TokenCounts counts = report.tokens().orElseThrow();
            assertThat(counts.longest()).isGreaterThan(40);
            assertThat(counts.trained()).isPositive().isLessThan(counts.tokens());
        }
    }

    /** What public demo data has in it, so that a change of any check shows here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alpaca_en_demo.json | {cut-off=4, exact-duplicate=14, refusal=14, boilerplate=25, placeholder=8, rare-language=2}",
                "identity.json | {near-duplicate=1, conflicting-answers=2, placeholder=85}",
                "c4_demo.jsonl | {replacement-character=4, email=7, phone=4}",
                "v1_sft_demo.jsonl | {cut-off=2, exact-duplicate=1, near-duplicate=1, conflicting-answers=1, refusal=7, boilerplate=11, placeholder=54}"
            })
    void realDataHasTheseFindings(String name, String expected) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = DataCheckTest.class.getResourceAsStream("real/" + name + ".gz")) {
            Files.copy(Objects.requireNonNull(in, name), file);
        }
        CheckReport report = DataCheck.run(Checked.spec(file), finding -> {});

        Map<Code, String> counts = new TreeMap<>();
        report.counts().forEach(one -> counts.put(one.code(), one.code().id() + "=" + one.count()));
        assertThat("{" + String.join(", ", counts.values()) + "}").isEqualTo(expected);
    }

    private Path tinyModel() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        for (String name :
                List.of(
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "config.json",
                        "generation_config.json",
                        "chat_template.jinja")) {
            try (InputStream in =
                    DataCheckTest.class.getResourceAsStream("/dev/hone/data/tiny/" + name)) {
                Files.copy(Objects.requireNonNull(in, name), model.resolve(name));
            }
        }
        return model;
    }
}
