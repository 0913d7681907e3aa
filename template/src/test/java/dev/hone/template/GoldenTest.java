package dev.hone.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * 58 public chat templates against 13 conversations: the text and the generation spans must be what
 * transformers 5.18.0 with jinja2 3.1.6 gives, and where it refuses a conversation so must we.
 */
@Tag("golden")
class GoldenTest {

    /** The recorded renders; JSON with the names used here. */
    record Recording(String now, Map<String, String> special_tokens, List<Case> cases) {}

    record Case(
            String template,
            @com.fasterxml.jackson.annotation.JsonProperty("case") String name,
            List<Map<String, Object>> messages,
            @Nullable List<Map<String, Object>> tools,
            boolean add_generation_prompt,
            Map<String, Object> kwargs,
            @Nullable String expected,
            @Nullable String error,
            @Nullable List<List<Integer>> generation_spans_code_points) {}

    private final Recording recording = read();
    private final Clock clock =
            Clock.fixed(
                    LocalDateTime.parse(recording.now()).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);

    @TestFactory
    Stream<DynamicTest> everyTemplateRendersWhatTransformersRenders() {
        Map<String, ChatTemplate> templates = new HashMap<>();
        return recording.cases().stream()
                .map(one ->
                        DynamicTest.dynamicTest(
                                one.template() + " " + one.name(),
                                () ->
                                        check(
                                                one,
                                                templates.computeIfAbsent(
                                                        one.template(),
                                                        name ->
                                                                ChatTemplate.parse(
                                                                        source(name))))));
    }

    @Test
    void theRecordingHoldsEveryTemplateAndConversation() {
        assertThat(recording.cases()).hasSize(58 * 13);
        assertThat(recording.cases().stream().filter(one -> one.error() != null)).hasSize(64);
        assertThat(
                        recording.cases().stream()
                                .filter(one -> one.generation_spans_code_points() != null))
                .hasSize(173);
    }

    private void check(Case one, ChatTemplate template) {
        Map<String, Object> variables = new HashMap<>(recording.special_tokens());
        variables.put("messages", one.messages());
        variables.put("tools", one.tools());
        variables.put("documents", null);
        variables.put("add_generation_prompt", one.add_generation_prompt());
        variables.putAll(one.kwargs());
        if (one.error() != null) {
            assertThatThrownBy(() -> template.render(variables, clock))
                    .isInstanceOf(TemplateException.class)
                    .hasMessageEndingWith(one.error().substring(one.error().indexOf(": ") + 2));
            return;
        }
        Rendered rendered = template.render(variables, clock);
        assertThat(rendered.text()).isEqualTo(one.expected());
        List<Span> spans = new ArrayList<>();
        List<List<Integer>> recorded =
                Objects.requireNonNullElse(one.generation_spans_code_points(), List.of());
        recorded.forEach(span -> spans.add(new Span(span.get(0), span.get(1))));
        assertThat(rendered.generationSpansInCodePoints()).isEqualTo(spans);
        assertThat(template.marksGeneration())
                .isEqualTo(one.generation_spans_code_points() != null);
    }

    static String source(String name) {
        try (InputStream in = GoldenTest.class.getResourceAsStream("jinja/" + name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Recording read() {
        try (InputStream in =
                new GZIPInputStream(
                        Objects.requireNonNull(
                                GoldenTest.class.getResourceAsStream("expected.json.gz")))) {
            return JsonMapper.builder()
                    .disable(
                            tools.jackson.databind.DeserializationFeature
                                    .FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(in, Recording.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
