package dev.hone.template;

import static dev.hone.template.Renders.CLOCK;
import static dev.hone.template.Renders.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile templates end with an error that says which limit they hit. */
class LimitsTest {

    private static final Limits SMALL = new Limits(1000, 1000, 50_000, 100);

    private static void refused(String template, String problem) {
        assertThatThrownBy(() -> ChatTemplate.parse(template, SMALL).render(Map.of(), CLOCK))
                .isInstanceOf(TemplateException.class)
                .hasMessageEndingWith(": " + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "{% for i in range(99999) %}{% set x = range(99999)|list %}{% endfor %}",
                "{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
                "{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}",
                "{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s|tojson }}",
                "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}",
                "{{ 'x' * 999999999999 }}",
                "{{ [1] * 999999999999 }}",
                "{{ 'x'.center(999999999) }}",
                "{{ 'x'|center(999999999) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '{:>999999999}'.format(1) }}",
                "{{ '{:0999999999,}'.format(1) }}",
                "{{ 'a\\nb'|indent(999999999) }}",
                "{{ '\\t'.expandtabs(999999999) }}",
                "{{ '1'.zfill(999999999) }}",
                "{{ [[1]]|tojson(indent=999999999) }}",
                "{{ [1]|batch(999999999, 0)|list }}",
                "{{ [1]|slice(999999999)|list }}",
                "{% set s = 'x' * 9999 %}{{ s.replace('', s) }}",
                "{% set s = 'x' * 9999 %}{{ s|replace('x', s) }}",
                "{% set s = 'x' * 9999 %}{% set t = s[1:] ~ 'y' %}{% for i in range(9999) %}{{ t in s }}{% endfor %}",
                "{% set s = 'x' * 9999 %}{% for i in range(9999) %}{% set n = s|length %}{% endfor %}",
                "{% set s = ['x' * 9999] * 999 %}{{ s|sort|length }}",
                "{% for i in range(99999)|select('odd') %}{{ loop.length }}{% for j in range(999) %}{% endfor %}{% endfor %}"
            })
    void workIsBounded(String template) {
        refused(
                template,
                "the template did more than 50000 units of work; it may loop for ever, or needs a higher Limits.maxWork");
    }

    @Test
    void recursionIsBounded() {
        String problem = "nested deeper than 100 levels; a macro may call itself for ever";
        refused("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", problem);
        refused(
                "{% macro m() %}{{ caller }}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}",
                problem);
        refused("{% for i in [[1]] recursive %}{{ loop([i]) }}{% endfor %}", problem);
        refused("{% block a %}{{ self.a() }}{% endblock %}", problem);
        refused("{% set n = namespace() %}{% set n.n = n %}{{ n }}", problem);
        refused(
                "{% set n = namespace(s=[1]) %}{% for i in range(200) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s }}",
                problem);
        refused(
                "{% set n = namespace(s=[1]) %}{% for i in range(200) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s|tojson }}",
                problem);
    }

    @Test
    void outputAndSourceAreBounded() {
        refused(
                "{% for i in range(200) %}0123456789{% endfor %}",
                "the text grew longer than 1000 characters (Limits.maxOutput)");
        refused(
                " ".repeat(1001),
                "the template has 1001 characters; at most 1000 are read (Limits.maxSource)");
    }

    @Test
    void nestingInTheSourceIsBounded() {
        fails(
                "{{ " + "(".repeat(101) + "1" + ")".repeat(101) + " }}",
                1,
                104,
                "expressions nest deeper than 100 levels");
        fails(
                "{{ " + "not ".repeat(101) + "1 }}",
                1,
                408,
                "expressions nest deeper than 100 levels");
        fails("{{ " + "-".repeat(101) + "1 }}", 1, 104, "expressions nest deeper than 100 levels");
        fails("{{ 1" + " + 1".repeat(501) + " }}", 1, 6, "expressions nest deeper than 500 levels");
        fails("{{ s" + ".a".repeat(501) + " }}", 1, 5, "expressions nest deeper than 500 levels");
        fails("{% if 1 %}".repeat(101), 1, 1004, "tags nest deeper than 100 levels");
    }

    @Test
    void numbersAreBounded() {
        assertThat(render("{{ (0x" + "f".repeat(3990) + ").bit_length() }}")).isEqualTo("15960");
        fails("{{ 2 ** 99999 }}", 1, 6, "an integer of more than 16384 bits");
        fails("{{ 2 ** 99999999999999999999 }}", 1, 6, "an integer of more than 16384 bits");
        fails("{{ 10.0 ** 999 }}", 1, 9, "the result of ** is too large for a float");
        fails(
                "{{ range(100001) }}",
                1,
                9,
                "a range of 100001 elements is too big; at most 100000 are allowed");
        fails("{{ '%.9999f' % 1 }}", 1, 14, "a precision of 9999; at most 1000 is possible");
        fails(
                "{{ " + "9".repeat(4001) + " }}",
                1,
                4,
                "an integer of 4001 digits; at most 4000 are read");
    }

    @Test
    void nothingOfJavaIsReachable() {
        fails("{{ s.getClass() }}", 1, 14, "'str object' has no attribute 'getClass'");
        fails(
                "{{ s.class.forName('java.lang.Runtime') }}",
                1,
                11,
                "'str object' has no attribute 'class'");
        fails(
                "{{ s.__class__() }}",
                1,
                15,
                "access to attribute '__class__' of 'str' object is unsafe.");
        fails(
                "{{ l.append(1) }}",
                1,
                12,
                "access to attribute 'append' of 'list' object is unsafe.");
        fails(
                "{{ d.update({}) }}",
                1,
                12,
                "access to attribute 'update' of 'dict' object is unsafe.");
        fails(
                "{{ d['__init__']() }}",
                1,
                17,
                "access to attribute '__init__' of 'dict' object is unsafe.");
        fails(
                "{{ '{0.__class__.x}'.format(s) }}",
                1,
                28,
                "access to attribute '__class__' of 'str' object is unsafe.");
    }

    /** The default limits must hold on half of the stack that a thread usually gets. */
    @Test
    void theDeepestTemplatesFitIntoASmallStack() throws InterruptedException {
        String recursion =
                "{% macro m(a) %}{% if 1 %}{% for i in [1] %}{{ (m([a]) ~ '')|trim }}{% endfor %}{% endif %}{% endmacro %}{{ m(1) }}";
        String parentheses = "{{ " + "(".repeat(99) + "1" + ")".repeat(99) + " }}";
        String chain = "{{ 1" + " + 1".repeat(490) + " }}";
        String tags = "{% if 1 %}".repeat(100) + "x" + "{% endif %}".repeat(100);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            assertThatThrownBy(() -> render(recursion))
                                    .hasMessageContaining("nested deeper than 600 levels");
                            assertThat(render(parentheses)).isEqualTo("1");
                            assertThat(render(chain)).isEqualTo("491");
                            assertThat(render(tags)).isEqualTo("x");
                        },
                        "small stack",
                        512 * 1024);
        thread.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    private static String render(String template) {
        return ChatTemplate.parse(template).render(Map.of(), CLOCK).text();
    }
}
