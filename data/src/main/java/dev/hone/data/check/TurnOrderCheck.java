package dev.hone.data.check;

import dev.hone.data.Message;
import java.util.List;
import java.util.Optional;

/** Whether user and assistant take turns, the system text first and an answer last. */
record TurnOrderCheck() implements Check.OfRow {

    @Override
    public void check(CheckedRow row, Findings out) {
        fault(row.messages())
                .ifPresent(found ->
                        out.add(
                                row,
                                Code.TURN_ORDER,
                                found,
                                "an optional system text, then user and assistant in turns, an"
                                        + " answer last"));
    }

    private static Optional<String> fault(List<Message> messages) {
        String before = "";
        for (int i = 0; i < messages.size(); i++) {
            String role = messages.get(i).role();
            boolean system = role.equals("system") || role.equals("developer");
            if (system && i > 0) {
                return Optional.of("message %d is a %s text".formatted(i + 1, role));
            }
            if (role.equals("assistant") && (before.isEmpty() || before.equals("system"))) {
                return Optional.of("the assistant speaks first");
            }
            if (role.equals(before) && (role.equals("user") || role.equals("assistant"))) {
                return Optional.of(
                        "messages %d and %d are both from the %s".formatted(i, i + 1, role));
            }
            if (role.equals("tool") && (before.equals("user") || before.equals("system"))) {
                return Optional.of(
                        "message %d is a tool's result, and the assistant called none before it"
                                .formatted(i + 1));
            }
            before = system ? "system" : role;
        }
        return before.equals("user")
                ? Optional.of("the last message is the user's, which is never answered")
                : Optional.empty();
    }
}
