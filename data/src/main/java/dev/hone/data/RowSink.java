package dev.hone.data;

import tools.jackson.databind.JsonNode;

/** Takes what a {@link RowReader} finds, in file order. */
public interface RowSink {

    /** A row that could be read. */
    void row(Row row);

    /**
     * The same with the row as it stands in the file; who wants only the row leaves this as it is.
     *
     * @param json the object of the file, before columns were renamed
     */
    default void row(Row row, JsonNode json) {
        row(row);
    }

    /** A row that could not be read. */
    void problem(Problem problem);

    /**
     * A key that no format knows and that was passed over.
     *
     * @param source {@code file:line}
     */
    default void ignored(String source, String key) {}
}
