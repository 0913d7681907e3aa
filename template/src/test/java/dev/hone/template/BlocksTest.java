package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Blocks, generation blocks and errors in them, against jinja2 3.1.6. */
class BlocksTest {

    @Test
    void blocksRenderAsInJinja() {
        renders("{% block a %}x{% endblock %}", "x");
        renders("{% block a %}x{% endblock a %}y", "xy");
        renders(
                "{% block a %}{{ s }}{% set s = 1 %}{% endblock %}{{ s }}",
                "Hello WorldHello World");
        renders("{% set q = 3 %}{% block a %}{{ q }}{% endblock %}", "3");
        renders("{% for i in l %}{% block a %}{{ i }}{% endblock %}{% endfor %}", "");
        renders("{% for i in l %}{% block a scoped %}{{ i }}{% endblock %}{% endfor %}", "312");
        fails(
                "{% block a %}{% endblock %}{% block a %}{% endblock %}",
                1, 31, "block 'a' is defined twice");
        fails("{% block a required %}{% endblock %}", 1, 4, "Required block 'a' not found");
        renders("{% block a %}x{% endblock %}{{ self.a() }}", "xx");
        renders("{{ self.q }}", "");
        fails("{{ super() }}", 1, 9, "'super' is undefined");
        fails(
                "{% include 'x' %}",
                1, 4, "'include' needs another template, but a chat template stands alone");
        fails(
                "{% extends 'x' %}",
                1, 4, "'extends' needs another template, but a chat template stands alone");
        fails(
                "{% import 'x' as y %}",
                1, 4, "'import' needs another template, but a chat template stands alone");
        fails(
                "{% from 'x' import y %}",
                1, 4, "'from' needs another template, but a chat template stands alone");
        renders("{% if 0 %}{% include 'x' %}{% endif %}ok", "ok");
        renders("{% autoescape false %}{{ html }}{% endautoescape %}", "<b>&\"'");
        renders("a{% generation %}b{% endgeneration %}c", "abc", new Span(1, 2));
        renders(
                "{% generation %}{% set q = 1 %}{{ q }}{% endgeneration %}{{ q }}",
                "1", new Span(0, 1));
        renders(
                "😀{% generation %}é😀{% endgeneration %}c{% generation %}{% endgeneration %}",
                "😀é😀c", new Span(1, 3), new Span(4, 4));
        renders(
                "{% for i in l %}{{ i }}{%- generation %} x{{ i }} {%- endgeneration %}\n{% endfor %}",
                "3 x31 x12 x2", new Span(1, 4), new Span(5, 8), new Span(9, 12));
        fails(
                "{% generation %}",
                1,
                4,
                "'generation' is never closed; expected 'endgeneration' before the end of the template");
        fails("{% generation foo %}{% endgeneration %}", 1, 15, "found 'foo', expected '%}'");
        renders("{% if 1 %}{% generation %}a{% endgeneration %}{% endif %}", "a", new Span(0, 1));
        renders(
                "{% set a = 1 %}{% generation %}{{ a }}{% set a = 2 %}{{ a }}{% endgeneration %}{{ a }}",
                "121", new Span(0, 2));
        fails("{{ raise_exception('x' ~ 1) }}", 1, 19, "x1");
        renders(
                "{% set c = cycler('a','b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}",
                "ababNonea");
        renders("{% set j = joiner(';') %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}", "3;1;2");
        renders("{% set j = joiner() %}{{ j() }}a{{ j() }}b", "a, b");
        fails("{{ undefined_fn() }}", 1, 16, "'undefined_fn' is undefined");
        fails("{{ s.nope() }}", 1, 10, "'str object' has no attribute 'nope'");
        fails("{{ m[5].role }}", 1, 8, "list object has no element 5");
        fails("{{ m.foo.bar }}", 1, 9, "'list object' has no attribute 'foo'");
        renders("{{ (m|first).role }}", "user");
        renders("{% if x == 'a' %}{% else %}no{% endif %}", "no");
        fails(
                "{% if m[0].q.z is defined %}{% endif %}",
                1, 13, "'dict object' has no attribute 'q'");
        renders("{% if 0 %}{{ a|nope }}{% endif %}k", "k");
        fails(
                "{% if 0 %}{% for i in l %}{{ a|nope }}{% endfor %}{% endif %}k",
                1, 32, "no filter is named 'nope'");
        fails("{% if 1 %}{{ a|nope }}{% endif %}k", 1, 16, "no filter is named 'nope'");
        fails("{% if 0|nope %}{% endif %}k", 1, 9, "no filter is named 'nope'");
        renders("{% set a = (1|nope if 0 else 2) %}{{ a }}", "2");
        fails("{{ a is nope if 0 }}|", 1, 17, "found 0, expected '}}'");
        fails("{% for i in [] %}{{ i|nope }}{% endfor %}", 1, 23, "no filter is named 'nope'");
        fails(
                "{% if 0 %}{% macro m() %}{{ 1|nope }}{% endmacro %}{% endif %}",
                1, 31, "no filter is named 'nope'");
    }
}
