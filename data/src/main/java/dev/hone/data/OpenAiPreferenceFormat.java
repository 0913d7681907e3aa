package dev.hone.data;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Preference pairs as OpenAI's fine-tuning files have them: {@code {"input": {"messages": […],
 * "tools"?, "parallel_tool_calls"?}, "preferred_completion": […], "non_preferred_completion":
 * […]}}.
 */
final class OpenAiPreferenceFormat implements RowFormat {

    @Override
    public String name() {
        return "openai_preference";
    }

    @Override
    public Set<String> required() {
        return Set.of("input", "preferred_completion", "non_preferred_completion");
    }

    @Override
    public Set<String> optional() {
        return Set.of();
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        JsonNode input = row.path("input");
        if (!input.isObject()) {
            throw new RowFault(
                    "input is "
                            + Fields.describe(input)
                            + "; expected an object {messages, tools}");
        }
        List<Message> prompt = Messages.read(input.path("messages"), "input.messages", ignored);
        List<Message> chosen = answer(row, "preferred_completion", ignored);
        List<Message> rejected = answer(row, "non_preferred_completion", ignored);
        return new Row.Preference(
                source,
                Messages.asContext(prompt),
                chosen,
                rejected,
                ToolList.read(input, Messages.concat(chosen, rejected)));
    }

    private static List<Message> answer(JsonNode row, String key, Consumer<String> ignored)
            throws RowFault {
        return Messages.requireAnswer(Messages.read(row.path(key), key, ignored), key);
    }
}
