package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Preference pairs: {@code chosen} and {@code rejected}, each a string, a message or a list of
 * messages, with one of
 *
 * <ul>
 *   <li>{@code prompt} (or {@code question}): a string or a list of messages;
 *   <li>{@code instruction} and {@code input}: alpaca with LLaMA-Factory's {@code ranking};
 *   <li>{@code conversations} or {@code messages}: what precedes both answers;
 *   <li>none: then the prompt is what the two lists have in common at their beginning (TRL's
 *       implicit prompt).
 * </ul>
 */
final class PreferenceFormat implements RowFormat {

    @Override
    public String name() {
        return "preference";
    }

    @Override
    public Set<String> required() {
        return Set.of("chosen", "rejected");
    }

    @Override
    public Set<String> optional() {
        return Set.of(
                "prompt",
                "question",
                "instruction",
                "input",
                "system",
                "history",
                "conversations",
                "messages",
                "tools");
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> chosen = Messages.readAny(row.path("chosen"), "chosen", "assistant", ignored);
        List<Message> rejected =
                Messages.readAny(row.path("rejected"), "rejected", "assistant", ignored);
        List<Message> prompt = prompt(row, ignored);
        if (prompt.isEmpty()) {
            int shared = shared(chosen, rejected);
            prompt = chosen.subList(0, shared);
            chosen = chosen.subList(shared, chosen.size());
            rejected = rejected.subList(shared, rejected.size());
        } else if (chosen.size() > prompt.size()
                && sameTurns(prompt, chosen)
                && sameTurns(prompt, rejected)) {
            // Some files have the prompt both on its own and in front of each answer.
            chosen = chosen.subList(prompt.size(), chosen.size());
            rejected = rejected.subList(prompt.size(), rejected.size());
        }
        if (prompt.isEmpty()) {
            throw new RowFault(
                    "chosen and rejected begin with no message in common, and there is no prompt;"
                            + " expected prompt, instruction, conversations or messages");
        }
        Messages.requireAnswer(chosen, "chosen");
        Messages.requireAnswer(rejected, "rejected");
        return new Row.Preference(
                source,
                Messages.asContext(prompt),
                chosen,
                rejected,
                ToolList.read(row, Messages.concat(chosen, rejected)));
    }

    private static List<Message> prompt(JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> prompt = new ArrayList<>();
        String system = Fields.optionalText(row.path("system"), "system");
        if (!system.isEmpty()) {
            prompt.add(new Message("system", system));
        }
        if (row.hasNonNull("conversations")) {
            prompt.addAll(Messages.read(row.path("conversations"), "conversations", ignored));
        } else if (row.hasNonNull("messages")) {
            prompt.addAll(Messages.read(row.path("messages"), "messages", ignored));
        } else if (row.hasNonNull("instruction")) {
            AlpacaFormat.addPrompt(row, prompt);
        } else if (row.hasNonNull("prompt") || row.hasNonNull("question")) {
            String key = row.hasNonNull("prompt") ? "prompt" : "question";
            prompt.addAll(Messages.readAny(row.path(key), key, "user", ignored));
        }
        return prompt;
    }

    /** How many messages both lists begin with; at least one is left in each. */
    private static int shared(List<Message> a, List<Message> b) {
        int limit = Math.min(a.size(), b.size()) - 1;
        int shared = 0;
        while (shared < limit && sameTurn(a.get(shared), b.get(shared))) {
            shared++;
        }
        return shared;
    }

    private static boolean sameTurns(List<Message> beginning, List<Message> whole) {
        return whole.size() > beginning.size()
                && IntStream.range(0, beginning.size())
                        .allMatch(i -> sameTurn(beginning.get(i), whole.get(i)));
    }

    private static boolean sameTurn(Message a, Message b) {
        return a.withWeight(1).equals(b.withWeight(1));
    }
}
