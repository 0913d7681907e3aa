package dev.hone.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tool that a conversation offers to the assistant, in OpenAI's form: {@code {"type": "function",
 * "function": {"name", "description", "parameters"}}}. A row may give the inner object alone; it is
 * wrapped when read, so every template sees the same form.
 *
 * @param definition the whole object as JSON values, keys in the order of the row
 */
public record Tool(Map<String, @Nullable Object> definition) {
    public Tool {
        definition = Collections.unmodifiableMap(new LinkedHashMap<>(definition));
    }

    /** The function's name. */
    public String name() {
        return String.valueOf(function().get("name"));
    }

    /** The inner object: name, description, and parameters as a JSON schema. */
    public Map<?, ?> function() {
        return definition.get("function") instanceof Map<?, ?> function ? function : Map.of();
    }
}
