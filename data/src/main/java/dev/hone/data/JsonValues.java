package dev.hone.data;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** JSON as the plain values that chat templates take. */
final class JsonValues {

    private JsonValues() {}

    /**
     * An object's members in their order.
     *
     * @param name the key as faults show it
     */
    static Map<String, @Nullable Object> object(JsonNode node, String name) throws RowFault {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            values.put(
                    checked(entry.getKey(), name),
                    value(entry.getValue(), name + "." + entry.getKey()));
        }
        return values;
    }

    private static @Nullable Object value(JsonNode node, String name) throws RowFault {
        return switch (node.getNodeType()) {
            case OBJECT -> object(node, name);
            case ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (int i = 0; i < node.size(); i++) {
                    items.add(value(node.get(i), name + "[" + i + "]"));
                }
                yield items;
            }
            case STRING -> checked(node.stringValue(), name);
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node, name);
            case NULL -> null;
            case MISSING, BINARY, POJO ->
                    throw new RowFault(
                            name + " is " + Fields.describe(node) + "; expected a JSON value");
        };
    }

    private static Object number(JsonNode node, String name) throws RowFault {
        if (!node.isIntegralNumber()) {
            return node.doubleValue();
        }
        BigInteger number = node.bigIntegerValue();
        if (number.bitLength() > 63) {
            throw new RowFault(
                    "%s is %s; expected an integer of at most 64 bits".formatted(name, number));
        }
        return number.longValue();
    }

    private static String checked(String text, String name) throws RowFault {
        Optional<String> defect = UnicodeDefect.find(text);
        if (defect.isPresent()) {
            throw new RowFault(
                    name + " holds " + defect.get() + ", which no tokenizer can read; remove it");
        }
        return text;
    }
}
