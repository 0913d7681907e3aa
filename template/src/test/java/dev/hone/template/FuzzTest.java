package dev.hone.template;

import static dev.hone.template.Renders.CLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the template, it renders or a {@link TemplateException} says why not. */
@Tag("property")
class FuzzTest {

    private static final long SEED = 20_260_701;
    private static final Limits LIMITS = new Limits(200_000, 200_000, 300_000, 300);
    private static final String[] PIECES = {
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "~",
        "|",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "=",
        "==",
        "'",
        "\"",
        "\\",
        "\n",
        " ",
        "0",
        "9e9",
        "1_",
        "0x",
        "if",
        "endif",
        "for i in l",
        "endfor",
        "set a",
        "endset",
        "macro m(a)",
        "endmacro",
        "raw",
        "endraw",
        "loop.last",
        "m",
        "l",
        "s",
        "u",
        "generation",
        "endgeneration",
        "is",
        "not",
        "in",
        "else",
        "tojson",
        "é",
        "😀",
        "\ud800",
        "\u0000"
    };
    private static final String[] ATOMS = {
        "1",
        "0",
        "-3",
        "2.5",
        "1e300",
        "'ab'",
        "''",
        "'%s %d'",
        "'{:5}{!r}'",
        "true",
        "none",
        "[]",
        "{}",
        "()",
        "big",
        "s",
        "u",
        "l",
        "ls",
        "d",
        "m",
        "o",
        "nest",
        "mix",
        "multi",
        "html",
        "missing",
        "namespace(a=1)",
        "range(5)",
        "joiner()",
        "cycler(1)",
        "dict",
        "self"
    };
    private static final String[] OPERATORS = {
        "+", "-", "*", "/", "//", "%", "**", "~", "==", "<", ">=", "in", "not in", "and", "or"
    };
    private static final String[] FILTERS = {
        "upper",
        "title",
        "trim",
        "length",
        "list",
        "first",
        "last",
        "join(1)",
        "tojson",
        "tojson(indent=1, sort_keys=true)",
        "string",
        "int",
        "int(base=36)",
        "float",
        "d(1)",
        "sort",
        "sort(attribute='a.0')",
        "unique",
        "reverse",
        "map('upper')",
        "map(attribute='role')",
        "selectattr('role')",
        "select",
        "rejectattr('x', 'gt', 1)",
        "items",
        "dictsort",
        "replace('', 'zz')",
        "replace(1, 2)",
        "indent",
        "abs",
        "round(2)",
        "round(-2, 'ceil')",
        "sum",
        "min",
        "max",
        "batch(2)",
        "slice(2)",
        "center(9)",
        "wordcount",
        "e",
        "safe",
        "groupby('role')",
        "truncate(6)",
        "urlencode",
        "xmlattr",
        "filesizeformat",
        "attr('x')",
        "format(1)",
        "list|first|list"
    };
    private static final String[] POSTFIXES = {
        ".a",
        ".items()",
        ".split()",
        ".split('l', 1)",
        ".rsplit(none, 1)",
        ".format(1, a=2)",
        ".keys()",
        ".get('a')",
        "[0]",
        "[-1]",
        "['a']",
        "[1:]",
        "[::-1]",
        "[:-1:2]",
        "()",
        "(1)",
        ".index(1)",
        ".count('a')",
        ".join('ab')",
        ".center(9, 'é')",
        ".zfill(9)",
        ".splitlines()",
        ".partition('l')",
        ".title()",
        ".strip('l')",
        ".startswith(('a', 'H'))",
        ".find('', 3)",
        ".expandtabs(3)",
        ".swapcase()",
        ".next()",
        ".real",
        ".isnumeric()",
        ".rfind('o', 1, 5)"
    };

    private final Random random = new Random(SEED);

    @Test
    void randomPiecesNeverCrash() {
        for (int i = 0; i < 3000; i++) {
            StringBuilder source = new StringBuilder("{{ s }}");
            for (int length = random.nextInt(40); length > 0; length--) {
                source.append(pick(PIECES)).append(random.nextBoolean() ? " " : "");
            }
            check(source.toString(), i);
        }
    }

    @Test
    void mutatedTemplatesNeverCrash() {
        List<String> templates =
                GoldenTest.read().cases().stream()
                        .map(GoldenTest.Case::template)
                        .distinct()
                        .map(GoldenTest::source)
                        .toList();
        for (int i = 0; i < 1500; i++) {
            String source = templates.get(random.nextInt(templates.size()));
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                source = mutated(source);
            }
            check(source, i);
        }
    }

    private String mutated(String source) {
        int from = random.nextInt(source.length() + 1);
        int to = Math.min(source.length(), from + random.nextInt(12));
        return switch (random.nextInt(3)) {
            case 0 -> source.substring(0, from) + source.substring(to);
            case 1 -> source.substring(0, from) + pick(PIECES) + source.substring(from);
            default -> source.substring(0, from) + pick(PIECES) + source.substring(to);
        };
    }

    @Test
    void randomExpressionsNeverCrash() {
        int rendered = 0;
        for (int i = 0; i < 6000; i++) {
            rendered += check("{{ " + expression(4) + " }}", i) ? 1 : 0;
        }
        assertThat(rendered).isGreaterThan(1000);
    }

    private String expression(int depth) {
        if (depth == 0) {
            return pick(ATOMS);
        }
        return switch (random.nextInt(8)) {
            case 0 -> pick(ATOMS);
            case 1 ->
                    "(%s %s %s)"
                            .formatted(
                                    expression(depth - 1), pick(OPERATORS), expression(depth - 1));
            case 2, 3 -> "(%s)|%s".formatted(expression(depth - 1), pick(FILTERS));
            case 4, 5 -> "(%s)%s".formatted(expression(depth - 1), pick(POSTFIXES));
            case 6 -> "[%s, %s]".formatted(expression(depth - 1), expression(depth - 1));
            default ->
                    "{'a': %s, 'role': %s}".formatted(expression(depth - 1), expression(depth - 1));
        };
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    /** Whether the template rendered; anything but success or a TemplateException is a failure. */
    private static boolean check(String source, int round) {
        Map<String, @Nullable Object> variables = new HashMap<>(Renders.variables());
        variables.put(
                "messages", new ArrayList<>(List.of(Map.of("role", "user", "content", "hi"))));
        variables.put("tools", null);
        variables.put("add_generation_prompt", true);
        try {
            ChatTemplate.parse(source, LIMITS).render(variables, CLOCK);
            return true;
        } catch (TemplateException expected) {
            return false;
        } catch (RuntimeException | Error crash) {
            throw new AssertionError(
                    "seed %d, round %d, template: %s".formatted(SEED, round, source), crash);
        }
    }
}
