package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Formatting, against Python 3.11. */
class FormatTest {

    @Test
    void percentFormatsAsPython() {
        renders("{{ '%d'%5 }}", "5");
        renders("{{ '%5d|'%5 }}", "    5|");
        renders("{{ '%-5d|'%5 }}", "5    |");
        renders("{{ '%05d'%-5 }}", "-0005");
        renders("{{ '%+d'%5 }}", "+5");
        renders("{{ '% d'%5 }}", " 5");
        renders("{{ '%x'%255 }}", "ff");
        renders("{{ '%X'%255 }}", "FF");
        renders("{{ '%#x'%255 }}", "0xff");
        renders("{{ '%o'%8 }}", "10");
        renders("{{ '%#o'%8 }}", "0o10");
        renders("{{ '%i'%2.9 }}", "2");
        fails("{{ '%x'%2.5 }}", 1, 8, "%x format: an integer is required, not float");
        fails("{{ '%d'%'a' }}", 1, 8, "%d format: a real number is required, not str");
        renders("{{ '%d'%big }}", "123456789012345678901234567890");
        renders("{{ '%.3d'%5 }}", "005");
        renders("{{ '%f'%2.5 }}", "2.500000");
        renders("{{ '%.2f'%2.675 }}", "2.67");
        renders("{{ '%10.3f|'%3.14159 }}", "     3.142|");
        renders("{{ '%-10.3f|'%3.14159 }}", "3.142     |");
        renders("{{ '%010.3f'%-3.14159 }}", "-00003.142");
        renders("{{ '%e'%12345.678 }}", "1.234568e+04");
        renders("{{ '%.0e'%12345.678 }}", "1e+04");
        renders("{{ '%E'%0.00012 }}", "1.200000E-04");
        renders("{{ '%g'%0.0001 }}", "0.0001");
        renders("{{ '%g'%0.00001 }}", "1e-05");
        renders("{{ '%g'%123456789 }}", "1.23457e+08");
        renders("{{ '%g'%100000 }}", "100000");
        renders("{{ '%g'%1e6 }}", "1e+06");
        renders("{{ '%.3g'%1234.5 }}", "1.23e+03");
        renders("{{ '%#g'%1 }}", "1.00000");
        renders("{{ '%G'%1e-10 }}", "1E-10");
        renders("{{ '%g'%0 }}", "0");
        renders("{{ '%e'%0 }}", "0.000000e+00");
        renders("{{ '%f'%1e400 }}", "inf");
        renders("{{ '%5s|'%'ab' }}", "   ab|");
        renders("{{ '%-5s|'%'ab' }}", "ab   |");
        renders("{{ '%.1s'%'ab' }}", "a");
        renders("{{ '%r'%'a' }}", "'a'");
        renders("{{ '%s'%none }}", "None");
        renders("{{ '%s'%l }}", "[3, 1, 2]");
        renders("{{ '%s %s'%('a','b') }}", "a b");
        fails("{{ '%s'%('a','b') }}", 1, 8, "not all arguments converted during string formatting");
        fails("{{ '%s %s'%'a' }}", 1, 11, "not enough arguments for format string");
        renders("{{ '%s'%d }}", "{'b': 1, 'a': 2, 'items': 9, 'k': None}");
        renders("{{ '%(b)s'%d }}", "1");
        fails("{{ '%(zz)s'%d }}", 1, 12, "the format names the key 'zz', which the dict lacks");
        fails("{{ '%(b)s'%l }}", 1, 11, "format requires a mapping");
        renders("{{ 'abc'%d }}", "abc");
        renders("{{ 'abc'%l }}", "abc");
        fails("{{ 'abc'%5 }}", 1, 9, "not all arguments converted during string formatting");
        renders("{{ 'abc'%() }}", "abc");
        renders("{{ '%%'%() }}", "%");
        fails("{{ '%'%5 }}", 1, 7, "incomplete format");
        fails("{{ '%q'%5 }}", 1, 8, "unsupported format character 'q' at index 1");
        renders("{{ '%c'%65 }}", "A");
        renders("{{ '%c'%'A' }}", "A");
        fails("{{ '%c'%'AB' }}", 1, 8, "the format type c requires int or char");
        renders("{{ '%*d|'%(5,3) }}", "    3|");
        renders("{{ '%.*f'%(2,3.14159) }}", "3.14");
        renders("{{ '%-*d|'%(5,3) }}", "3    |");
        renders("{{ '%a'%'é' }}", "'\\xe9'");
        renders("{{ '%s'%x }}", "");
        fails("{{ '%d'%x }}", 1, 8, "%d format: a real number is required, not Undefined");
        renders("{{ '%d'%true }}", "1");
        renders("{{ '%s'%true }}", "True");
        renders("{{ '%5.1f%%'%12.34 }}", " 12.3%");
        renders("{{ '%(a)d-%(b)s'%{'a':1,'b':2} }}", "1-2");
        renders("{{ '%s'%(1,) }}", "1");
        renders("{{ '%s'%((1,2),) }}", "(1, 2)");
        renders("{{ '%ld'%5 }}", "5");
    }

