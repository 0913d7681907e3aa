package dev.hone.data;

import java.util.Map;

/**
 * How a file names what a format calls otherwise. Rows are renamed before the format reads them.
 *
 * @param columns the format's key of a row to the file's: {@code instruction} to {@code question}
 * @param messageKeys a key of a message, such as {@code content}, to the file's
 * @param roles the file's role to {@code system}, {@code user}, {@code assistant}, {@code tool} or
 *     {@code function_call}
 */
public record RowMapping(
        Map<String, String> columns, Map<String, String> messageKeys, Map<String, String> roles) {

    /** The file uses the format's own names. */
    public static final RowMapping NONE = new RowMapping(Map.of(), Map.of(), Map.of());

    public RowMapping {
        columns = Map.copyOf(columns);
        messageKeys = Map.copyOf(messageKeys);
        roles = Map.copyOf(roles);
    }
}
