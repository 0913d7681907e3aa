package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Attributes, elements and slices, against jinja2 3.1.6. */
class AccessTest {

    @Test
    void aDotPrefersAttributesAndBracketsPreferElements() {
        renders("{{ d.b }}", "1");
        renders("{{ d['b'] }}", "1");
        renders("{{ d['items'] }}", "9");
        renders("{{ d.zzz }}", "");
        renders("{{ d['zzz'] }}", "");
        fails("{{ d.zzz.y }}", 1, 9, "'dict object' has no attribute 'zzz'");
        renders("{{ d.get('b') }}", "1");
        renders("{{ d.get('q') }}", "None");
        renders("{{ d.get('q',7) }}", "7");
        renders("{{ d.keys()|list }}", "['b', 'a', 'items', 'k']");
        renders("{{ d.values()|list }}", "[1, 2, 9, None]");
        renders("{{ d.items()|list }}", "[('b', 1), ('a', 2), ('items', 9), ('k', None)]");
        renders("{{ d.items() }}", "dict_items([('b', 1), ('a', 2), ('items', 9), ('k', None)])");
        renders("{{ d.keys() }}", "dict_keys(['b', 'a', 'items', 'k'])");
        fails("{{ d.pop('b') }}", 1, 9, "access to attribute 'pop' of 'dict' object is unsafe.");
        fails(
                "{{ d.update({}) }}",
                1,
                12,
                "access to attribute 'update' of 'dict' object is unsafe.");
        renders("{{ d.pop is defined }}", "False");
        fails(
                "{{ l.append(1) }}",
                1,
                12,
                "access to attribute 'append' of 'list' object is unsafe.");
        renders("{{ l.append is defined }}", "False");
        renders("{{ d.__class__ }}", "");
        renders("{{ s.__class__ }}", "");
        fails(
                "{{ s['__class__'].x }}",
                1,
                18,
                "access to attribute '__class__' of 'str' object is unsafe.");
        fails(
                "{{ s.__class__.__mro__ }}",
                1,
                15,
                "access to attribute '__class__' of 'str' object is unsafe.");
        renders("{{ none.x }}", "");
        renders("{{ none['x'] }}", "");
        fails("{{ none.x.y }}", 1, 10, "'None' has no attribute 'x'");
        fails("{{ none() }}", 1, 8, "'NoneType' object is not callable");
        fails("{{ s() }}", 1, 5, "'str' object is not callable");
        fails("{{ x() }}", 1, 5, "'x' is undefined");
        fails("{{ x.y }}", 1, 5, "'x' is undefined");
        fails("{{ x['y'] }}", 1, 5, "'x' is undefined");
        renders("{{ l[0] }}", "3");
        renders("{{ l[-1] }}", "2");
        renders("{{ l[5] }}", "");
        renders("{{ l['a'] }}", "");
        renders("{{ l[true] }}", "1");
        renders("{{ l[1.0] }}", "");
        renders("{{ l[none] }}", "");
        renders("{{ s[0] }}", "H");
        renders("{{ s[-1] }}", "d");
        renders("{{ s[100] }}", "");
        renders("{{ s['upper']() }}", "HELLO WORLD");
        renders("{{ l[big] }}", "");
        renders("{{ u[6] }}", "😀");
        renders("{{ u|length }}", "9");
        renders("{{ u[-3] }}", "😀");
        renders("{{ 5[1] }}", "");
        renders("{{ 5 .real }}", "5");
        renders("{{ n.real }}", "5");
        renders("{{ n.bit_length() }}", "3");
        renders("{{ f.is_integer() }}", "False");
        renders("{{ l.index(2) }}", "2");
        fails("{{ l.index(9) }}", 1, 11, "9 is not in list");
        renders("{{ l.count(1) }}", "1");
        renders("{{ l.copy() }}", "[3, 1, 2]");
        renders("{{ (1,2).index(2) }}", "1");
        renders("{{ (1,2).count(5) }}", "0");
        renders("{{ o.x.y[1] }}", "20");
        renders("{{ o['x']['y'].0 }}", "10");
        renders("{{ l.0 }}", "3");
        renders("{{ m.0.role }}", "user");
        renders("{{ m[0]['content'] }}", "hi");
        renders("{{ m[1].x }}", "1");
        renders("{{ m[0].x }}", "");
        renders("{{ m[0].x is defined }}", "False");
        renders("{{ m[1].role.upper() }}", "ASSISTANT");
        renders("{{ d[l] }}", "");
        renders("{{ d[{}] }}", "");
        renders("{{ d['k'] }}", "None");
        renders("{{ d.k }}", "None");
        renders("{{ d|length }}", "4");
        renders("{{ x|length }}", "0");
        fails("{{ n|length }}", 1, 6, "object of type 'int' has no len()");
        fails("{{ none|length }}", 1, 9, "object of type 'NoneType' has no len()");
        renders("{{ s|length }}", "11");
        renders("{{ l|length }}", "3");
        fails("{{ (l|map('string'))|length }}", 1, 22, "object of type 'generator' has no len()");
    }

