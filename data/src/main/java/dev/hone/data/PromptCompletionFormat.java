package dev.hone.data;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Rows of {@code {"prompt", "completion", "tools"?}}. Both are strings, read as one user turn and
 * the assistant's reply, or both are lists of messages. The completion is trained; an assistant's
 * turn in the prompt is context only.
 */
final class PromptCompletionFormat implements RowFormat {

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
        return Set.of("tools");
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> all = Messages.concat(prompt(row, ignored), completion(row, ignored));
        return new Row.Conversation(source, all, ToolList.read(row, all));
    }

    static List<Message> prompt(JsonNode row, Consumer<String> ignored) throws RowFault {
        return Messages.asContext(Messages.readAny(row.path("prompt"), "prompt", "user", ignored));
    }

    static List<Message> completion(JsonNode row, Consumer<String> ignored) throws RowFault {
        return Messages.requireAnswer(
                Messages.readAny(row.path("completion"), "completion", "assistant", ignored),
                "completion");
    }
}
