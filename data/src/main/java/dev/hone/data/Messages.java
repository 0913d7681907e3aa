package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Reads lists of messages, written as OpenAI or as ShareGPT writes them. */
final class Messages {

    private Messages() {}

    /**
     * A list that must hold at least one message. A message with the key {@code from} is
     * ShareGPT's, any other OpenAI's.
     *
     * @param name the key as faults show it
     * @param ignored takes keys of messages that are passed over
     */
    static List<Message> read(JsonNode array, String name, Consumer<String> ignored)
            throws RowFault {
        if (!array.isArray() || array.isEmpty()) {
            throw new RowFault(
                    "%s is %s; expected an array of {role, content}"
                            .formatted(
                                    name,
                                    array.isArray() ? "an empty array" : Fields.describe(array)));
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            messages.add(one(array.get(i), name + "[" + i + "]", name, ignored));
        }
        return messages;
    }

    /**
     * A list of messages, one message, or a text that stands for one message.
     *
     * @param role whose message a text is
     */
    static List<Message> readAny(JsonNode value, String name, String role, Consumer<String> ignored)
            throws RowFault {
        if (value.isArray()) {
            return read(value, name, ignored);
        }
        if (value.isObject()) {
            return List.of(one(value, name, name, ignored));
        }
        return List.of(new Message(role, Fields.filledText(value, name)));
    }

    private static Message one(JsonNode node, String name, String list, Consumer<String> ignored)
            throws RowFault {
        if (!node.isObject()) {
            throw new RowFault(
                    name + " is " + Fields.describe(node) + "; expected an object {role, content}");
        }
        return node.has("from")
                ? ShareGptMessage.read(node, name, list, ignored)
                : OpenAiMessage.read(node, name, list, ignored);
    }

    /** The messages with what the assistant says as context only. */
    static List<Message> asContext(List<Message> messages) {
        return messages.stream()
                .map(message -> message.isAssistant() ? message.withWeight(0) : message)
                .toList();
    }

    /** Both lists, one after the other. */
    static List<Message> concat(List<Message> first, List<Message> second) {
        List<Message> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /**
     * Refuses messages that are not an answer: the last must be the assistant's.
     *
     * @param name the key as the fault shows it
     */
    static List<Message> requireAnswer(List<Message> messages, String name) throws RowFault {
        if (!messages.getLast().isAssistant()) {
            throw new RowFault(
                    "%s ends with a message of role %s; expected one of the assistant"
                            .formatted(name, messages.getLast().role()));
        }
        return messages;
    }
}
