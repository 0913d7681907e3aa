package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Literals and operators, against jinja2 3.1.6. */
class LiteralsTest {

    @Test
    void literalsPrintAsPythonPrintsThem() {
        renders("{{ 1 }}", "1");
        renders("{{ 1.0 }}", "1.0");
        renders("{{ 1e16 }}", "1e+16");
        renders("{{ 1e15 }}", "1000000000000000.0");
        renders("{{ 123456789.123 }}", "123456789.123");
        renders("{{ 1e-5 }}", "1e-05");
        renders("{{ 0.0001 }}", "0.0001");
        renders("{{ 1.5e300 }}", "1.5e+300");
        renders("{{ -0.0 }}", "-0.0");
        renders("{{ 0x1F }}", "31");
        renders("{{ 0b101 }}", "5");
        renders("{{ 0o17 }}", "15");
        renders("{{ 1_000 }}", "1000");
        renders("{{ 1_0.5 }}", "10.5");
        renders("{{ true }}", "True");
        renders("{{ True }}", "True");
        renders("{{ none }}", "None");
        renders("{{ None }}", "None");
        renders("{{ false }}", "False");
        renders("{{ 'a' 'b' }}", "ab");
        renders("{{ [] }}", "[]");
        renders("{{ [1,] }}", "[1]");
        renders("{{ () }}", "()");
        renders("{{ (1,) }}", "(1,)");
        renders("{{ (1,2) }}", "(1, 2)");
        renders("{{ 1,2 }}", "(1, 2)");
        renders("{{ {} }}", "{}");
        renders("{{ {'a':1,'b':[1,'x']} }}", "{'a': 1, 'b': [1, 'x']}");
        renders("{{ {1:2,1.0:3,True:4} }}", "{1: 4}");
        renders("{{ 'it\\'s' }}", "it's");
        renders("{{ \"q\\\"q\" }}", "q\"q");
        renders("{{ ['it\\'s'] }}", "[\"it's\"]");
        renders("{{ ['\"'] }}", "['\"']");
        renders("{{ ['\\'\"'] }}", "['\\'\"']");
        renders("{{ ['\\n\\t\\\\\\x00\\x7f\\u200b\\u00e9'] }}", "['\\n\\t\\\\\\x00\\x7f\\u200bé']");
        renders("{{ '\\x41\\u0042\\N{LATIN SMALL LETTER C}\\101\\q' }}", "ABcA\\q");
        renders("{{ [none,true,1.5,'s'] }}", "[None, True, 1.5, 's']");
        renders("{{ [undefined_x] }}", "[Undefined]");
        renders("{{ [1e400] }}", "[inf]");
    }

    @Test
    void arithmeticIsPythons() {
        renders("{{ big }}", "123456789012345678901234567890");
        renders("{{ big*big }}", "15241578753238836750495351562536198787501905199875019052100");
        renders("{{ big//7 }}", "17636684144620811271604938270");
        renders("{{ big%7 }}", "0");
        renders("{{ -big }}", "-123456789012345678901234567890");
        renders("{{ big/3 }}", "4.115226300411523e+28");
        renders("{{ 2**100 }}", "1267650600228229401496703205376");
        renders("{{ 2**-1 }}", "0.5");
        renders("{{ 2**0.5 }}", "1.4142135623730951");
        renders("{{ 10//3 }}", "3");
        renders("{{ -10//3 }}", "-4");
        renders("{{ 10//-3 }}", "-4");
        renders("{{ -10%3 }}", "2");
        renders("{{ 10%-3 }}", "-2");
        renders("{{ 7.5//2 }}", "3.0");
        renders("{{ -7.5//2 }}", "-4.0");
        renders("{{ 7.5%2 }}", "1.5");
        renders("{{ -7.5%2 }}", "0.5");
        renders("{{ 1/3 }}", "0.3333333333333333");
        renders("{{ 4/2 }}", "2.0");
        renders("{{ 0/5 }}", "0.0");
        fails("{{ 1/0 }}", 1, 5, "division by zero");
        fails("{{ 1//0 }}", 1, 5, "integer division or modulo by zero");
        fails("{{ 1%0 }}", 1, 5, "integer division or modulo by zero");
        fails("{{ 1.0/0 }}", 1, 7, "float division by zero");
        fails("{{ 1.0//0 }}", 1, 7, "float floor division by zero");
        fails("{{ 1.0%0 }}", 1, 7, "float modulo");
        fails("{{ 0**-1 }}", 1, 5, "0.0 cannot be raised to a negative power");
    }

