package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Filters over sequences, against jinja2 3.1.6. */
class SequenceFiltersTest {

    @Test
    void sequenceFiltersTakeAnythingIterable() {
        renders("{{ s|length }}", "11");
        renders("{{ s|count }}", "11");
        renders("{{ l|first }}", "3");
        renders("{{ l|last }}", "2");
        renders("{{ []|first }}", "");
        renders("{{ []|last }}", "");
        renders("{{ ([]|first) is defined }}", "False");
        renders("{{ s|first }}", "H");
        renders("{{ s|last }}", "d");
        renders("{{ d|first }}", "b");
        renders("{{ d|last }}", "k");
        renders("{{ x|first }}", "");
        renders("{{ x|last }}", "");
        fails("{{ 5|first }}", 1, 6, "'int' object is not iterable");
        renders("{{ range(4)|last }}", "3");
        renders("{{ l|list }}", "[3, 1, 2]");
        renders("{{ s|list }}", "['H', 'e', 'l', 'l', 'o', ' ', 'W', 'o', 'r', 'l', 'd']");
        renders("{{ d|list }}", "['b', 'a', 'items', 'k']");
        fails("{{ 5|list }}", 1, 6, "'int' object is not iterable");
        renders("{{ x|list }}", "[]");
        fails("{{ none|list }}", 1, 9, "'NoneType' object is not iterable");
        renders("{{ l|reverse|list }}", "[2, 1, 3]");
        renders("{{ s|reverse }}", "dlroW olleH");
        renders("{{ d|reverse|list }}", "['k', 'items', 'a', 'b']");
        renders("{{ (1,2)|reverse|list }}", "[2, 1]");
        fails("{{ 5|reverse }}", 1, 6, "argument must be iterable");
        renders("{{ x|reverse|list }}", "[]");
        renders("{{ u|reverse }}", "x 😀 eßörG");
        renders("{{ l|batch(2)|list }}", "[[3, 1], [2]]");
        renders("{{ l|batch(2,'-')|list }}", "[[3, 1], [2, '-']]");
        renders("{{ l|batch(0)|list }}", "[[], [3, 1, 2]]");
        renders("{{ l|slice(2)|list }}", "[[3, 1], [2]]");
        renders("{{ l|slice(2,'-')|list }}", "[[3, 1], [2, '-']]");
        renders("{{ range(7)|slice(3)|list }}", "[[0, 1, 2], [3, 4], [5, 6]]");
        fails("{{ l|slice(0)|list }}", 1, 6, "integer division or modulo by zero");
        renders("{{ d|items|list }}", "[('b', 1), ('a', 2), ('items', 9), ('k', None)]");
        renders("{{ x|items|list }}", "[]");
        fails("{{ l|items|list }}", 1, 6, "Can only get item pairs from a mapping.");
        renders("{{ d|attr('items') is callable }}", "True");
        renders("{{ d|attr('b') }}", "");
        renders("{{ s|attr('upper')() }}", "HELLO WORLD");
        fails("{{ x|attr('a') }}", 1, 6, "'x' is undefined");
        renders("{{ x|default('D') }}", "D");
        renders("{{ x|d }}", "");
        renders("{{ none|default('D') }}", "None");
        renders("{{ none|default('D',true) }}", "D");
        renders("{{ ''|default('D',boolean=true) }}", "D");
        renders("{{ d.q|default('D') }}", "D");
        fails("{{ x.y|default('D') }}", 1, 5, "'x' is undefined");
        renders("{{ '%s-%d-%05.2f'|format('a',3,2.5) }}", "a-3-02.50");
        renders("{{ '%(a)s'|format(a=1) }}", "1");
        fails("{{ '%s'|format }}", 1, 9, "not enough arguments for format string");
        fails("{{ '%s %s'|format('a') }}", 1, 12, "not enough arguments for format string");
        fails("{{ '%d'|format('a') }}", 1, 9, "%d format: a real number is required, not str");
        fails("{{ 'a'|format(1) }}", 1, 8, "not all arguments converted during string formatting");
        renders("{{ 5|string }}", "5");
        renders("{{ x|string ~ '|' }}", "|");
        renders("{{ none|string }}", "None");
        fails("{{ s|nope }}", 1, 6, "no filter is named 'nope'");
        renders("{{ (s|nope) if false else 'ok' }}", "ok");
        fails("{{ s is nope }}", 1, 9, "no test is named 'nope'");
        renders("{{ (s is nope) if false else 'ok' }}", "ok");
    }

