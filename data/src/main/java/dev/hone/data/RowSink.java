package dev.hone.data;

/** Takes what a {@link RowReader} finds, in file order. */
public interface RowSink {

    /** A row that could be read. */
    void row(Row row);

    /** A row that could not be read. */
    void problem(Problem problem);

    /**
     * A key that no shape of row knows and that was passed over.
     *
     * @param source {@code file:line}
     */
    default void ignored(String source, String key) {}
}
