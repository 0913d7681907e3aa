package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Assignments and what they reach, against jinja2 3.1.6. */
class ScopingTest {

    @Test
    void assignmentsReachWhatTheyReachInJinja() {
        renders("{% set a = 1 %}{{ a }}", "1");
        renders("{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12");
        fails("{% set a, b = [1] %}", 1, 8, "not enough values to unpack (expected 2, got 1)");
        renders("{% set a = 1, 2 %}{{ a }}", "(1, 2)");
        renders("{% set a %}x{{ 1 }}{% endset %}{{ a }}|{{ a is string }}", "x1|True");
        renders("{% set a | upper %}x{% endset %}{{ a }}", "X");
        renders("{% set a | replace('x','y') | upper %}x{% endset %}{{ a }}", "Y");
        renders(
                "{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ ns.a }}{{ ns }}",
                "2<Namespace {'a': 2}>");
        renders(
                "{% set ns = namespace() %}{% for i in l %}{% set ns.x = i %}{% endfor %}{{ ns.x }}",
                "2");
        fails("{% set d.a = 1 %}", 1, 8, "cannot assign attribute on non-namespace object");
        fails("{% set q.a = 1 %}", 1, 8, "cannot assign attribute on non-namespace object");
        renders("{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}", "12");
        renders("{% set ns = namespace() %}{% set ns.a %}x{% endset %}{{ ns.a }}", "x");
        fails("{% set ns = namespace() %}{% set ns.a.b = 1 %}", 1, 38, "found '.', expected '%}'");
        fails("{% set ns['a'] = 1 %}", 1, 10, "found '[', expected '%}'");
        fails("{% set 1 = 2 %}", 1, 8, "found 1, expected a name to assign to");
        fails("{% set true = 2 %}", 1, 8, "found 'true', expected a name to assign to");
        renders("{% set a = 1 %}{% for i in l %}{% set a = i %}{{ a }}{% endfor %}{{ a }}", "3121");
        renders("{% for i in l %}{{ a }}{% set a = i %}{% endfor %}", "");
        renders("{% set a = 0 %}{% for i in l %}{{ a }}{% set a = i %}{% endfor %}", "000");
        renders("{% if 1 %}{% set a = 1 %}{% endif %}{{ a }}", "1");
        renders("{% if 0 %}{% set s = 1 %}{% endif %}{{ s }}", "Hello World");
        renders("{{ s }}{% set s = 1 %}{{ s }}", "Hello World1");
        renders("{% for i in [1,2] %}{{ s }}{% endfor %}{% set s = 5 %}", "");
        renders(
                "{% for i in [1,2] %}{{ s }}{% endfor %}{% if 1 %}{% set s = 5 %}{% endif %}{{ s }}",
                "Hello WorldHello World5");
        renders(
                "{% for i in [1,2] %}{% if i==2 %}{{ s }}{% endif %}{% set s = i %}{% endfor %}{{ s }}",
                "Hello WorldHello World");
        renders(
                "{% for i in [1] %}{% for j in [1] %}{{ s }}{% endfor %}{% set s = 5 %}{% endfor %}",
                "");
        renders(
                "{{ s }}{% for i in [1] %}{% for j in [1] %}{{ s }}{% endfor %}{% set s = 5 %}{% endfor %}",
                "Hello WorldHello World");
        renders(
                "{% macro m() %}{% for i in [1] %}{{ s }}{% endfor %}{% set s = 5 %}{{ s }}{% endmacro %}{{ m() }}{{ s }}",
                "Hello World5Hello World");
        renders("{% macro m() %}{{ s }}{% endmacro %}{% set s = 5 %}{{ m() }}", "5");
        renders("{% macro m() %}{{ a }}{% endmacro %}{{ m() }}{% set a = 5 %}{{ m() }}", "5");
        renders(
                "{% macro m() %}{% if s is defined %}{{ s }}{% set s = 3 %}{% endif %}{{ s }}{% endmacro %}{{ m() }}{{ s }}",
                "Hello World3Hello World");
        renders(
                "{% macro m() %}{% if q is not defined %}{% set q = 3 %}{% endif %}{{ q }}{% endmacro %}{{ m() }}{{ q }}",
                "3");
        renders("{% with %}{% set a = 1 %}{{ a }}{% endwith %}{{ a }}", "1");
        renders("{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}", "1");
        renders("{% set a = 7 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "177");
        fails("{% with a = x.y %}{% endwith %}", 1, 14, "'x' is undefined");
        renders("{% with s = s ~ '!' %}{{ s }}{% endwith %}", "Hello World!");
        renders("{% set x %}{% set y = 2 %}{{ y }}{% endset %}{{ x }}{{ y }}", "2");
        renders("{% filter upper %}{% set y = 2 %}a{{ y }}{% endfilter %}{{ y }}", "A2");
        renders("{% filter replace('a','b')|upper %}aa{% endfilter %}", "BB");
        fails("{% filter nope %}{% endfilter %}", 1, 11, "no filter is named 'nope'");
        fails(
                "{% filter upper %}a",
                1,
                4,
                "'filter' is never closed; expected 'endfilter' before the end of the template");
        fails(
                "{% set a %}",
                1, 4, "'set' is never closed; expected 'endset' before the end of the template");
        fails("{% set a = %}", 1, 12, "found '%}', expected an expression");
        renders("{% set a = 1 if 0 %}{{ a is defined }}", "False");
        fails("{% set a = b = 1 %}", 1, 14, "found '=', expected '%}'");
        fails("{% set a += 1 %}", 1, 10, "found '+', expected '%}'");
        renders("{% set (a, b) = 1, 2 %}{{ a }}", "1");
        fails("{% set a, = [1] %}{{ a }}", 1, 11, "found '=', expected a name to assign to");
        renders(
                "{% if 1 %}{% for i in l %}{% set z = i %}{% endfor %}{% endif %}{{ z }}",
                "  a b  c  ");
        renders(
                "{% set messages = 1 %}{% for i in [0] %}{% set messages = 2 %}{% endfor %}{{ messages }}",
                "1");
        renders(
                "{% for i in l %}{% if loop.first %}{% set f0 = i %}{% endif %}{{ f0 }}{% endfor %}",
                "3");
        renders("{% print 1, 'a' %}", "1a");
        renders("{% print %}x", "x");
        fails("{% do 1 %}", 1, 4, "unknown tag 'do'");
        renders("{% set dict = 1 %}{{ dict }}", "1");
        renders("{% set range = 1 %}{{ range }}", "1");
    }
}
