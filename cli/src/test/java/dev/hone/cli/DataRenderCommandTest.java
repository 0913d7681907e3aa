package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DataRenderCommandTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir Path folder;

    private Path copy(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = DataRenderCommandTest.class.getResourceAsStream("render/" + name)) {
            Files.copy(Objects.requireNonNull(in, name), file);
        }
        return file;
    }

    private Ran render(Path template, Path cases, Object... more) {
        Object[] arguments = {
            "data", "render", "--template", template, "--input", cases, "--out", out()
        };
        return Ran.hone(Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray());
    }

    private Path out() {
        return folder.resolve("out.jsonl");
    }

    private Ran renderText(String template, String... cases) throws IOException {
        return render(
                Files.writeString(folder.resolve("t.jinja"), template),
                Files.write(folder.resolve("cases.jsonl"), List.of(cases)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "trl_qwen3_training", "gemma2", "smollm3"})
    void publicTemplatesRenderWhatTransformersRenders(String name) throws IOException {
        Ran ran =
                render(
                        copy(name + ".jinja"),
                        copy(name + ".cases.jsonl"),
                        "--now",
                        "2026-07-01T12:30:45");

        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).isEmpty();
        List<String> expected = Files.readAllLines(copy(name + ".expected.jsonl"));
        List<String> rendered = Files.readAllLines(out());
        assertThat(rendered).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            JsonNode wanted = MAPPER.readTree(expected.get(i));
            JsonNode got = MAPPER.readTree(rendered.get(i));
            if (wanted.has("error")) {
                assertThat(got.propertyNames()).as("case %d", i).containsExactly("error");
            } else {
                assertThat(got).as("case %d", i).isEqualTo(wanted);
            }
        }
    }

    @Test
    void spansCountCodePoints() throws IOException {
        Ran ran =
                renderText(
                        "😀{% generation %}{{ messages[0].content }}{% endgeneration %}!",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"a😀\"}]}");

        assertThat(ran.out()).startsWith("1 rendered, 0 refused by the template: ");
        assertThat(out()).hasContent("{\"text\":\"😀a😀!\",\"generation_spans\":[[1,3]]}");
    }

    @Test
    void whatATemplateSeesComesFromTheLine() throws IOException {
        renderText(
                "{{ bos_token }}{{ x }}{{ tools[0].name }}{{ add_generation_prompt }}",
                "{\"messages\":[],\"tools\":[{\"name\":\"t\"}],\"add_generation_prompt\":true,\"kwargs\":{\"x\":5},\"special_tokens\":{\"bos_token\":\"<s>\"}}",
                "{\"messages\":[],\"tools\":null,\"kwargs\":null,\"special_tokens\":null}");

        assertThat(Files.readAllLines(out()))
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"text\":\"<s>5tTrue\""),
                        second -> assertThat(second).contains("\"error\":\"chat template, line 1"));
    }

    @Test
    void aTemplateThatRefusesIsAResult() throws IOException {
        Ran ran = renderText("{{ raise_exception('No!') }}", "{\"messages\":[]}");

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).startsWith("0 rendered, 1 refused by the template: ");
        assertThat(out())
                .content()
                .contains("{\"error\":\"chat template, line 1, column ")
                .contains("No!");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | not one JSON object on one line, at column 1: Unrecognized token 'nonsense'",
                "[1] | the line is no JSON object; expected {\"messages\": …}",
                "{\"message\":[]} | the line has the unknown key \"message\"; did you mean \"messages\"?",
                "{\"messages\":5} | the key \"messages\" is not what it must be; expected an array of {role, content}",
                "{\"messages\":[],\"kwargs\":[]} | the key \"kwargs\" is not what it must be; expected an object or null"
            })
    void aMalformedLineIsNamedAndTheOthersGoOn(String line, String problem) throws IOException {
        Ran ran = renderText("x", line, "{\"messages\":[]}");

        assertThat(ran.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ran.err())
                .startsWith("hone: " + folder.resolve("cases.jsonl") + ":1: " + problem);
        assertThat(Files.readAllLines(out()))
                .satisfiesExactly(
                        first ->
                                assertThat(MAPPER.readTree(first).path("error").asString())
                                        .startsWith(problem),
                        second ->
                                assertThat(second)
                                        .isEqualTo("{\"text\":\"x\",\"generation_spans\":[]}"));
    }

    @Test
    void theTimeIsTakenAsItStands() throws IOException {
        Path template =
                Files.writeString(
                        folder.resolve("t.jinja"), "{{ strftime_now('%H:%M %d %b %Y') }}");
        Path cases = Files.writeString(folder.resolve("cases.jsonl"), "{\"messages\":[]}\n");

        render(template, cases, "--now", "2026-02-03T04:05:06+05:00");
        assertThat(out()).content().contains("04:05 03 Feb 2026");
        render(template, cases, "--now", "2026-02-03T04:05");
        assertThat(out()).content().contains("04:05 03 Feb 2026");
        assertThat(render(template, cases, "--now", "noon"))
                .isEqualTo(
                        new Ran(
                                2,
                                "",
                                "hone: option --now: found 'noon'; expected a time such as"
                                        + " 2026-11-24T09:30:00 or 2026-11-24T09:30:00+01:00\n"));
    }

    @Test
    void aTemplateThatCannotBeReadIsRefused() throws IOException {
        assertThat(renderText("{% if %}", "{\"messages\":[]}").exit()).isEqualTo(2);
        assertThat(render(folder.resolve("none.jinja"), folder.resolve("none.jsonl")).err())
                .isEqualTo("hone: " + folder.resolve("none.jinja") + ": is not a file\n");
    }

    @Test
    void halfASurrogatePairIsWrittenAsAnEscape() throws IOException {
        renderText("{{ messages[0] }}", "{\"messages\":[\"\\ud800\"]}");

        assertThat(out()).hasContent("{\"text\":\"\\uD800\",\"generation_spans\":[]}");
    }
}
