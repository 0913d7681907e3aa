package dev.hone.data;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** One way of writing a row. A new shape is one class and one entry in {@link #ALL}. */
interface RowShape {

    /**
     * All shapes, in the order in which they are tried: the first whose required keys are all there
     * is taken.
     */
    List<RowShape> ALL =
            List.of(
                    new MessagesShape(),
                    new TokensShape(),
                    new AlpacaShape(),
                    new PromptCompletionShape(),
                    new TextShape());

    /** The name a person knows it by. */
    String name();

    /** Keys that a row of this shape must have. */
    Set<String> required();

    /** Keys that it may have besides. */
    Set<String> optional();

    /**
     * Reads one row.
     *
     * @param source {@code file:line}
     * @param row a JSON object with all required keys
     * @param ignored takes keys within the row's parts that are passed over
     */
    Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault;
}
