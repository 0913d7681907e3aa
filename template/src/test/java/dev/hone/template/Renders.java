package dev.hone.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assertions about templates over one fixed set of variables, at a fixed time. */
final class Renders {

    static final Clock CLOCK =
            Clock.fixed(
                    LocalDateTime.parse("2026-07-01T09:05:07").toInstant(ZoneOffset.UTC),
                    ZoneOffset.UTC);

    private Renders() {}

    /** What the templates of the feature tests see. */
    static Map<String, @Nullable Object> variables() {
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.put("s", "Hello World");
        variables.put("e", "");
        variables.put("u", "Größe 😀 x");
        variables.put("z", "  a b  c  ");
        variables.put("html", "<b>&\"'");
        variables.put("multi", "a\nb\r\nc\n\n d");
        variables.put("n", 5);
        variables.put("neg", -7);
        variables.put("f", 2.5);
        variables.put("big", new BigInteger("123456789012345678901234567890"));
        variables.put("b", true);
        variables.put("none", null);
        variables.put("l", List.of(3, 1, 2));
        variables.put("ls", List.of("b", "a", "C"));
        variables.put("nest", List.of(List.of(1, List.of(2)), List.of(3)));
        variables.put("mix", Arrays.asList(1, "1", 1.0, true, null));
        variables.put("o", Map.of("x", Map.of("y", List.of(10, 20))));
        variables.put("d", dict("b", 1, "a", 2, "items", 9, "k", null));
        variables.put(
                "m",
                List.of(
                        dict("role", "user", "content", "hi"),
                        dict("role", "assistant", "content", "yo", "x", 1)));
        return variables;
    }

    private static Map<String, @Nullable Object> dict(@Nullable Object... entries) {
        Map<String, @Nullable Object> dict = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            dict.put(String.valueOf(entries[i]), entries[i + 1]);
        }
        return dict;
    }

    /** Asserts the text, and the generation spans in code points. */
    static void renders(String template, String expected, Span... spans) {
        Rendered rendered = ChatTemplate.parse(template).render(variables(), CLOCK);
        assertThat(rendered.text()).as(template).isEqualTo(expected);
        assertThat(rendered.generationSpansInCodePoints()).as(template).containsExactly(spans);
    }

    /** Asserts where and why the template cannot be parsed or rendered. */
    static void fails(String template, int line, int column, String problem) {
        TemplateException thrown =
                catchThrowableOfType(
                        TemplateException.class,
                        () -> ChatTemplate.parse(template).render(variables(), CLOCK));
        assertThat(thrown).as(template).isNotNull();
        assertThat(thrown.problem()).as(template).isEqualTo(problem);
        assertThat(List.of(thrown.line(), thrown.column()))
                .as(template)
                .isEqualTo(List.of(line, column));
        assertThat(thrown)
                .hasMessage(
                        "chat template, line %d, column %d: %s".formatted(line, column, problem));
    }
}
