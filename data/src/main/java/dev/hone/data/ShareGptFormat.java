package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * ShareGPT rows: {@code {"conversations": [{"from", "value"}, …], "system"?, "tools"?}}; see {@link
 * ShareGptMessage}.
 */
final class ShareGptFormat implements RowFormat {

    @Override
    public String name() {
        return "sharegpt";
    }

    @Override
    public Set<String> required() {
        return Set.of("conversations");
    }

    @Override
    public Set<String> optional() {
        return Set.of("system", "tools");
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> messages = messages(row, ignored);
        return new Row.Conversation(source, messages, ToolList.read(row, messages));
    }

    /** The conversation of a row, its {@code system} first. */
    static List<Message> messages(JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> messages = new ArrayList<>();
        String system = Fields.optionalText(row.path("system"), "system");
        if (!system.isEmpty()) {
            messages.add(new Message("system", system));
        }
        messages.addAll(Messages.read(row.path("conversations"), "conversations", ignored));
        return messages;
    }
}
