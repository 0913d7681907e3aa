package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Whitespace control and the lexer, against jinja2 3.1.6. */
class WhitespaceTest {

    @Test
    void whitespaceGoesWhereJinjaTakesIt() {
        renders("a\n", "a");
        renders("a\n\n", "a\n");
        renders("\na", "\na");
        renders("a\r\nb\rc\n", "a\nb\nc");
        renders("{% if 1 %}\nx\n{% endif %}\ny", "x\ny");
        renders("  {% if 1 %}  \n  x\n  {% endif %}  \ny", "  \n  x\n  \ny");
        renders("a {%- if 1 -%} b {%- endif -%} c", "abc");
        renders("a\n  {%- if 1 %}\n  b{% endif -%}\n\n c", "a  bc");
        renders("  {%+ if 1 %}x{% endif +%}\ny", "  x\ny");
        renders("{{ 1 }}\n{{ 2 }}", "1\n2");
        renders("  {{ 1 }}  \n", "  1  ");
        renders("a  {{- 1 -}}  b", "a1b");
        renders("a {{+ 1 }} b", "a 1 b");
        renders("{# c #}\nx", "x");
        renders("  {# c #}  \nx", "  \nx");
        renders("a {#- c -#} b", "ab");
        renders("{#+ c +#}\nx", "\nx");
        fails("a{# unclosed", 1, 2, "this comment is never closed; expected '#}'");
        renders("a{#", "a");
        renders("{% raw %}{{ x }}{% endraw %}", "{{ x }}");
        renders("{% raw %}\n{{ x }}\n{% endraw %}\ny", "\n{{ x }}\ny");
        renders("a {%- raw -%} {{ x }} {%- endraw -%} b", "a{{ x }}b");
        renders("{%-raw-%} a {%-endraw-%} b", "ab");
        renders("  {% raw %}  a\n  {% endraw %}\nb", "  a\nb");
        renders("{% raw %}a{% endraw +%}\nb", "a\nb");
        fails("{% raw %}a", 1, 1, "this raw block is never closed; expected '{% endraw %}'");
        renders("{% raw %}", "");
        renders("{% raw %}{% raw %}{% endraw %}", "{% raw %}");
        fails("{% rawx %}", 1, 4, "unknown tag 'rawx'");
        fails("a{{", 1, 4, "found the end of the template, expected an expression");
        fails("a{{ 1", 1, 6, "found the end of the template, expected '}}'");
        fails("a{%", 1, 4, "found the end of the template, expected a name");
        fails("a{% if", 1, 7, "found the end of the template, expected an expression");
        fails("{{ }}", 1, 4, "found '}}', expected an expression");
        fails("{{ 1 2 }}", 1, 6, "found 2, expected '}}'");
        fails("{{ 'a }}", 1, 4, "this string is never closed; expected '");
        fails("{{ a ! b }}", 1, 6, "unexpected character '!'");
        fails("{{ a $ }}", 1, 6, "unexpected character '$'");
        renders("{{ {'a':1}}}", "{'a': 1}");
        renders("{{ {'a':{}}['a'] }}", "{}");
        fails("{{ (1 }}", 1, 7, "unexpected '}', expected ')'");
        fails("{{ 1) }}", 1, 5, "unexpected ')'");
        fails("{{ [1) }}", 1, 6, "unexpected ')', expected ']'");
        renders("{{ '}}' }}", "}}");
        renders("{% if '%}' %}x{% endif %}", "x");
        renders("{{ '{{' }}", "{{");
        renders("{ { x } }", "{ { x } }");
        renders("{{{1:2}}}", "{1: 2}");
        renders("}} %} #}", "}} %} #}");
        renders("{{ 'a\nb' }}", "a\nb");
        renders("{{ '\\\n' }}|", "|");
        renders("{{ 1.0.real }}", "1.0");
        renders("{{ 1.real }}", "1");
        renders("{{ l.0.real }}", "3");
        renders("{{ 1e5 }}", "100000.0");
        renders("{{ 1_0e1_0 }}", "100000000000.0");
        renders("{{ 1._5 }}", "");
        fails("{{ 007 }}", 1, 6, "found 7, expected '}}'");
        renders("{{ 00 }}", "0");
        renders("{{ 0_0 }}", "0");
        fails("{{ 1__0 }}", 1, 5, "found '__0', expected '}}'");
        renders("{{ _x }}", "");
        renders("{{ é }}", "");
        fails("{{ x² }}", 1, 5, "unexpected character '²'");
        renders("\t{% if 1 %}x{% endif %}", "x");
        renders("x\t{% if 1 %}x{% endif %}", "x\tx");
        renders("x\n\u000b {% if 1 %}y{% endif %}", "x\ny");
        renders("x\n\u00a0{% if 1 %}y{% endif %}", "x\ny");
        renders("{{ 1 -}}\n\n\n x", "1x");
        renders("{% set a = 1 -%}\n x{{a}}", "x1");
        renders("{%- set a = 1 %}\n\n x", "\n x");
        renders("{% set a = 1 %}\n\n\n", "\n");
        renders("\n\n{% if 1 %}{% endif %}\n\n", "\n\n");
        renders("{% if 1 -%}{%- endif %}", "");
        renders(
                "line1\n    {% for i in l %}\n    {{ i }}\n    {% endfor %}\nline2\n",
                "line1\n    3\n    1\n    2\nline2");
    }
}
