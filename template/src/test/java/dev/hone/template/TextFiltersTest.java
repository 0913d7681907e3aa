package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Filters that make text, against jinja2 3.1.6. */
class TextFiltersTest {

    @Test
    void textFiltersWorkOnWhatAnyValuePrintsAs() {
        renders("{{ s|upper }}", "HELLO WORLD");
        renders("{{ s|lower }}", "hello world");
        renders("{{ none|upper }}", "NONE");
        renders("{{ x|upper }}", "");
        renders("{{ l|upper }}", "[3, 1, 2]");
        renders("{{ 'straße'|upper }}", "STRASSE");
        renders("{{ 'ǅ'|lower }}", "ǆ");
        renders("{{ s|capitalize }}", "Hello world");
        renders("{{ 'hELLO wORLD'|capitalize }}", "Hello world");
        renders("{{ 'hello-world foo(bar) [x] <y'|title }}", "Hello-World Foo(Bar) [X] <Y");
        renders("{{ \"it's mr. o'neil\"|title }}", "It's Mr. O'neil");
        renders("{{ 'über ßa'|title }}", "Über SSa");
        renders("{{ s|center(21) }}", "     Hello World     ");
        renders("{{ s|center(20)~'|' }}", "    Hello World     |");
        renders("{{ 'ab'|center(5)~'|' }}", "  ab |");
        renders("{{ 'abc'|center(6)~'|' }}", " abc  |");
        renders(
                "{{ s|center }}",
                "                                  Hello World                                   ");
        renders("{{   '  x '|trim ~ '|' }}", "x|");
        renders("{{ 'xxaxx'|trim('x') }}", "a");
        renders("{{ 'xyaxy'|trim('xy') }}", "a");
        renders("{{ 'a'|trim('') }}", "a");
        renders("{{ 5|trim }}", "5");
        renders("{{ x|trim ~ '|' }}", "|");
        renders("{{ '\\u00a0\\u3000 a\\x1c'|trim }}", "a");
        renders("{{ s|replace('l','L') }}", "HeLLo WorLd");
        renders("{{ s|replace('l','L',1) }}", "HeLlo World");
        renders("{{ s|replace('','-') }}", "-H-e-l-l-o- -W-o-r-l-d-");
        renders("{{ s|replace('','-',2) }}", "-H-ello World");
        renders("{{ 5|replace(5,6) }}", "6");
        renders("{{ s|replace('zz','y') }}", "Hello World");
        renders("{{ 'aaaa'|replace('aa','b') }}", "bb");
        renders("{{ x|replace('a','b') }}", "");
        renders("{{ s|replace('l','',0) }}", "Hello World");
        renders("{{ (html|safe)|upper }}", "<B>&\"'");
        renders("{{ (html|safe)|replace('<','>') }}", ">b>&\"'");
        renders("{{ s|truncate(8) }}", "Hello World");
        renders("{{ s|truncate(5) }}", "He...");
        renders("{{ s|truncate(5,true) }}", "He...");
        renders("{{ s|truncate(5,false,'..',0) }}", "Hel..");
        renders("{{ s|truncate(3,true,'...',0) }}", "...");
        fails(
                "{{ s|truncate(2,true,'...',0) }}",
                1,
                6,
                "truncate needs a length of at least 3 and no negative leeway, got 2 and 0");
        renders("{{ 'foo bar baz qux'|truncate(9) }}", "foo...");
        renders("{{ 'foo bar baz qux'|truncate(11) }}", "foo bar baz qux");
        renders("{{ 'foo bar baz qux'|truncate(11,False,'...',0) }}", "foo bar...");
        renders("{{ s|wordcount }}", "2");
        renders("{{ 'a-b c_d  é1'|wordcount }}", "4");
    }

    @Test
    void indentLeavesFirstAndBlankLines() {
        renders("{{ multi|indent }}", "a\n    b\n    c\n\n     d");
        renders("{{ multi|indent(2) }}", "a\n  b\n  c\n\n   d");
        renders("{{ multi|indent(2,true) }}", "  a\n  b\n  c\n\n   d");
        renders("{{ multi|indent(2,true,true) }}", "  a\n  b\n  c\n  \n   d");
        renders("{{ multi|indent('> ') }}", "a\n> b\n> c\n\n>  d");
        renders("{{ multi|indent(first=true,width=1) }}", " a\n b\n c\n\n  d");
        renders("{{ ''|indent(2,true) }}", "  ");
        fails("{{ x|indent }}", 1, 6, "'x' is undefined");
        fails("{{ 5|indent }}", 1, 6, "unsupported operand type(s) for +: 'int' and 'str'");
        renders("{{ 'a\\n'|indent(2)~'|' }}", "a\n|");
        renders("{{ 'a\\n\\n\\nb\\n'|indent(2,blank=true)~'|' }}", "a\n  \n  \n  b\n  |");
    }