    @Test
    void bracesFormatAsPython() {
        renders("{{ '{}'.format(1) }}", "1");
        renders("{{ '{} {}'.format(1,2) }}", "1 2");
        renders("{{ '{1} {0}'.format(1,2) }}", "2 1");
        renders("{{ '{a}'.format(a=1) }}", "1");
        fails(
                "{{ '{} {0}'.format(1) }}",
                1, 19, "cannot mix automatic and manual numbering of format fields");
        fails(
                "{{ '{0} {}'.format(1) }}",
                1, 19, "cannot mix automatic and manual numbering of format fields");
        fails(
                "{{ '{}'.format() }}",
                1,
                15,
                "Replacement index 0 out of range for positional args tuple");
        fails("{{ '{q}'.format(a=1) }}", 1, 16, "the format names 'q', which was not given");
        renders("{{ '{{}}'.format() }}", "{}");
        fails("{{ '{'.format(1) }}", 1, 14, "expected '}' before end of string");
        fails("{{ '}'.format(1) }}", 1, 14, "Single '}' encountered in format string");
        renders("{{ '{0.real}'.format(5) }}", "5");
        renders("{{ '{0[a]}'.format({'a':1}) }}", "1");
        renders("{{ '{0[1]}'.format(l) }}", "1");
        renders("{{ '{m.role}'.format(m=m[0]) }}", "user");
        renders("{{ '{0.__class__}'.format(5) }}", "");
        renders("{{ '{!r}'.format('a') }}", "'a'");
        renders("{{ '{!s:>5}|'.format('a') }}", "    a|");
        renders("{{ '{!a}'.format('é') }}", "'\\xe9'");
        fails("{{ '{!q}'.format('é') }}", 1, 17, "Unknown conversion specifier q");
        renders("{{ '{:5}|'.format('ab') }}", "ab   |");
        renders("{{ '{:>5}|'.format('ab') }}", "   ab|");
        renders("{{ '{:^6}|'.format('ab') }}", "  ab  |");
        renders("{{ '{:*^7}|'.format('ab') }}", "**ab***|");
        renders("{{ '{:.1}'.format('ab') }}", "a");
        renders("{{ '{:s}'.format('ab') }}", "ab");
        fails(
                "{{ '{:d}'.format('ab') }}",
                1,
                17,
                "Unknown format code 'd' for object of type 'str'");
        fails(
                "{{ '{:=5}'.format('ab') }}",
                1,
                18,
                "sign, grouping and '=' alignment are not allowed in string format");
        renders("{{ '{:d}'.format(5) }}", "5");
        renders("{{ '{:5d}|'.format(5) }}", "    5|");
        renders("{{ '{:<5}|'.format(5) }}", "5    |");
        renders("{{ '{:05}'.format(-5) }}", "-0005");
        renders("{{ '{:+}'.format(5) }}", "+5");
        renders("{{ '{: }'.format(5) }}", " 5");
        renders("{{ '{:x}'.format(255) }}", "ff");
        renders("{{ '{:#x}'.format(255) }}", "0xff");
        renders("{{ '{:#X}'.format(255) }}", "0XFF");
        renders("{{ '{:b}'.format(5) }}", "101");
        renders("{{ '{:#b}'.format(5) }}", "0b101");
        renders("{{ '{:o}'.format(8) }}", "10");
        renders("{{ '{:c}'.format(65) }}", "A");
        renders("{{ '{:,}'.format(1234567) }}", "1,234,567");
        renders("{{ '{:_}'.format(1234567) }}", "1_234_567");
        renders("{{ '{:_x}'.format(123456789) }}", "75b_cd15");
        renders("{{ '{:,.2f}'.format(1234567.891) }}", "1,234,567.89");
        renders("{{ '{:010,}'.format(1234) }}", "00,001,234");
        renders("{{ '{:,}'.format(-123) }}", "-123");
        renders("{{ '{:.2f}'.format(2.5) }}", "2.50");
        renders("{{ '{:.0f}'.format(2.5) }}", "2");
        renders("{{ '{:e}'.format(12345.678) }}", "1.234568e+04");
        renders("{{ '{:g}'.format(1e-7) }}", "1e-07");
        renders("{{ '{:%}'.format(0.256) }}", "25.600000%");
        renders("{{ '{:.1%}'.format(0.256) }}", "25.6%");
        renders("{{ '{:.3}'.format(2.0) }}", "2.0");
        renders("{{ '{:.3}'.format(1234567.0) }}", "1.23e+06");
        renders("{{ '{:.3}'.format(100.0) }}", "1e+02");
        renders("{{ '{:10}|'.format(2.5) }}", "       2.5|");
        renders("{{ '{:+.1f}'.format(2.55) }}", "+2.5");
        renders("{{ '{:f}'.format(5) }}", "5.000000");
        fails(
                "{{ '{:.2}'.format(5) }}",
                1,
                18,
                "Precision not allowed in integer format specifier");
        renders("{{ '{}'.format(none) }}", "None");
        fails(
                "{{ '{:5}'.format(none) }}",
                1,
                17,
                "unsupported format string passed to NoneType.__format__");
        renders("{{ '{}'.format(l) }}", "[3, 1, 2]");
        fails(
                "{{ '{:5}'.format(l) }}",
                1,
                17,
                "unsupported format string passed to list.__format__");
        renders("{{ '{:{}}|'.format('a',5) }}", "a    |");
        renders("{{ '{:{w}}|'.format('a',w=5) }}", "a    |");
        renders("{{ '{}'.format(true) }}", "True");
        renders("{{ '{:5}|'.format(true) }}", "    1|");
        renders("{{ '{}'.format(x) }}", "");
        renders("{{ '{a}'.format_map({'a':1}) }}", "1");
        fails("{{ '{a}'.format_map(5) }}", 1, 20, "format_map() needs a mapping, not int");
        renders("{{ '{:n}'.format(5) }}", "5");
        fails(
                "{{ '{:.2f}'.format(x) }}",
                1,
                19,
                "unsupported format string passed to Undefined.__format__");
        renders("{{ '{:08.3f}'.format(-3.14159) }}", "-003.142");
        renders("{{ '{:^+9.2f}|'.format(3.14159) }}", "  +3.14  |");
        fails(
                "{{ '{:zz}'.format(5) }}",
                1,
                18,
                "Invalid format specifier 'zz' for object of type 'int'");
        renders("{{ '{:G}'.format(1e-10) }}", "1E-10");
        renders("{{ '{0:}'.format(3) }}", "3");
        renders("{{ '{a.b.c}'.format(a={'b':{'c':7}}) }}", "7");
        renders("{{ '{a[b][0]}'.format(a={'b':[9]}) }}", "9");
    }
}
