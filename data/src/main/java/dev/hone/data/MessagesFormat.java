package dev.hone.data;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Chat rows as OpenAI's fine-tuning files have them: {@code {"messages": [{"role", "content", …},
 * …], "tools"?, "parallel_tool_calls"?}}; see {@link OpenAiMessage}.
 */
final class MessagesFormat implements RowFormat {

    @Override
    public String name() {
        return "messages";
    }

    @Override
    public Set<String> required() {
        return Set.of("messages");
    }

    @Override
    public Set<String> optional() {
        return ToolList.KEYS;
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> messages = Messages.read(row.path("messages"), "messages", ignored);
        return new Row.Conversation(source, messages, ToolList.read(row, messages));
    }
}