    @Test
    void joinPrintsEachItem() {
        renders("{{ l|join }}", "312");
        renders("{{ l|join(', ') }}", "3, 1, 2");
        renders("{{ ls|join('-') }}", "b-a-C");
        renders("{{ m|join(',',attribute='role') }}", "user,assistant");
        renders("{{ m|join(',','x') }}", ",1");
        renders("{{ x|join(',') }}", "");
        fails("{{ 5|join }}", 1, 6, "'int' object is not iterable");
        renders("{{ s|join('.') }}", "H.e.l.l.o. .W.o.r.l.d");
        renders("{{ d|join(',') }}", "b,a,items,k");
        renders("{{ [1,none,true,x]|join('|') }}", "1|None|True|");
        renders("{{ ls|map('upper')|join }}", "BAC");
    }

    @Test
    void markupStaysMarkupAndEscapesStrings() {
        renders("{{ html|escape }}", "&lt;b&gt;&amp;&#34;&#39;");
        renders("{{ html|e }}", "&lt;b&gt;&amp;&#34;&#39;");
        renders("{{ html|safe }}", "<b>&\"'");
        renders("{{ html|forceescape }}", "&lt;b&gt;&amp;&#34;&#39;");
        renders("{{ (html|safe)~'<' }}", "<b>&\"'<");
        renders("{{ (html|safe)+'<' }}", "<b>&\"'&lt;");
        renders("{{ '<'+(html|safe) }}", "&lt;<b>&\"'");
        renders("{{ (html|safe)|upper }}", "<B>&\"'");
        renders("{{ (html|safe)|length }}", "6");
        renders("{{ (html|safe)|e }}", "<b>&\"'");
        renders("{{ html|e|e }}", "&lt;b&gt;&amp;&#34;&#39;");
        renders("{{ [html|safe] }}", "[Markup('<b>&\"\\'')]");
        renders("{{ (html|safe).split('&') }}", "[Markup('<b>'), Markup('\"\\'')]");
        renders("{{ (html|safe)[1:] }}", "b>&\"'");
        renders("{{ (html|safe)[0] }}", "<");
        renders("{{ (html|safe)|replace('<','>') }}", ">b>&\"'");
        renders("{{ (html|safe).replace('b','<') }}", "<&lt;>&\"'");
        renders("{{ '<'|safe % () }}", "<");
        renders("{{ ('%s'|safe) % '<' }}", "&lt;");
        renders("{{ ('{}'|safe).format('<') }}", "&lt;");
        renders("{{ (', '|safe).join(['<','>']) }}", "&lt;, &gt;");
        renders("{{ (html|safe) == html }}", "True");
        renders("{{ (html|safe) is string }}", "True");
        renders("{{ (html|safe) is escaped }}", "True");
        renders("{{ (html|safe)*2 }}", "<b>&\"'<b>&\"'");
        renders("{{ 'a b/c?d=é&f'|urlencode }}", "a%20b/c%3Fd%3D%C3%A9%26f");
        renders("{{ {'a b':'c/d','e':1}|urlencode }}", "a+b=c%2Fd&e=1");
        renders("{{ [('a','b')]|urlencode }}", "a=b");
        renders("{{ 5|urlencode }}", "5");
        renders("{{ {'a':1,'b':none,'c':x,'d':'<'}|xmlattr }}", " a=\"1\" d=\"&lt;\"");
        fails("{{ {'a b':1}|xmlattr }}", 1, 14, "Invalid character in attribute name: 'a b'");
        renders("{{ {'a':1}|xmlattr(false) }}", "a=\"1\"");
        renders("{{ html is escaped }}", "False");
        renders("{{ html|string }}", "<b>&\"'");
        renders("{{ html|tojson }}", "\"<b>&\\\"'\"");
    }
}
