package dev.hone.data;

import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Rows of {@code {"text"}}: plain text to go on writing, as in pretraining. */
final class TextFormat implements RowFormat {

    @Override
    public String name() {
        return "text";
    }

    @Override
    public Set<String> required() {
        return Set.of("text");
    }

    @Override
    public Set<String> optional() {
        return Set.of();
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        return new Row.Text(source, Fields.filledText(row.path("text"), "text"));
    }
}