    @Test
    void slicesCountCodePointsAndMayRunBackwards() {
        fails("{{ x[1:] }}", 1, 5, "'x' is undefined");
        renders("{{ s[1:3] }}", "el");
        renders("{{ s[::-1] }}", "dlroW olleH");
        renders("{{ s[:-1] }}", "Hello Worl");
        renders("{{ s[-3:] }}", "rld");
        renders("{{ s[::2] }}", "HloWrd");
        renders("{{ s[5:1] }}", "");
        renders("{{ s[5:1:-1] }}", " oll");
        renders("{{ s[100:] }}", "");
        renders("{{ s[:100] }}", "Hello World");
        renders("{{ l[1:] }}", "[1, 2]");
        renders("{{ l[::-1] }}", "[2, 1, 3]");
        fails("{{ l[::0] }}", 1, 5, "slice step cannot be zero");
        fails("{{ l[:'a'] }}", 1, 5, "slice indices must be integers or None");
        renders("{{ (1,2,3)[1:] }}", "(2, 3)");
        renders("{{ l[:big] }}", "[3, 1, 2]");
        renders("{{ u[6:] }}", "😀 x");
        renders("{{ u[::-1] }}", "x 😀 eßörG");
        fails("{{ d[1:2] }}", 1, 5, "unhashable type: 'slice'");
        renders("{{ m[:1] }}", "[{'role': 'user', 'content': 'hi'}]");
    }

    @Test
    void rangesAreSequencesOfBoundedLength() {
        renders("{{ range(3) }}", "range(0, 3)");
        renders("{{ range(3)|list }}", "[0, 1, 2]");
        renders("{{ range(1,10,3)|list }}", "[1, 4, 7]");
        renders("{{ range(5,0,-2)|list }}", "[5, 3, 1]");
        renders("{{ range(0) }}", "range(0, 0)");
        renders("{{ range(3)[1] }}", "1");
        renders("{{ range(10)[2:5] }}", "range(2, 5)");
        renders("{{ range(10)[::-1] }}", "range(9, -1, -1)");
        renders("{{ range(10)[::3]|list }}", "[0, 3, 6, 9]");
        renders("{{ 3 in range(5) }}", "True");
        fails(
                "{{ range(100001) }}",
                1,
                9,
                "a range of 100001 elements is too big; at most 100000 are allowed");
        renders("{{ range(100000)|length }}", "100000");
        fails("{{ range(1,2,0) }}", 1, 9, "range() arg 3 must not be zero");
        fails("{{ range('a') }}", 1, 9, "range() argument 'start' must be an integer, not str");
        renders("{{ range(3)==range(3) }}", "True");
        renders("{{ range(3).start }}", "0");
        renders("{{ range(3)|length }}", "3");
    }

    @Test
    void dictsAndNamespacesAreMadeByCalls() {
        renders("{{ dict(a=1,b=2) }}", "{'a': 1, 'b': 2}");
        renders("{{ dict([('a',1)]) }}", "{'a': 1}");
        renders("{{ dict({'a':1},b=2) }}", "{'a': 1, 'b': 2}");
        renders("{{ namespace(a=1) }}", "<Namespace {'a': 1}>");
        renders("{{ namespace(a=1).a }}", "1");
        renders("{{ namespace(a=1)['a'] }}", "1");
        renders("{{ namespace(a=1).b }}", "");
        renders("{{ namespace({'z':1}).z }}", "1");
        fails("{{ 'a' in namespace(a=1) }}", 1, 8, "argument of type 'Namespace' is not iterable");
        fails("{{ {[1]:2} }}", 1, 4, "unhashable type: 'list'");
        renders("{{ {(1,2):3}[(1,2)] }}", "3");
        renders("{{ {(1,2):3}[1,2] }}", "3");
        renders("{{ {1:'a'}[1.0] }}", "a");
        renders("{{ {1:'a'}[true] }}", "a");
        renders("{{ {'a':1,'a':2} }}", "{'a': 2}");
        renders("{{ {none:1} }}", "{None: 1}");
        renders("{{ {none:1}[none] }}", "1");
    }
}
