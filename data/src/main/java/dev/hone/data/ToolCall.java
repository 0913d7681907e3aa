package dev.hone.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call of a tool that an assistant's message makes.
 *
 * @param id what a tool's answer refers to by {@code tool_call_id}; empty if the row has none
 * @param name the tool
 * @param arguments the call's arguments as JSON values: Map, List, String, Integer, Long, Double,
 *     Boolean and null, keys in the order of the row
 */
public record ToolCall(Optional<String> id, String name, Map<String, @Nullable Object> arguments) {
    public ToolCall {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }
}