    @Test
    void comparisonsAndLogicArePythons() {
        renders("{{ 1==1.0 }}", "True");
        renders("{{ 1==true }}", "True");
        renders("{{ '1'==1 }}", "False");
        renders("{{ [1]==[1.0] }}", "True");
        renders("{{ (1,)==[1] }}", "False");
        renders("{{ {'a':1}=={'a':1.0} }}", "True");
        renders("{{ none==none }}", "True");
        renders("{{ x==y }}", "True");
        renders("{{ x==none }}", "False");
        renders("{{ 1<2<3 }}", "True");
        renders("{{ 1<3<2 }}", "False");
        renders("{{ 'a'<'b' }}", "True");
        fails("{{ 'a'<1 }}", 1, 7, "'<' not supported between instances of 'str' and 'int'");
        renders("{{ [1,2]<[1,3] }}", "True");
        fails("{{ [1]<(1,) }}", 1, 7, "'<' not supported between instances of 'list' and 'tuple'");
        renders("{{ (1,2)<(1,2,3) }}", "True");
        fails("{{ {}<{} }}", 1, 6, "'<' not supported between instances of 'dict' and 'dict'");
        renders("{{ 1!=1 }}", "False");
        renders("{{ 2 in l }}", "True");
        renders("{{ 9 in l }}", "False");
        renders("{{ 'b' in d }}", "True");
        renders("{{ 'ell' in s }}", "True");
        fails("{{ 5 in s }}", 1, 6, "'in <string>' requires string as left operand, not int");
        renders("{{ 1 not in l }}", "False");
        renders("{{ x in l }}", "False");
        renders("{{ l in x }}", "False");
        fails("{{ x in s }}", 1, 6, "'in <string>' requires string as left operand, not Undefined");
        fails("{{ 1 in 1 }}", 1, 6, "argument of type 'int' is not iterable");
        renders("{{ not 1 }}", "False");
        renders("{{ not x }}", "True");
        renders("{{ 1 and 2 }}", "2");
        renders("{{ 0 or 'z' }}", "z");
        renders("{{ 1 or x.y.z }}", "1");
        renders("{{ 0 and x.y.z }}", "0");
        renders("{{ 1 if 0 }}", "");
        renders("{{ 1 if 1 else 2 }}", "1");
        renders("{{ (1 if 0) is defined }}", "False");
    }

    @Test
    void operatorsBindAsInJinja() {
        renders("{{ 'a' ~ 1 ~ none ~ x ~ 1.0 }}", "a1None1.0");
        renders("{{ 'a' + 'b' }}", "ab");
        fails("{{ 'a' + 1 }}", 1, 8, "can only concatenate str (not \"int\") to str");
        fails("{{ 1 + 'a' }}", 1, 6, "unsupported operand type(s) for +: 'int' and 'str'");
        renders("{{ [1]+[2] }}", "[1, 2]");
        fails("{{ [1]+(2,) }}", 1, 7, "can only concatenate list (not \"tuple\") to list");
        renders("{{ (1,)+(2,) }}", "(1, 2)");
        renders("{{ 'ab'*3 }}", "ababab");
        renders("{{ 3*'ab' }}", "ababab");
        renders("{{ [1]*2 }}", "[1, 1]");
        renders("{{ 'a'*-1 }}", "");
        fails("{{ 'a'*1.5 }}", 1, 7, "unsupported operand type(s) for *: 'str' and 'float'");
        fails("{{ [1]*'a' }}", 1, 7, "unsupported operand type(s) for *: 'list' and 'str'");
        fails("{{ {}+{} }}", 1, 6, "unsupported operand type(s) for +: 'dict' and 'dict'");
        fails("{{ -s }}", 1, 4, "bad operand type for unary -: 'str'");
        renders("{{ +true }}", "1");
        renders("{{ -true }}", "-1");
        renders("{{ true+true }}", "2");
        fails("{{ -x }}", 1, 4, "'x' is undefined");
        fails("{{ x+1 }}", 1, 5, "'x' is undefined");
        fails("{{ 1+x }}", 1, 5, "'x' is undefined");
        fails("{{ 'a'+x }}", 1, 7, "'x' is undefined");
        fails("{{ x*2 }}", 1, 5, "'x' is undefined");
        renders("{{ 2-1-1 }}", "0");
        renders("{{ 2*3+4 }}", "10");
        renders("{{ 2+3*4 }}", "14");
        renders("{{ 2**3**2 }}", "64");
        renders("{{ -2**2 }}", "4");
        renders("{{ not 1==2 }}", "True");
        fails("{{ 1 + 2 ~ 3 }}", 1, 6, "unsupported operand type(s) for +: 'int' and 'str'");
        fails("{{ 1 ~ 2 + 3 }}", 1, 10, "can only concatenate str (not \"int\") to str");
        renders("{{ - 3|abs }}", "3");
        renders("{{ (-3)|abs }}", "3");
        renders("{{ -3|abs }}", "3");
        renders("{{ n|abs }}", "5");
        renders("{{ f|abs }}", "2.5");
        fails("{{ s|abs }}", 1, 6, "bad operand type for abs(): 'str'");
    }
}
