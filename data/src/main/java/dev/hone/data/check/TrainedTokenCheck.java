package dev.hone.data.check;

import dev.hone.data.Row;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether anything in the row is trained, as far as that is known without a model. */
record TrainedTokenCheck() implements Check.OfRow {

    @Override
    public void check(CheckedRow row, Findings out) {
        fault(row)
                .ifPresent(
                        found -> out.add(row, Code.NO_TRAINED_TOKEN, found, "something to train"));
    }

    /** Why nothing can be trained. */
    static Optional<String> fault(CheckedRow row) {
        return switch (row.row()) {
            case Row.Conversation conversation -> {
                if (conversation.messages().stream().noneMatch(m -> m.role().equals("assistant"))) {
                    yield Optional.of("the conversation has no assistant message");
                }
                boolean any =
                        conversation.messages().stream()
                                .anyMatch(m -> m.role().equals("assistant") && m.weight() > 0);
                yield any ? Optional.empty() : Optional.of("every assistant message has weight 0");
            }
            case Row.Text text ->
                    text.text().isBlank() ? Optional.of("the text is empty") : Optional.empty();
            case Row.Segments segments ->
                    segments.segments().stream().noneMatch(Row.Segment::trained)
                            ? Optional.of("no segment has the label true")
                            : Optional.empty();
            case Row.Tokens tokens ->
                    IntStream.range(1, tokens.labels().length)
                                    .allMatch(i -> tokens.labels()[i] == Row.Tokens.IGNORED)
                            ? Optional.of("every label behind the first token is -100")
                            : Optional.empty();
            case Row.Preference _, Row.Labelled _ -> Optional.empty();
        };
    }
}
