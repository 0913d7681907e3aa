package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** The tojson filter, against Python json.dumps. */
class JsonTest {

    @Test
    void jsonIsWhatPythonWrites() {
        renders("{{ d|tojson }}", "{\"b\": 1, \"a\": 2, \"items\": 9, \"k\": null}");
        renders("{{ l|tojson }}", "[3, 1, 2]");
        renders(
                "{{ m|tojson }}",
                "[{\"role\": \"user\", \"content\": \"hi\"}, {\"role\": \"assistant\", \"content\": \"yo\", \"x\": 1}]");
        renders("{{ s|tojson }}", "\"Hello World\"");
        renders("{{ u|tojson }}", "\"Größe 😀 x\"");
        renders("{{ u|tojson(true) }}", "\"Gr\\u00f6\\u00dfe \\ud83d\\ude00 x\"");
        renders("{{ u|tojson(ensure_ascii=true) }}", "\"Gr\\u00f6\\u00dfe \\ud83d\\ude00 x\"");
        renders("{{ f|tojson }}", "2.5");
        renders("{{ 1.0|tojson }}", "1.0");
        renders("{{ 1e16|tojson }}", "1e+16");
        renders("{{ big|tojson }}", "123456789012345678901234567890");
        renders("{{ none|tojson }}", "null");
        renders("{{ true|tojson }}", "true");
        fails(
                "{{ x|tojson }}",
                1,
                6,
                "Object of type Undefined is not JSON serializable: 'x' is undefined");
        fails(
                "{{ [x]|tojson }}",
                1,
                8,
                "Object of type Undefined is not JSON serializable: 'x' is undefined");
        renders(
                "{{ m|tojson(indent=2) }}",
                "[\n  {\n    \"role\": \"user\",\n    \"content\": \"hi\"\n  },\n  {\n    \"role\": \"assistant\",\n    \"content\": \"yo\",\n    \"x\": 1\n  }\n]");
        renders(
                "{{ m|tojson(indent=0) }}",
                "[\n{\n\"role\": \"user\",\n\"content\": \"hi\"\n},\n{\n\"role\": \"assistant\",\n\"content\": \"yo\",\n\"x\": 1\n}\n]");
        renders(
                "{{ m|tojson(indent='\\t') }}",
                "[\n\t{\n\t\t\"role\": \"user\",\n\t\t\"content\": \"hi\"\n\t},\n\t{\n\t\t\"role\": \"assistant\",\n\t\t\"content\": \"yo\",\n\t\t\"x\": 1\n\t}\n]");
        renders(
                "{{ m|tojson(indent=none) }}",
                "[{\"role\": \"user\", \"content\": \"hi\"}, {\"role\": \"assistant\", \"content\": \"yo\", \"x\": 1}]");
        renders(
                "{{ m|tojson(indent=true) }}",
                "[\n {\n  \"role\": \"user\",\n  \"content\": \"hi\"\n },\n {\n  \"role\": \"assistant\",\n  \"content\": \"yo\",\n  \"x\": 1\n }\n]");
        renders("{{ []|tojson(indent=2) }}", "[]");
        renders("{{ {}|tojson(indent=4) }}", "{}");
        renders("{{ [[],{}]|tojson(indent=1) }}", "[\n [],\n {}\n]");
        renders("{{ {'b':1,'a':2}|tojson(sort_keys=true) }}", "{\"a\": 2, \"b\": 1}");
        renders(
                "{{ {'b':1,'a':{'d':1,'c':2}}|tojson(indent=2,sort_keys=true) }}",
                "{\n  \"a\": {\n    \"c\": 2,\n    \"d\": 1\n  },\n  \"b\": 1\n}");
        renders("{{ {1:2,none:3,true:4,1.5:5}|tojson }}", "{\"1\": 4, \"null\": 3, \"1.5\": 5}");
        fails(
                "{{ {(1,2):3}|tojson }}",
                1,
                14,
                "keys must be str, int, float, bool or None, not tuple");
        fails(
                "{{ {1:2,'a':3}|tojson(sort_keys=true) }}",
                1,
                16,
                "'<' not supported between instances of 'str' and 'int'");
        renders("{{ l|tojson(separators=(',',':')) }}", "[3,1,2]");
        renders("{{ d|tojson(separators=(',',':')) }}", "{\"b\":1,\"a\":2,\"items\":9,\"k\":null}");
        renders(
                "{{ d|tojson(indent=2,separators=(', ',' : ')) }}",
                "{\n  \"b\" : 1, \n  \"a\" : 2, \n  \"items\" : 9, \n  \"k\" : null\n}");
        renders("{{ (1,2)|tojson }}", "[1, 2]");
        fails("{{ range(3)|tojson }}", 1, 13, "Object of type range is not JSON serializable");
        fails(
                "{{ d.items()|tojson }}",
                1,
                14,
                "Object of type dict_items is not JSON serializable");
        fails(
                "{{ (l|map('string'))|tojson }}",
                1,
                22,
                "Object of type generator is not JSON serializable");
        renders(
                "{{ '\\x00\\x1f\\x7f\\u2028\"\\\\/\\n\\r\\t\\b\\f'|tojson }}",
                "\"\\u0000\\u001f\u007f\u2028\\\"\\\\/\\n\\r\\t\\b\\f\"");
        renders("{{ '\\x7f'|tojson(true) }}", "\"\\u007f\"");
        renders("{{ (1e400)|tojson }}", "Infinity");
        renders("{{ html|safe|tojson }}", "\"<b>&\\\"'\"");
        renders("{{ d|tojson(2) }}", "{\"b\": 1, \"a\": 2, \"items\": 9, \"k\": null}");
        fails("{{ d|tojson(foo=1) }}", 1, 6, "tojson() got an unexpected keyword argument 'foo'");
        renders("{{ multi|tojson }}", "\"a\\nb\\r\\nc\\n\\n d\"");
        fails(
                "{{ namespace(a=1)|tojson }}",
                1,
                19,
                "Object of type Namespace is not JSON serializable");
    }
}
