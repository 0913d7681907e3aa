package dev.hone.data.check;

import dev.hone.data.Row;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A row's JSON with its keys in order, so that equal rows are equal texts. */
final class CanonicalJson {

    private CanonicalJson() {}

    static Row of(ObjectNode row) {
        return new Row.Text("", EscapedJson.write(sorted(row)));
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> entries = new TreeMap<>();
            node.properties()
                    .forEach(entry -> entries.put(entry.getKey(), sorted(entry.getValue())));
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            entries.forEach(object::set);
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.values().forEach(value -> array.add(sorted(value)));
            return array;
        }
        return node;
    }
}
