package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Macros and call blocks, against jinja2 3.1.6. */
class MacrosTest {

    @Test
    void macrosBindAndRenderAsInJinja() {
        renders(
                "{% macro m(a,b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1,3) }}{{ m(b=4,a=5) }}{{ m() }}",
                "1213542");
        renders("{% macro m(a) %}{{ a is defined }}{{ a }}{% endmacro %}{{ m() }}", "False");
        fails(
                "{% macro m(a) %}{{ a.x }}{% endmacro %}{{ m() }}",
                1, 21, "parameter 'a' was not provided");
        fails(
                "{% macro m(a) %}{% endmacro %}{{ m(1,2) }}",
                1, 35, "macro 'm' takes not more than 1 argument(s)");
        fails(
                "{% macro m(a) %}{% endmacro %}{{ m(z=2) }}",
                1, 35, "macro 'm' takes no keyword argument 'z'");
        fails(
                "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1,a=2) }}",
                1, 42, "macro 'm' takes no keyword argument 'a'");
        renders("{% macro m(a,b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "11");
        fails(
                "{% macro m(a=1,b) %}{% endmacro %}",
                1, 16, "parameter 'b' needs a default, as the one before it has one");
        fails("{% macro m(a,a) %}{% endmacro %}", 1, 14, "parameter 'a' is declared twice");
        renders(
                "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1,2,c=3) }}",
                "(1, 2){'c': 3}");
        fails(
                "{% macro m(a) %}{{ varargs }}{% endmacro %}{{ m(1,2) }}{{ m(x=1) }}",
                1, 60, "macro 'm' takes no keyword argument 'x'");
        renders("{% macro m(a, kwargs) %}{{ kwargs }}{% endmacro %}{{ m(1,2) }}", "2");
        renders("{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{% endcall %}", "[x]");
        fails("{% macro m() %}[{{ caller() }}]{% endmacro %}{{ m() }}", 1, 26, "No caller defined");
        renders(
                "{% macro m() %}[{{ caller(1) }}{{ caller(2) }}]{% endmacro %}{% call(a) m() %}<{{ a }}>{% endcall %}",
                "[<1><2>]");
        fails(
                "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}",
                1, 40, "macro 'm' takes no keyword argument 'caller'");
        fails(
                "{% macro m(caller) %}{{ caller() }}{% endmacro %}{% call m() %}y{% endcall %}",
                1, 11, "the special parameter 'caller' must be left out or have a default");
        renders(
                "{% macro m(caller=none) %}{% if caller %}{{ caller() }}{% endif %}-{% endmacro %}{% call m() %}y{% endcall %}{{ m() }}",
                "y--");
        renders(
                "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(3) }}",
                "3210");
        renders(
                "{% macro m() %}{{ m2() }}{% endmacro %}{% macro m2() %}q{% endmacro %}{{ m() }}",
                "q");
        renders(
                "{% macro m(x) %}a{% endmacro %}{{ m }}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}{{ m.foo }}",
                "<Macro 'm'>m('x',)FalseFalseFalse");
        renders(
                "{% macro m() %}  a  {% endmacro %}{{ m()|trim }}|{{ m() ~ 'x' }}|{{ m()|length }}",
                "a|  a  x|5");
        renders("{% if 1 %}{% macro m() %}a{% endmacro %}{% endif %}{{ m() }}", "a");
        fails(
                "{% if 0 %}{% macro m() %}a{% endmacro %}{% endif %}{{ m() }}",
                1, 56, "'list' object is not callable");
        renders("{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "312");
        renders(
                "{% for i in l %}{% macro m() %}{{ i }}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}",
                "311223True");
        renders(
                "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1,2]) }}{{ m(**{'a':1,'b':2}) }}{{ m(1,**{'b':3}) }}",
                "121213");
        fails(
                "{% macro m() %}{% endmacro %}{{ m(**5) }}",
                1, 37, "the argument after ** must be a mapping, not int");
        fails("{% macro m() %}{% endmacro %}{{ m(*5) }}", 1, 36, "'int' object is not iterable");
        renders("{% macro m(a) %}{{ a }}{% endmacro %}{{ [1,2]|map('upper')|list }}", "['1', '2']");
        renders("{% macro m(a) %}{{ m.name }}{% endmacro %}{{ m() == '' }}", "False");
        renders("{% set f = m %}{% macro m() %}1{% endmacro %}{{ f is defined }}", "True");
        renders("{% macro m() -%} a {%- endmacro %}[{{ m() }}]", "[a]");
        renders(
                "{% macro m() %}{% macro n() %}in{% endmacro %}{{ n() }}{% endmacro %}{{ m() }}{{ n is defined }}",
                "inTrue");
        fails("{% macro a.b() %}{% endmacro %}", 1, 11, "found '.', expected '('");
        fails(
                "{% macro m() %}",
                1,
                4,
                "'macro' is never closed; expected 'endmacro' before the end of the template");
        fails("{% call 5 %}{% endcall %}", 1, 9, "expected a call after 'call'");
        fails("{% call range(2) %}{% endcall %}", 1, 14, "range() takes no keyword arguments");
        renders(
                "{% macro m() %}{{ caller(x=1) }}{% endmacro %}{% call(x=5) m() %}{{ x }}{% endcall %}",
                "1");
        renders("{% macro m(messages) %}{{ messages }}{% endmacro %}{{ m(messages=3) }}", "3");
        renders("{% macro m(a,b=[]) %}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1,none) }}", "[]None");
    }
}
