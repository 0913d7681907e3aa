package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Methods of strings, against Python 3.11. */
class StringMethodsTest {

    @Test
    void caseChangesFollowUnicode() {
        renders("{{ s.upper() }}", "HELLO WORLD");
        renders("{{ s.lower() }}", "hello world");
        renders("{{ s.title() }}", "Hello World");
        renders("{{ s.capitalize() }}", "Hello world");
        renders("{{ s.swapcase() }}", "hELLO wORLD");
        renders("{{ 'ß'.upper() }}", "SS");
        renders("{{ 'ß'.title() }}", "Ss");
        renders("{{ 'ßß a'.title() }}", "Ssß A");
        renders("{{ \"they're bill's\".title() }}", "They'Re Bill'S");
        renders("{{ 'ΑΣ'.lower() }}", "ας");
        renders("{{ 'Straße'.casefold() }}", "strasse");
        renders("{{ 'ǆ'.title() }}", "ǅ");
        renders("{{ 'ŉ'.upper() }}", "ʼN");
        fails(
                "{{ s.upper(1) }}",
                1,
                11,
                "this method() takes at most 0 argument(s), but 1 were given");
    }

    @Test
    void paddingCountsCodePoints() {
        renders("{{ s.center(21,'*') }}", "*****Hello World*****");
        renders("{{ s.ljust(15,'.') }}", "Hello World....");
        renders("{{ s.rjust(15) }}", "    Hello World");
        renders("{{ s.center(5) }}", "Hello World");
        fails(
                "{{ s.center(20,'ab') }}",
                1,
                12,
                "center() fill character must be exactly one character long");
        renders("{{ '5'.zfill(3) }}", "005");
        renders("{{ '-5'.zfill(4) }}", "-005");
        renders("{{ '+5'.zfill(2) }}", "+5");
        renders("{{ 'a\\tb\\n\\tc'.expandtabs() }}", "a       b\n        c");
        renders("{{ 'a\\tb'.expandtabs(4) }}", "a   b");
        renders("{{ 'a\\tb'.expandtabs(0) }}", "ab");
        fails("{{ s.center() }}", 1, 12, "center() missing required argument 'width'");
        fails(
                "{{ s.center('a') }}",
                1,
                12,
                "center() argument 'width' must be an integer, not str");
    }

    @Test
    void splittingKeepsWhatPythonKeeps() {
        renders("{{ z.split() }}", "['a', 'b', 'c']");
        renders("{{ z.split(' ') }}", "['', '', 'a', 'b', '', 'c', '', '']");
        renders("{{ z.split(none,1) }}", "['a', 'b  c  ']");
        renders("{{ z.split(maxsplit=2) }}", "['a', 'b', 'c  ']");
        renders("{{ z.split(' ',2) }}", "['', '', 'a b  c  ']");
        renders("{{ z.split(sep='b') }}", "['  a ', '  c  ']");
        fails("{{ s.split('') }}", 1, 11, "empty separator");
        renders("{{ 'a,b,,c,'.split(',') }}", "['a', 'b', '', 'c', '']");
        renders("{{ ''.split() }}", "[]");
        renders("{{ ''.split(',') }}", "['']");
        renders("{{ ' '.split() }}", "[]");
        renders("{{ z.rsplit() }}", "['a', 'b', 'c']");
        renders("{{ z.rsplit(none,1) }}", "['  a b', 'c']");
        renders("{{ z.rsplit(' ',2) }}", "['  a b  c', '', '']");
        renders("{{ 'a,b,c'.rsplit(',',1) }}", "['a,b', 'c']");
        renders("{{ 'abc'.rsplit('x') }}", "['abc']");
        renders("{{ 'a,b,c'.split(',',0) }}", "['a,b,c']");
        renders("{{ ' a b '.split(none,0) }}", "['a b ']");
        renders("{{ ' a b '.rsplit(none,0) }}", "[' a b']");
        renders("{{ multi.splitlines() }}", "['a', 'b', 'c', '', ' d']");
        renders("{{ multi.splitlines(true) }}", "['a\\n', 'b\\r\\n', 'c\\n', '\\n', ' d']");
        renders("{{ ''.splitlines() }}", "[]");
        renders("{{ 'a\\n'.splitlines() }}", "['a']");
        renders("{{ 'a\\n\\nb'.splitlines() }}", "['a', '', 'b']");
        renders("{{ 'a\\x0bb\\x1cc\\x85d\\u2028e'.splitlines() }}", "['a', 'b', 'c', 'd', 'e']");
        renders("{{ 'k=v=w'.partition('=') }}", "('k', '=', 'v=w')");
        renders("{{ 'k=v=w'.rpartition('=') }}", "('k=v', '=', 'w')");
        renders("{{ 'k'.partition('=') }}", "('k', '', '')");
        renders("{{ 'k'.rpartition('=') }}", "('', '', 'k')");
        fails("{{ 'k'.partition('') }}", 1, 17, "empty separator");
        renders("{{ s.split(',',maxsplit=1) }}", "['Hello World']");
        fails(
                "{{ s.split(',',1,2) }}",
                1,
                11,
                "split() takes at most 2 argument(s), but 3 were given");
        fails("{{ s.split(foo=1) }}", 1, 11, "split() got an unexpected keyword argument 'foo'");
    }

