package dev.hone.data;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Rows of {@code {"prompt", "completion"}}, both strings, read as one user turn and the assistant's
 * reply.
 */
final class PromptCompletionShape implements RowShape {

    @Override
    public String name() {
        return "prompt/completion";
    }

    @Override
    public Set<String> required() {
        return Set.of("prompt", "completion");
    }

    @Override
    public Set<String> optional() {
        return Set.of();
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        return new Row.Conversation(
                source,
                List.of(
                        new Message("user", Fields.filledText(row.path("prompt"), "prompt")),
                        new Message(
                                "assistant",
                                Fields.filledText(row.path("completion"), "completion"))));
    }
}
