package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Filters that make numbers, against jinja2 3.1.6. */
class NumberFiltersTest {

    @Test
    void numberFiltersReadAndRoundAsPythonDoes() {
        renders("{{ l|sum }}", "6");
        renders("{{ [1.5,2]|sum }}", "3.5");
        renders("{{ []|sum }}", "0");
        fails("{{ ['a']|sum }}", 1, 10, "unsupported operand type(s) for +: 'int' and 'str'");
        fails(
                "{{ ['a']|sum(start='') }}",
                1,
                10,
                "sum() can't sum strings [use ''.join(seq) instead]");
        renders("{{ [[1],[2]]|sum(start=[]) }}", "[1, 2]");
        fails("{{ m|sum(attribute='x') }}", 1, 6, "'dict object' has no attribute 'x'");
        fails("{{ m|sum('n',5) }}", 1, 6, "'dict object' has no attribute 'n'");
        renders("{{ '42'|int }}", "42");
        renders("{{ '42.7'|int }}", "42");
        renders("{{ 'abc'|int }}", "0");
        renders("{{ 'abc'|int(7) }}", "7");
        renders("{{ '0x1F'|int(base=16) }}", "31");
        renders("{{ '1F'|int(0,16) }}", "31");
        renders("{{ '0b11'|int(0,2) }}", "3");
        renders("{{ '0o17'|int(0,0) }}", "15");
        renders("{{ '010'|int }}", "10");
        renders("{{ ' 12 '|int }}", "12");
        renders("{{ '1_000'|int }}", "1000");
        renders("{{ '1__0'|int }}", "0");
        renders("{{ '-5'|int }}", "-5");
        renders("{{ none|int }}", "0");
        renders("{{ l|int }}", "0");
        renders("{{ 2.9|int }}", "2");
        renders("{{ -2.9|int }}", "-2");
        renders("{{ true|int }}", "1");
        fails("{{ x|int }}", 1, 6, "'x' is undefined");
        fails("{{ 1e400|int }}", 1, 10, "cannot convert float infinity to integer");
        renders("{{ '1e400'|int }}", "0");
        renders("{{ 'inf'|int }}", "0");
        renders("{{ '٣'|int }}", "3");
        renders("{{ '1.5'|float }}", "1.5");
        renders("{{ 'abc'|float }}", "0.0");
        renders("{{ 'abc'|float(2) }}", "2");
        renders("{{ '1e3'|float }}", "1000.0");
        renders("{{ 'inf'|float }}", "inf");
        renders("{{ 'nan'|float }}", "nan");
        renders("{{ ' 1_0.5 '|float }}", "10.5");
        renders("{{ 5|float }}", "5.0");
        renders("{{ none|float }}", "0.0");
        fails("{{ x|float }}", 1, 6, "'x' is undefined");
        renders("{{ '.5'|float }}", "0.5");
        renders("{{ '5.'|float }}", "5.0");
        renders("{{ true|float }}", "1.0");
        renders("{{ 2.5|round }}", "2.0");
        renders("{{ 3.5|round }}", "4.0");
        renders("{{ 2.675|round(2) }}", "2.67");
        renders("{{ 42.55|round(1,'floor') }}", "42.5");
        renders("{{ 42.55|round(1,'ceil') }}", "42.6");
        renders("{{ 42|round }}", "42");
        renders("{{ 42|round(-1) }}", "40");
        renders("{{ 45|round(-1) }}", "40");
        renders("{{ 55|round(-1) }}", "60");
        renders("{{ 1234.5|round(-2) }}", "1200.0");
        renders("{{ 42.5|round(0,'ceil') }}", "43.0");
        fails("{{ 42.1|round(0,'x') }}", 1, 9, "method must be common, ceil or floor");
        fails("{{ 'a'|round }}", 1, 8, "a str cannot be rounded");
        fails("{{ x|round }}", 1, 6, "'x' is undefined");
        renders("{{ -0.4|round }}", "-0.0");
        renders("{{ 1.005|round(2) }}", "1.0");
        renders("{{ 15|round(-1,'floor') }}", "10.0");
        renders("{{ 1|filesizeformat }}", "1 Byte");
        renders("{{ 999|filesizeformat }}", "999 Bytes");
        renders("{{ 1000|filesizeformat }}", "1.0 kB");
        renders("{{ 1024|filesizeformat(true) }}", "1.0 KiB");
        renders("{{ 1234567|filesizeformat }}", "1.2 MB");
        renders("{{ '12345'|filesizeformat }}", "12.3 kB");
        renders("{{ 1e30|filesizeformat }}", "1000000.0 YB");
        renders("{{ 0|filesizeformat }}", "0 Bytes");
    }
}
