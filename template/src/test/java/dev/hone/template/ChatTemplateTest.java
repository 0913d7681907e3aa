package dev.hone.template;

import static dev.hone.template.Renders.CLOCK;
import static dev.hone.template.Renders.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The public surface: variables in, text and spans out. */
class ChatTemplateTest {

    private static Rendered render(String template) {
        return ChatTemplate.parse(template).render(Map.of(), CLOCK);
    }

    private static String with(@Nullable Object value) {
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.put("v", value);
        return ChatTemplate.parse("{{ v }}").render(variables, CLOCK).text();
    }

    @Test
    void oneTemplateRendersInManyThreadsAtOnce() {
        ChatTemplate template =
                ChatTemplate.parse(
                        "{% set ns = namespace(t='') %}{% for i in range(n) %}{% set ns.t = ns.t ~ i %}{% endfor %}{{ ns.t }}");
        List<String> expected =
                IntStream.range(0, 64)
                        .mapToObj(n ->
                                String.join(
                                        "",
                                        IntStream.range(0, n).mapToObj(String::valueOf).toList()))
                        .toList();
        List<String> rendered =
                IntStream.range(0, 64)
                        .parallel()
                        .mapToObj(n -> template.render(Map.of("n", n), CLOCK).text())
                        .toList();
        assertThat(rendered).isEqualTo(expected);
    }

    @Test
    void spansCountUtf16UnitsAndConvertToCodePoints() {
        Rendered rendered = render("😀{% generation %}é😀{% endgeneration %}!");
        assertThat(rendered.text()).isEqualTo("😀é😀!");
        assertThat(rendered.generationSpans()).containsExactly(new Span(2, 5));
        assertThat(rendered.generationSpansInCodePoints()).containsExactly(new Span(1, 3));
    }

    @Test
    void generationBlocksKeepTheirPlaceThroughMacrosAndSetBlocks() {
        String block = "a{% generation %}bc{% endgeneration %}d";
        assertThat(
                        render("{% macro m() %}" + block + "{% endmacro %}x{{ m() }}{{ m() }}")
                                .generationSpans())
                .containsExactly(new Span(2, 4), new Span(6, 8));
        assertThat(render("{% set t %}" + block + "{% endset %}xy{{ t }}").generationSpans())
                .containsExactly(new Span(3, 5));
        assertThat(
                        render(
                                        "{% macro m() %}<{{ caller() }}>{% endmacro %}x{% call m() %}"
                                                + block
                                                + "{% endcall %}")
                                .generationSpans())
                .containsExactly(new Span(3, 5));
        assertThat(
                        render(
                                        "{% generation %}a{% generation %}b{% endgeneration %}{% endgeneration %}")
                                .generationSpans())
                .containsExactly(new Span(1, 2), new Span(0, 2));
    }

    @Test
    void aGenerationBlockWhoseTextIsChangedAfterwardsIsRefused() {
        String problem =
                "this generation block was rendered inside a macro, set, call or filter block whose text was changed or dropped afterwards, so its place in the output is unknown; print that text as it is or move the block out";
        String block = "{% generation %}b{% endgeneration %} ";
        fails("{% macro m() %}" + block + "{% endmacro %}{{ m()|trim }}", 1, 19, problem);
        fails("{% filter upper %}" + block + "{% endfilter %}", 1, 22, problem);
        fails("{% set t %}" + block + "{% endset %}", 1, 15, problem);
    }

    @Test
    void theTemplateSaysWhetherItMarksGeneration() {
        assertThat(ChatTemplate.parse("{%- generation -%}{%- endgeneration -%}").marksGeneration())
                .isTrue();
        assertThat(ChatTemplate.parse("{# {% generation %} #}").marksGeneration()).isFalse();
    }

    @Test
    void plainJavaValuesBecomePythonValues() {
        assertThat(with(null)).isEqualTo("None");
        assertThat(with(true)).isEqualTo("True");
        assertThat(with(3)).isEqualTo("3");
        assertThat(with((short) 3)).isEqualTo("3");
        assertThat(with((byte) 3)).isEqualTo("3");
        assertThat(with(3L)).isEqualTo("3");
        assertThat(with(0.1)).isEqualTo("0.1");
        assertThat(with(0.1f)).isEqualTo("0.1");
        assertThat(with(new BigDecimal("2.50"))).isEqualTo("2.5");
        assertThat(with(BigInteger.TWO.pow(70))).isEqualTo("1180591620717411303424");
        assertThat(with(List.of("a", Map.of("b", 1.0)))).isEqualTo("['a', {'b': 1.0}]");
        assertThat(with(Map.of(1, "x"))).isEqualTo("{1: 'x'}");
        assertThat(render("{{ v is defined }}").text()).isEqualTo("False");
    }

    @Test
    void whatIsNotPlainDataIsRefusedWithItsPath() {
        assertThatThrownBy(() -> with(List.of(Map.of("when", Instant.EPOCH))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "variable v[0].when holds a java.time.Instant; expected Map, List, String, Integer, Long, Double, Boolean or null");
        assertThatThrownBy(() -> with(Map.of(List.of(), 1)))
                .hasMessage(
                        "variable v holds a map with a list or map as key; expected Map, List, String, Integer, Long, Double, Boolean or null");
        assertThatThrownBy(() -> with(BigInteger.TWO.pow(20_000)))
                .hasMessage(
                        "variable v holds a number of 20001 bits; expected Map, List, String, Integer, Long, Double, Boolean or null");
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        assertThatThrownBy(() -> with(loop))
                .hasMessage("a variable nests deeper than 600 levels; does it contain itself?");
    }

    @Test
    void theDateIsTheClocksInItsZone() {
        Clock tokyo = Clock.fixed(Instant.parse("2026-06-30T20:00:00Z"), ZoneId.of("Asia/Tokyo"));
        ChatTemplate template = ChatTemplate.parse("{{ strftime_now('%d %b %Y %H:%M') }}");
        assertThat(template.render(Map.of(), tokyo).text()).isEqualTo("01 Jul 2026 05:00");
    }

    @Test
    void whatATemplateRefusesIsToldInItsOwnWordsAndPlace() {
        fails("\n  {{ raise_exception('No system role.') }}", 2, 21, "No system role.");
        fails("a\n{{ messages[0].role }}", 2, 12, "'messages' is undefined");
        fails(
                "{% for i in l %}\n{{ i.x.y }}\n{% endfor %}",
                2, 7, "'int object' has no attribute 'x'");
    }

    @Test
    void whatJinjaCanAndAPromptMustNotIsNamed() {
        fails(
                "{{ s|pprint }}",
                1,
                6,
                "the filter 'pprint' of Jinja is not supported in chat templates");
        fails(
                "{{ l|random }}",
                1,
                6,
                "the filter 'random' of Jinja is not supported in chat templates");
        fails("{{ lipsum() }}", 1, 10, "lipsum() makes random text, which a prompt must not hold");
        fails("{{ s.encode() }}", 1, 12, "the string method 'encode' is not supported");
        fails(
                "{% autoescape true %}{% endautoescape %}",
                1, 4, "automatic escaping is not supported: a chat template makes plain text");
        fails(
                "{% include 'x' %}",
                1, 4, "'include' needs another template, but a chat template stands alone");
    }

    @Test
    void spansAndLimitsRefuseNonsense() {
        assertThatThrownBy(() -> new Span(3, 2)).hasMessage("not a span: [3, 2)");
        assertThatThrownBy(() -> new Limits(1, 0, 1, 1))
                .hasMessage(
                        "limits must be positive, got maxSource=1, maxOutput=0, maxWork=1, maxDepth=1");
    }
}
