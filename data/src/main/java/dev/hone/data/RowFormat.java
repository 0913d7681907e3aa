package dev.hone.data;

import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** One way of writing a row. A new format is one class and one entry in {@link RowFormats#ALL}. */
interface RowFormat {

    /** The name a run file knows it by. */
    String name();

    /** Keys that a row of this format must have. */
    Set<String> required();

    /** Keys that it may have besides. */
    Set<String> optional();

    /** Whether a row is of this format, when none was named. */
    default boolean matches(JsonNode row) {
        return required().stream().allMatch(row::has);
    }

    /**
     * Reads one row.
     *
     * @param source {@code file:line}
     * @param row a JSON object with all required keys
     * @param ignored takes keys within the row's parts that are passed over
     */
    Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault;
}
