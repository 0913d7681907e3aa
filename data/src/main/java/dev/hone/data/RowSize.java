package dev.hone.data;

import java.util.List;

/** Roughly how many characters a row holds. */
final class RowSize {

    private RowSize() {}

    static long of(Row row) {
        return switch (row) {
            case Row.Conversation conversation -> messages(conversation.messages());
            case Row.Text text -> text.text().length();
            case Row.Segments segments ->
                    segments.segments().stream().mapToLong(s -> s.text().length()).sum();
            case Row.Tokens tokens -> 4L * tokens.inputIds().length;
            case Row.Preference preference ->
                    messages(preference.prompt())
                            + messages(preference.chosen())
                            + messages(preference.rejected());
            case Row.Labelled labelled ->
                    messages(labelled.prompt()) + messages(labelled.completion());
        };
    }

    private static long messages(List<Message> messages) {
        return messages.stream().mapToLong(message -> message.content().length()).sum();
    }
}