    @Test
    void strippingTakesWhitespaceOrGivenCharacters() {
        renders("{{ z.strip()~'|' }}", "a b  c|");
        renders("{{ z.lstrip()~'|' }}", "a b  c  |");
        renders("{{ z.rstrip()~'|' }}", "  a b  c|");
        renders("{{ 'xyxaxy'.strip('xy') }}", "a");
        renders("{{ 'xyxaxy'.lstrip('x') }}", "yxaxy");
        renders("{{ 'xyxaxy'.rstrip('yx') }}", "xyxa");
        renders("{{ 'a'.strip(none) }}", "a");
        renders("{{ 'a'.strip('') }}", "a");
        fails("{{ 'a'.strip(5) }}", 1, 13, "strip() argument 'chars' must be a string, not int");
        renders("{{ '\\n\\na\\n'.lstrip('\\n') }}", "a\n");
    }

    @Test
    void searchesAnswerInCodePoints() {
        renders("{{ s.startswith('He') }}", "True");
        renders("{{ s.startswith(('x','He')) }}", "True");
        fails(
                "{{ s.startswith(['He']) }}",
                1,
                16,
                "startswith first arg must be str or a tuple of str, not list");
        renders("{{ s.startswith('lo',3) }}", "True");
        renders("{{ s.startswith('lo',3,4) }}", "False");
        renders("{{ s.endswith('ld') }}", "True");
        renders("{{ s.endswith('lo',0,5) }}", "True");
        renders("{{ s.endswith('') }}", "True");
        renders("{{ s.startswith('',20) }}", "False");
        renders("{{ s.startswith('',11) }}", "True");
        renders("{{ s.find('o') }}", "4");
        renders("{{ s.find('o',5) }}", "7");
        renders("{{ s.find('o',5,6) }}", "-1");
        renders("{{ s.find('q') }}", "-1");
        renders("{{ s.rfind('o') }}", "7");
        renders("{{ s.rfind('o',0,5) }}", "4");
        renders("{{ s.index('o') }}", "4");
        fails("{{ s.index('q') }}", 1, 11, "substring not found");
        fails("{{ s.rindex('q') }}", 1, 12, "substring not found");
        renders("{{ u.find('x') }}", "8");
        renders("{{ u.find('😀') }}", "6");
        renders("{{ u.rfind('x') }}", "8");
        renders("{{ s.find('') }}", "0");
        renders("{{ s.rfind('') }}", "11");
        renders("{{ s.find('',5) }}", "5");
        renders("{{ s.find('',50) }}", "-1");
        renders("{{ s.find('o',-4) }}", "7");
        renders("{{ s.count('l') }}", "3");
        renders("{{ s.count('') }}", "12");
        renders("{{ s.count('l',3) }}", "2");
        renders("{{ s.count('ll',0,3) }}", "0");
        renders("{{ 'aaaa'.count('aa') }}", "2");
    }

    @Test
    void characterTestsFollowUnicode() {
        renders("{{ 'abc'.isalpha() }}", "True");
        renders("{{ 'ab1'.isalpha() }}", "False");
        renders("{{ ''.isalpha() }}", "False");
        renders("{{ 'ab1'.isalnum() }}", "True");
        renders("{{ '²'.isalnum() }}", "True");
        renders("{{ '12'.isdigit() }}", "True");
        renders("{{ '²'.isdigit() }}", "True");
        renders("{{ '²'.isdecimal() }}", "False");
        renders("{{ '½'.isnumeric() }}", "True");
        renders("{{ '½'.isdigit() }}", "False");
        renders("{{ '一'.isnumeric() }}", "True");
        renders("{{ '٣'.isdecimal() }}", "True");
        renders("{{ 'abc'.islower() }}", "True");
        renders("{{ 'aBc'.islower() }}", "False");
        renders("{{ '1'.islower() }}", "False");
        renders("{{ 'ABC'.isupper() }}", "True");
        renders("{{ ' \\t'.isspace() }}", "True");
        renders("{{ ''.isspace() }}", "False");
        renders("{{ 'Ab Cd'.istitle() }}", "True");
        renders("{{ 'Ab cd'.istitle() }}", "False");
        renders("{{ '1a'.isidentifier() }}", "False");
        renders("{{ 'a1'.isidentifier() }}", "True");
        renders("{{ '_'.isidentifier() }}", "True");
        renders("{{ ''.isidentifier() }}", "False");
        renders("{{ 'a\\n'.isprintable() }}", "False");
        renders("{{ ''.isprintable() }}", "True");
        renders("{{ 'é'.isascii() }}", "False");
        renders("{{ ''.isascii() }}", "True");
        renders("{{ 'é'.isalpha() }}", "True");
        renders("{{ '😀'.isalpha() }}", "False");
    }

    @Test
    void joiningAndReplacing() {
        renders("{{ s.replace('l','L') }}", "HeLLo WorLd");
        renders("{{ s.replace('l','L',1) }}", "HeLlo World");
        renders("{{ s.replace('','-',3) }}", "-H-e-llo World");
        fails("{{ s.replace('l') }}", 1, 13, "replace() missing required argument 'new'");
        fails("{{ s.replace(1,2) }}", 1, 13, "replace() argument 'old' must be a string, not int");
        renders("{{ s.replace('l','L',-1) }}", "HeLLo WorLd");
        renders("{{ ', '.join(ls) }}", "b, a, C");
        fails("{{ ', '.join(l) }}", 1, 13, "sequence item 0: expected str instance, int found");
        renders("{{ ','.join('abc') }}", "a,b,c");
        renders("{{ ','.join(d) }}", "b,a,items,k");
        renders("{{ ','.join(x) }}", "");
        fails("{{ ','.join(5) }}", 1, 12, "'int' object is not iterable");
        renders("{{ s.removeprefix('He') }}", "llo World");
        renders("{{ s.removesuffix('ld') }}", "Hello Wor");
        renders("{{ s.removeprefix('x') }}", "Hello World");
        fails("{{ 'a'.foo() }}", 1, 11, "'str object' has no attribute 'foo'");
    }
}
