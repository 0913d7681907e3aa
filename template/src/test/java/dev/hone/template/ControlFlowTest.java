package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Conditions and loops, against jinja2 3.1.6. */
class ControlFlowTest {

    @Test
    void conditionsAndLoopsRunAsInJinja() {
        renders("{% if l %}a{% elif x %}b{% else %}c{% endif %}", "a");
        renders("{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "b");
        renders("{% if 0 %}a{% elif 0 %}b{% else %}c{% endif %}", "c");
        renders("{% if 0: %}a{% endif %}x", "x");
        fails("{% if %}{% endif %}", 1, 7, "found '%}', expected an expression");
        fails(
                "{% if 1 %}",
                1,
                4,
                "'if' is never closed; expected 'elif' or 'else' or 'endif' before the end of the template");
        fails(
                "{% if 1 %}{% else %}{% else %}{% endif %}",
                1, 24, "unknown tag 'else'; 'if' is open and expects 'endif'");
        fails(
                "{% if 1 %}{% endfor %}",
                1,
                14,
                "unknown tag 'endfor'; 'if' is open and expects 'elif' or 'else' or 'endif'");
        fails("{% endif %}", 1, 4, "unknown tag 'endif'");
        fails("{% foo %}", 1, 4, "unknown tag 'foo'");
        renders("{% for i in l %}{{ i }}{% else %}e{% endfor %}", "312");
        renders("{% for i in [] %}{{ i }}{% else %}e{% endfor %}", "e");
        renders("{% for i in x %}a{% else %}e{% endfor %}", "e");
        fails("{% for i in none %}a{% endfor %}", 1, 4, "'NoneType' object is not iterable");
        fails("{% for i in 5 %}a{% endfor %}", 1, 4, "'int' object is not iterable");
        renders("{% for k in d %}{{ k }}{% endfor %}", "baitemsk");
        renders(
                "{% for k,v in d.items() %}{{ k }}={{ v }};{% endfor %}",
                "b=1;a=2;items=9;k=None;");
        renders(
                "{% for k,v in d|dictsort %}{{ k }}={{ v }};{% endfor %}",
                "a=2;b=1;items=9;k=None;");
        renders("{% for c in 'aé😀' %}[{{ c }}]{% endfor %}", "[a][é][😀]");
        renders("{% for a,b in [[1,2],[3,4]] %}{{ a }}{{ b }}{% endfor %}", "1234");
        fails(
                "{% for a,b in [[1,2,3]] %}{% endfor %}",
                1, 8, "too many values to unpack (expected 2)");
        fails(
                "{% for a,b in [[1]] %}{% endfor %}",
                1, 8, "not enough values to unpack (expected 2, got 1)");
        fails("{% for a,b in [1] %}{% endfor %}", 1, 8, "'int' object is not iterable");
        renders("{% for (a,b),c in [[[1,2],3]] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123");
        renders(
                "{% for i in l if i > 1 %}{{ i }}{{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif %}{% else %}e{% endfor %}",
                "31/2,22/2");
        renders("{% for i in l if i > 10 %}{{ i }}{% else %}e{% endfor %}", "e");
        renders(
                "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}",
                "1032TrueFalse310;2121FalseFalse310;3210FalseTrue310;");
        renders(
                "{% for i in l %}{{ loop.previtem }}<{{ i }}<{{ loop.nextitem }};{% endfor %}",
                "<3<1;3<1<2;1<2<;");
        renders(
                "{% for i in l %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{% endfor %}",
                "FalseTrueTrueTrueTrueFalse");
        renders("{% for i in l %}{{ loop.cycle('a','b') }}{% endfor %}", "aba");
        fails(
                "{% for i in l %}{{ loop.cycle() }}{% endfor %}",
                1, 30, "no items for cycling given");
        renders("{% for i in [1,1,2] %}{{ loop.changed(i) }}{% endfor %}", "TrueFalseTrue");
        renders(
                "{% for i in l %}{{ loop }}{% endfor %}",
                "<LoopContext 1/3><LoopContext 2/3><LoopContext 3/3>");
        renders(
                "{% for i in l %}{{ loop.foo }}{{ loop['index'] }}{{ loop is defined }}{% endfor %}",
                "1True2True3True");
        renders("{{ loop }}", "");
        renders("{{ loop is defined }}", "False");
        renders(
                "{% for i in l %}{% for j in l %}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}",
                "1231;1232;1233;");
        renders(
                "{% for i in l %}{% set outer = loop %}{% for j in 'ab' %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
                "11 12 21 22 31 32 ");
        renders(
                "{% for i in l|map('string') %}{{ i }}{{ loop.last }}{% endfor %}",
                "3False1False2True");
        renders(
                "{% for i in l|map('string') %}{{ loop.length }}{{ loop.revindex }}{{ i }}{% endfor %}",
                "333321312");
        renders(
                "{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
                "02");
        renders("{% for i in [1] %}{% break %}{% else %}e{% endfor %}", "e");
        renders(
                "{% for i in [1,2] %}{% if i==2 %}{% break %}{% endif %}{% else %}e{% endfor %}",
                "");
        renders("{% for i in [1] %}{% continue %}{% else %}e{% endfor %}", "e");
        renders(
                "{% for i in [1,2] %}{% if i==2 %}{% continue %}{% endif %}{% else %}e{% endfor %}",
                "");
        fails("{% break %}", 1, 4, "'break' stands outside of a loop");
        fails(
                "{% for i in l %}{% else %}{% break %}{% endfor %}",
                1, 30, "'break' stands outside of a loop");
        renders(
                "{% for j in [1,2] %}{% for i in [] %}{% else %}{% break %}{% endfor %}{{ j }}{% endfor %}",
                "");
        fails(
                "{% for i in l %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
                1, 35, "'break' stands outside of a loop");
        renders("{% for i in l %}{% set q %}a{% break %}{% endset %}{% endfor %}|{{ q }}", "|");
        renders(
                "{% for i in l %}b{% filter upper %}a{% continue %}{% endfilter %}{% endfor %}",
                "bbb");
        renders("{% for i in l %}{% with a=1 %}{% continue %}{% endwith %}{% endfor %}", "");
        fails(
                "{% for i in l %}{% call range(1) %}{% break %}{% endcall %}{% endfor %}",
                1, 39, "'break' stands outside of a loop");
        fails(
                "{% for i in l %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
                1, 36, "'break' stands outside of a loop");
        renders(
                "{% for i in nest recursive %}{% if i is iterable %}[{{ loop(i) }}]{{ loop.depth }}{% else %}{{ i }}{% endif %}{% endfor %}",
                "[1[2]2]1[3]1");
        fails(
                "{% for i in l %}{{ loop(l) }}{% endfor %}",
                1, 24, "The loop must have the 'recursive' marker to be called recursively.");
        renders(
                "{% for i in [[1],[2]] recursive %}{{ loop.depth0 }}{% if i is iterable %}{{ loop(i)|upper }}{% endif %}{% else %}E{% endfor %}",
                "0101");
        renders("{% for i in [[]] recursive %}{{ loop(i) }}{% else %}E{% endfor %}", "E");
        fails(
                "{% for loop in l %}{% endfor %}",
                1, 8, "'loop' is the loop's own variable; choose another name");
        fails(
                "{% for i in l %}{% set loop = 1 %}{% endfor %}",
                1, 24, "'loop' is the loop's own variable; choose another name");
        renders("{% set loop = 1 %}{{ loop }}", "1");
        renders("{% for i in l recursive %}{% break %}{% endfor %}", "");
        renders("{% for x in x %}{% endfor %}", "");
        renders("{% for i in l %}{% endfor %}{{ i }}", "");
        fails("{% for i in l if x.y %}{% endfor %}", 1, 19, "'x' is undefined");
        fails(
                "{% for true in l %}{% endfor %}",
                1, 8, "found 'true', expected a name to assign to");
        fails("{% for a.b in l %}{% endfor %}", 1, 9, "found '.', expected 'in'");
        renders(
                "{% for i in l %}{% for i in 'ab' %}{{ i }}{% endfor %}{{ i }}{% endfor %}",
                "ab3ab1ab2");
        renders("{% for i in 1,2,3 %}{{ i }}{% endfor %}", "123");
        renders("{% for i in l if i is odd and loop is defined %}{{ i }}{% endfor %}", "");
        fails("{% for i in (1,2) if i else 3 %}{% endfor %}", 1, 24, "found 'else', expected '%}'");
        fails("{% for i in l[loop.index:] %}{% endfor %}", 1, 19, "'loop' is undefined");
        renders(
                "{% for i in l %}{% for j in l[loop.index:] %}{{ j }}{% endfor %};{% endfor %}",
                "12;2;;");
    }
}
