package dev.hone.data;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads values of a row's JSON and says which kind was found where another was expected. */
final class Fields {

    private Fields() {}

    /**
     * A text that must be there.
     *
     * @param name the key as the message shows it, for example {@code messages[2].content}
     */
    static String text(JsonNode value, String name) throws RowFault {
        if (!value.isString()) {
            throw new RowFault(name + " is " + describe(value) + "; expected a string");
        }
        String text = value.stringValue();
        Optional<String> defect = UnicodeDefect.find(text);
        if (defect.isPresent()) {
            throw new RowFault(
                    name + " holds " + defect.get() + ", which no tokenizer can read; remove it");
        }
        return text;
    }

    /** A text that may be absent or null; empty then. */
    static String optionalText(JsonNode value, String name) throws RowFault {
        return value.isMissingNode() || value.isNull() ? "" : text(value, name);
    }

    /** A text that must be there and hold more than spaces. */
    static String filledText(JsonNode value, String name) throws RowFault {
        String text = text(value, name);
        if (text.isBlank()) {
            throw new RowFault(name + " is empty; give it text or remove the row");
        }
        return text;
    }

    /** An array of integers. */
    static int[] integers(JsonNode value, String name) throws RowFault {
        if (!value.isArray()) {
            throw new RowFault(name + " is " + describe(value) + "; expected an array of integers");
        }
        int[] integers = new int[value.size()];
        for (int i = 0; i < integers.length; i++) {
            if (!value.get(i).isInt()) {
                throw new RowFault(
                        "%s[%d] is %s; expected an integer"
                                .formatted(name, i, describe(value.get(i))));
            }
            integers[i] = value.get(i).intValue();
        }
        return integers;
    }

    /** What a value is, in words: {@code a number (5)}, {@code an array}, {@code missing}. */
    static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string (\"" + value.stringValue() + "\")";
            case NUMBER -> "a number (" + value + ")";
            case BOOLEAN -> "a boolean (" + value + ")";
            case NULL -> "null";
            case MISSING -> "missing";
            case BINARY, POJO -> value.getNodeType().toString();
        };
    }
}
