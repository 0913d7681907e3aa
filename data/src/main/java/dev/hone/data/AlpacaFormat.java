package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Instruction rows: {@code {"instruction", "output", "input"?, "system"?, "history"?}}, read as a
 * conversation. The user's text is the instruction, a newline and the input; {@code history} is
 * {@code [[user, assistant], …]}, whose replies are trained too.
 */
final class AlpacaFormat implements RowFormat {

    @Override
    public String name() {
        return "alpaca";
    }

    @Override
    public Set<String> required() {
        return Set.of("instruction", "output");
    }

    @Override
    public Set<String> optional() {
        return Set.of("input", "system", "history");
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        List<Message> messages = new ArrayList<>();
        String system = Fields.optionalText(row.path("system"), "system");
        if (!system.isEmpty()) {
            messages.add(new Message("system", system));
        }
        addPrompt(row, messages);
        messages.add(new Message("assistant", Fields.filledText(row.path("output"), "output")));
        return new Row.Conversation(source, messages);
    }

    /** The history, then the instruction with its input. */
    static void addPrompt(JsonNode row, List<Message> messages) throws RowFault {
        addHistory(row.path("history"), messages);
        String instruction = Fields.filledText(row.path("instruction"), "instruction");
        String input = Fields.optionalText(row.path("input"), "input");
        messages.add(
                new Message("user", input.isEmpty() ? instruction : instruction + "\n" + input));
    }

    private static void addHistory(JsonNode history, List<Message> messages) throws RowFault {
        if (history.isMissingNode() || history.isNull()) {
            return;
        }
        if (!history.isArray()) {
            throw new RowFault(
                    "history is "
                            + Fields.describe(history)
                            + "; expected an array of [user, assistant] pairs");
        }
        for (int i = 0; i < history.size(); i++) {
            JsonNode pair = history.get(i);
            if (!pair.isArray() || pair.size() != 2) {
                throw new RowFault(
                        "history[%d] is %s; expected a pair [user, assistant]"
                                .formatted(
                                        i,
                                        pair.isArray()
                                                ? "an array of " + pair.size()
                                                : Fields.describe(pair)));
            }
            messages.add(new Message("user", Fields.text(pair.get(0), "history[" + i + "][0]")));
            messages.add(
                    new Message(
                            "assistant", Fields.filledText(pair.get(1), "history[" + i + "][1]")));
        }
    }
}
