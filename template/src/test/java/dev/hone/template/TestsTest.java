package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Tests after is, against jinja2 3.1.6. */
class TestsTest {

    @Test
    void testsAnswerAsInJinja() {
        renders("{{ 1 is odd }}", "True");
        renders("{{ 2 is even }}", "True");
        fails("{{ 'a' is odd }}", 1, 11, "not all arguments converted during string formatting");
        renders("{{ 2.0 is even }}", "True");
        renders("{{ 6 is divisibleby 3 }}", "True");
        renders("{{ 6 is divisibleby(4) }}", "False");
        fails("{{ 6 is divisibleby 0 }}", 1, 9, "integer division or modulo by zero");
        renders("{{ x is defined }}", "False");
        renders("{{ x is undefined }}", "True");
        renders("{{ x is not defined }}", "True");
        renders("{{ d.b is defined }}", "True");
        renders("{{ none is none }}", "True");
        renders("{{ x is none }}", "False");
        renders("{{ true is boolean }}", "True");
        renders("{{ 1 is boolean }}", "False");
        renders("{{ true is true }}", "True");
        renders("{{ 1 is true }}", "False");
        renders("{{ false is false }}", "True");
        renders("{{ 0 is false }}", "False");
        renders("{{ 1 is integer }}", "True");
        renders("{{ true is integer }}", "False");
        renders("{{ 1.0 is integer }}", "False");
        renders("{{ big is integer }}", "True");
        renders("{{ 1.0 is float }}", "True");
        renders("{{ 1 is number }}", "True");
        renders("{{ true is number }}", "True");
        renders("{{ '1' is number }}", "False");
        renders("{{ s is string }}", "True");
        renders("{{ x is string }}", "False");
        renders("{{ d is mapping }}", "True");
        renders("{{ l is mapping }}", "False");
        renders("{{ namespace() is mapping }}", "False");
        renders("{{ l is sequence }}", "True");
        renders("{{ s is sequence }}", "True");
        renders("{{ d is sequence }}", "True");
        renders("{{ x is sequence }}", "True");
        renders("{{ 5 is sequence }}", "False");
        renders("{{ d.items() is sequence }}", "False");
        renders("{{ (l|map('string')) is sequence }}", "False");
        renders("{{ range(2) is sequence }}", "True");
        renders("{{ l is iterable }}", "True");
        renders("{{ s is iterable }}", "True");
        renders("{{ d is iterable }}", "True");
        renders("{{ 5 is iterable }}", "False");
        renders("{{ x is iterable }}", "True");
        renders("{{ none is iterable }}", "False");
        renders("{{ (l|map('string')) is iterable }}", "True");
        renders("{{ d.items() is iterable }}", "True");
        renders("{{ d.items is iterable }}", "False");
        renders("{{ d.items is callable }}", "True");
        renders("{{ x is callable }}", "True");
        renders("{{ s is callable }}", "False");
        renders("{{ range is callable }}", "True");
        renders("{{ 'abc' is lower }}", "True");
        renders("{{ 'ABC' is upper }}", "True");
        renders("{{ 'Abc' is lower }}", "False");
        renders("{{ '1' is lower }}", "False");
        renders("{{ 5 is lower }}", "False");
        renders("{{ l is sameas l }}", "True");
        renders("{{ 1 is sameas 1 }}", "True");
        renders("{{ none is sameas none }}", "True");
        renders("{{ true is sameas true }}", "True");
        renders("{{ 1 is in [1,2] }}", "True");
        renders("{{ 1 is in(l) }}", "True");
        renders("{{ 1 is not in l }}", "False");
        renders("{{ 'upper' is filter }}", "True");
        renders("{{ 'nope' is filter }}", "False");
        renders("{{ 'odd' is test }}", "True");
        renders("{{ 1 is eq 1 }}", "True");
        renders("{{ 1 is ne 1 }}", "False");
        renders("{{ 1 is gt 0 }}", "True");
        renders("{{ 1 is ge 1 }}", "True");
        renders("{{ 1 is lt 0 }}", "False");
        renders("{{ 1 is le 0 }}", "False");
        renders("{{ 1 is equalto 1 }}", "True");
        renders("{{ 1 is greaterthan 0 }}", "True");
        renders("{{ 1 is lessthan 0 }}", "False");
        fails("{{ 1 is string is string }}", 1, 16, "tests cannot be chained with 'is'");
        renders("{{ not 1 is odd }}", "False");
        renders("{{ 1 is odd and 2 is even }}", "True");
        renders("{{ 1 is divisibleby 1 + 1 }}", "2");
        renders("{{ s is string ~ 'x' }}", "Truex");
        renders("{{ 1 is odd == true }}", "True");
        renders("{{ l is sequence and l is not string and l|length }}", "3");
        fails("{{ x is odd }}", 1, 9, "'x' is undefined");
        fails("{{ 1 is gt x }}", 1, 9, "'x' is undefined");
        renders("{{ d is eq {'b':1} }}", "False");
        renders("{{ 'a' is in x }}", "False");
        fails("{{ 1 is foo.bar }}", 1, 9, "no test is named 'foo.bar'");
    }
}