    @Test
    void orderingFiltersIgnoreCaseUnlessTold() {
        renders("{{ l|sort }}", "[1, 2, 3]");
        renders("{{ l|sort(reverse=true) }}", "[3, 2, 1]");
        renders("{{ ls|sort }}", "['a', 'b', 'C']");
        renders("{{ ls|sort(case_sensitive=true) }}", "['C', 'a', 'b']");
        renders(
                "{{ m|sort(attribute='role')|map(attribute='role')|list }}",
                "['assistant', 'user']");
        renders(
                "{{ m|sort(attribute='role,content',reverse=true)|map(attribute='role')|list }}",
                "['user', 'assistant']");
        fails(
                "{{ [1,'a']|sort }}",
                1,
                12,
                "'<' not supported between instances of 'str' and 'int'");
        fails(
                "{{ [none,1]|sort }}",
                1,
                13,
                "'<' not supported between instances of 'int' and 'NoneType'");
        renders("{{ d|dictsort }}", "[('a', 2), ('b', 1), ('items', 9), ('k', None)]");
        renders("{{ {'B':1,'a':2}|dictsort }}", "[('a', 2), ('B', 1)]");
        renders("{{ {'B':1,'a':2}|dictsort(true) }}", "[('B', 1), ('a', 2)]");
        renders("{{ {'B':1,'a':2}|dictsort(by='value',reverse=true) }}", "[('a', 2), ('B', 1)]");
        fails(
                "{{ {'B':1,'a':2}|dictsort(false,'x') }}",
                1,
                18,
                "You can only sort by either \"key\" or \"value\"");
        fails("{{ x|dictsort }}", 1, 6, "'x' is undefined");
        renders("{{ [1,1.0,true,2,'A','a']|unique|list }}", "[1, 2, 'A']");
        renders("{{ ['A','a']|unique(true)|list }}", "['A', 'a']");
        renders(
                "{{ m|unique(attribute='role')|list }}",
                "[{'role': 'user', 'content': 'hi'}, {'role': 'assistant', 'content': 'yo', 'x': 1}]");
        fails("{{ [[1],[1]]|unique|list }}", 1, 21, "unhashable type: 'list'");
        renders("{{ l|min }}", "1");
        renders("{{ l|max }}", "3");
        renders("{{ []|min }}", "");
        renders("{{ ls|min }}", "a");
        renders("{{ ls|max }}", "C");
        renders("{{ ls|max(true) }}", "b");
        renders("{{ m|max(attribute='role') }}", "{'role': 'user', 'content': 'hi'}");
        fails("{{ [1,'a']|max }}", 1, 12, "'>' not supported between instances of 'str' and 'int'");
        renders(
                "{{ m|groupby('role') }}",
                "[('assistant', [{'role': 'assistant', 'content': 'yo', 'x': 1}]), ('user', [{'role': 'user', 'content': 'hi'}])]");
        renders("{{ m|groupby('role')|length }}", "2");
        renders("{{ (m|groupby('role'))[0].grouper }}", "assistant");
        renders(
                "{{ (m|groupby('role'))[0].list }}",
                "[{'role': 'assistant', 'content': 'yo', 'x': 1}]");
        fails(
                "{{ (m|groupby('x',default='z'))|length }}",
                1,
                7,
                "'<' not supported between instances of 'int' and 'str'");
        renders(
                "{{ [{'c':'CA'},{'c':'NY'},{'c':'ca'}]|groupby('c')|map('first')|list }}",
                "['CA', 'NY']");
        renders(
                "{{ [{'c':'CA'},{'c':'NY'},{'c':'ca'}]|groupby('c',case_sensitive=true)|map(attribute='grouper')|list }}",
                "['CA', 'NY', 'ca']");
    }

    @Test
    void selectingFiltersWorkItemByItem() {
        renders("{{ (l|map('string'))|first }}", "3");
        fails("{{ (l|map('string'))|last }}", 1, 22, "'generator' object is not reversible");
        renders("{{ m|map(attribute='role')|list }}", "['user', 'assistant']");
        renders("{{ m|map(attribute='x')|list }}", "[Undefined, 1]");
        renders("{{ m|map(attribute='x',default='-')|list }}", "['-', 1]");
        renders("{{ m|map('length')|list }}", "[2, 3]");
        fails("{{ l|map('nope')|list }}", 1, 18, "no filter is named 'nope'");
        fails("{{ l|map('nope')|first is defined }}", 1, 18, "no filter is named 'nope'");
        fails("{{ l|map|list }}", 1, 6, "map requires a filter argument");
        fails(
                "{{ m|map(attribute='role',foo=1)|list }}",
                1,
                6,
                "map() got an unexpected keyword argument 'foo'");
        renders("{{ x|map('upper')|list }}", "[]");
        renders("{{ ls|map('replace','a','z')|list }}", "['b', 'z', 'C']");
        renders("{{ o|map(attribute='0')|list }}", "['x']");
        renders("{{ [o]|map(attribute='x.y.1')|list }}", "[20]");
        renders("{{ l|select|list }}", "[3, 1, 2]");
        renders("{{ [0,1,'',x,none]|select|list }}", "[1]");
        renders("{{ [0,1,'']|reject|list }}", "[0, '']");
        renders("{{ l|select('odd')|list }}", "[3, 1]");
        renders("{{ l|select('gt',1)|list }}", "[3, 2]");
        renders("{{ l|reject('divisibleby',2)|list }}", "[3, 1]");
        renders("{{ l|select('==',2)|list }}", "[2]");
        renders("{{ m|selectattr('x')|list }}", "[{'role': 'assistant', 'content': 'yo', 'x': 1}]");
        renders(
                "{{ m|selectattr('role','equalto','user')|list }}",
                "[{'role': 'user', 'content': 'hi'}]");
        renders(
                "{{ m|selectattr('role','in',['user'])|list }}",
                "[{'role': 'user', 'content': 'hi'}]");
        renders("{{ m|rejectattr('x','defined')|list }}", "[{'role': 'user', 'content': 'hi'}]");
        fails("{{ m|selectattr('role','nope')|list }}", 1, 32, "no test is named 'nope'");
        fails("{{ m|selectattr|list }}", 1, 6, "Missing parameter for attribute name");
        renders("{{ (m|selectattr('role','equalto','user')|list)[0].content }}", "hi");
        renders("{{ (m|selectattr('role','equalto','user'))[0] }}", "");
    }
}
