package dev.hone.data.check;

import dev.hone.data.Message;
import dev.hone.data.Row;
import dev.hone.data.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A row as checks see it: its texts, and who says them. */
final class CheckedRow {

    /** Who says a text. */
    enum Speaker {
        SYSTEM,
        USER,
        ASSISTANT,
        /** A tool, or the assistant to a tool or to itself. */
        INNER,
        /** Nobody: the row is plain text. */
        NONE
    }

    /**
     * One text of a row.
     *
     * @param name as messages show it: {@code answer}, {@code answer 2 of 3}, {@code user turn 1 of
     *     3}, {@code system text}, {@code text}
     * @param trained whether the model learns to write it
     */
    record Part(Speaker speaker, String name, String text, boolean trained) {}

    private final int number;
    private final boolean holdout;
    private final Row row;
    private final Place place;
    private final List<Message> messages;
    private final List<Part> parts;

    /**
     * @param number of the row in the pass, from 0
     * @param holdout whether it is kept from training
     */
    CheckedRow(int number, boolean holdout, Row row) {
        this.number = number;
        this.holdout = holdout;
        this.row = row;
        this.place = Place.of(row.source());
        this.messages =
                switch (row) {
                    case Row.Conversation conversation -> conversation.messages();
                    case Row.Preference pair -> both(pair.prompt(), pair.chosen());
                    case Row.Labelled labelled -> both(labelled.prompt(), labelled.completion());
                    case Row.Text _, Row.Segments _, Row.Tokens _ -> List.of();
                };
        this.parts = List.copyOf(parts(row, messages));
    }

    private static List<Message> both(List<Message> prompt, List<Message> answer) {
        return Stream.concat(prompt.stream(), answer.stream()).toList();
    }

    private static List<Part> parts(Row row, List<Message> messages) {
        List<Part> parts = new ArrayList<>();
        switch (row) {
            case Row.Conversation _ -> addTurns(parts, messages, 0);
            // What the prompt holds of earlier answers is context.
            case Row.Preference pair -> {
                addTurns(parts, messages, pair.prompt().size());
                pair.rejected()
                        .forEach(message ->
                                parts.add(
                                        0,
                                        new Part(
                                                Speaker.INNER,
                                                "rejected answer",
                                                message.content(),
                                                false)));
            }
            case Row.Labelled labelled ->
                    addTurns(
                            parts,
                            messages,
                            labelled.desirable() ? labelled.prompt().size() : messages.size());
            case Row.Text text -> parts.add(new Part(Speaker.NONE, "text", text.text(), true));
            case Row.Segments segments -> {
                for (int i = 0; i < segments.segments().size(); i++) {
                    Row.Segment segment = segments.segments().get(i);
                    parts.add(
                            new Part(
                                    Speaker.NONE,
                                    "segment " + (i + 1),
                                    segment.text(),
                                    segment.trained()));
                }
            }
            case Row.Tokens _ -> {}
        }
        return parts;
    }

    /**
     * @param firstTrained index of the first message that may be trained
     */
    private static void addTurns(List<Part> parts, List<Message> messages, int firstTrained) {
        long users = count(messages, "user");
        long answers = count(messages, "assistant");
        int user = 0;
        int answer = 0;
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            switch (message.role()) {
                case "user" ->
                        parts.add(
                                new Part(
                                        Speaker.USER,
                                        numbered("user turn", ++user, users),
                                        message.content(),
                                        false));
                case "assistant" ->
                        addAnswer(
                                parts,
                                numbered("answer", ++answer, answers),
                                message,
                                i >= firstTrained && message.weight() > 0);
                case "tool" ->
                        parts.add(new Part(Speaker.INNER, "tool result", message.content(), false));
                default ->
                        parts.add(
                                new Part(
                                        Speaker.SYSTEM,
                                        message.role() + " text",
                                        message.content(),
                                        false));
            }
        }
    }

    private static void addAnswer(List<Part> parts, String name, Message message, boolean trained) {
        message.reasoning()
                .ifPresent(text ->
                        parts.add(new Part(Speaker.INNER, "reasoning of " + name, text, trained)));
        message.toolCalls()
                .forEach(call ->
                        parts.add(
                                new Part(
                                        Speaker.INNER,
                                        "tool call of " + name,
                                        call.name() + " " + call.arguments(),
                                        trained)));
        if (message.toolCalls().isEmpty() || !message.content().isBlank()) {
            parts.add(new Part(Speaker.ASSISTANT, name, message.content(), trained));
        }
    }

    private static long count(List<Message> messages, String role) {
        return messages.stream().filter(message -> message.role().equals(role)).count();
    }

    private static String numbered(String what, int number, long of) {
        return of == 1 ? what : "%s %d of %d".formatted(what, number, of);
    }

    int number() {
        return number;
    }

    boolean holdout() {
        return holdout;
    }

    Row row() {
        return row;
    }

    Place place() {
        return place;
    }

    /** The turns of a conversation; of a pair, the prompt and the better answer. */
    List<Message> messages() {
        return messages;
    }

    /** What the assistant may call. */
    List<Tool> tools() {
        return switch (row) {
            case Row.Conversation conversation -> conversation.tools();
            case Row.Preference pair -> pair.tools();
            case Row.Labelled labelled -> labelled.tools();
            case Row.Text _, Row.Segments _, Row.Tokens _ -> List.of();
        };
    }

    /** All texts in order. */
    List<Part> parts() {
        return parts;
    }

    /** The turns of the assistant that are trained. */
    List<Part> answers() {
        return parts.stream()
                .filter(part -> part.speaker() == Speaker.ASSISTANT && part.trained())
                .toList();
    }

    /** The assistant's last turn, if it is trained and ends the row. */
    Optional<Part> lastAnswer() {
        return parts.isEmpty()
                        || parts.getLast().speaker() != Speaker.ASSISTANT
                        || !parts.getLast().trained()
                ? Optional.empty()
                : Optional.of(parts.getLast());
    }

    /** What a speaker says in all, a line between turns. */
    String said(Speaker speaker) {
        return parts.stream()
                .filter(part -> part.speaker() == speaker)
                .map(Part::text)
                .collect(Collectors.joining("\n"));
    }

    /** All texts but the system's, which many rows share; a line between them. */
    String content() {
        return parts.stream()
                .filter(part -> part.speaker() != Speaker.SYSTEM)
                .map(Part::text)
                .collect(Collectors.joining("\n"));
    }
}
