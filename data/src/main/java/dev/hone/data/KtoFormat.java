package dev.hone.data;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Answers that are called good or bad: {@code label} (TRL) or {@code kto_tag} (LLaMA-Factory), true
 * or false, beside {@code prompt} and {@code completion}, or beside {@code messages} or {@code
 * conversations} that end with the answer.
 */
final class KtoFormat implements RowFormat {

    @Override
    public String name() {
        return "kto";
    }

    @Override
    public Set<String> required() {
        return Set.of("label");
    }

    @Override
    public Set<String> optional() {
        return Set.of(
                "kto_tag", "prompt", "completion", "messages", "conversations", "system", "tools");
    }

    @Override
    public boolean matches(JsonNode row) {
        return (row.path("label").isBoolean() || row.path("kto_tag").isBoolean())
                && (row.has("messages")
                        || row.has("conversations")
                        || (row.has("prompt") && row.has("completion")));
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        String key = row.has("label") ? "label" : "kto_tag";
        JsonNode label = row.path(key);
        if (!label.isBoolean()) {
            throw new RowFault(
                    "%s is %s; expected true or false".formatted(key, Fields.describe(label)));
        }
        List<Message> prompt;
        List<Message> completion;
        if (row.has("completion")) {
            prompt = PromptCompletionFormat.prompt(row, ignored);
            completion = PromptCompletionFormat.completion(row, ignored);
        } else {
            String list = row.has("messages") ? "messages" : "conversations";
            List<Message> all =
                    row.has("messages")
                            ? Messages.read(row.path(list), list, ignored)
                            : ShareGptFormat.messages(row, ignored);
            Messages.requireAnswer(all, list);
            if (all.size() < 2) {
                throw new RowFault(
                        "%s has one message; expected a prompt and the answer".formatted(list));
            }
            prompt = Messages.asContext(all.subList(0, all.size() - 1));
            completion = all.subList(all.size() - 1, all.size());
        }
        return new Row.Labelled(
                source, prompt, completion, label.booleanValue(), ToolList.read(row, completion));
    }
}
