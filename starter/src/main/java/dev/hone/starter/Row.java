package dev.hone.starter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** One row of a JSONL file: plain text, or a conversation. */
public sealed interface Row {
    /** Plain text: every token is learned. */
    record Text(String text) implements Row {}

    /** A conversation: what the assistant says is learned. */
    record Chat(List<Turn> turns) implements Row {
        /** Copies the list. */
        public Chat {
            turns = List.copyOf(turns);
        }
    }

    /** What one side says. {@code role} is {@code system}, {@code user} or {@code assistant}. */
    record Turn(String role, String content) {}

    /** A question and its answer, with no system prompt. */
    static Chat chat(String question, String answer) {
        return new Chat(List.of(new Turn("user", question), new Turn("assistant", answer)));
    }

    /** A system prompt, a question and its answer. */
    static Chat chat(String system, String question, String answer) {
        return new Chat(
                List.of(
                        new Turn("system", system),
                        new Turn("user", question),
                        new Turn("assistant", answer)));
    }

    /** The row as one line of JSON: {@code {"text": ...}} or {@code {"messages": [...]}}. */
    default String toJson(JsonMapper json) {
        return switch (this) {
            case Text text -> json.writeValueAsString(Map.of("text", text.text()));
            case Chat chat -> {
                List<Map<String, String>> messages = new ArrayList<>();
                for (Turn turn : chat.turns()) {
                    Map<String, String> message = new LinkedHashMap<>();
                    message.put("role", turn.role());
                    message.put("content", turn.content());
                    messages.add(message);
                }
                yield json.writeValueAsString(Map.of("messages", messages));
            }
        };
    }
}
