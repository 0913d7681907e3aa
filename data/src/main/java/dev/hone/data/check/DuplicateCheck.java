package dev.hone.data.check;

import dev.hone.data.Message;
import dev.hone.data.Row;
import dev.hone.data.RowKey;
import java.util.List;
import java.util.Optional;

/**
 * Rows that say what an earlier row says: word for word, nearly, or another answer to the same
 * input; and held-back rows that a training row gives away.
 *
 * <p>System texts do not count for nearness, since many rows share theirs. Of rows that are near to
 * each other the first stays for comparison, so a later one is always named with the first.
 */
final class DuplicateCheck implements Check.OfAll<DuplicateCheck.Sketch> {

    /** Similarity from which rows are near. */
    static final double NEAR = 0.85;

    /** Shorter rows are alike by nature. */
    private static final int FEWEST_WORDS = 12;

    private final Places places;
    private final MinHash minHash = new MinHash();
    private final KeyIndex rows = new KeyIndex();
    private final KeyIndex inputs = new KeyIndex();
    private final MinHashIndex near = new MinHashIndex();
    private int firstHeldBack = Integer.MAX_VALUE;

    /**
     * @param input key of all that stands before the last answer
     * @param signature empty for rows that are too short
     */
    @SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
    record Sketch(RowKey row, Optional<RowKey> input, short[] signature) {}

    DuplicateCheck(Places places) {
        this.places = places;
    }

    @Override
    public Sketch sketch(CheckedRow row) {
        return new Sketch(
                RowKey.of(row.row()), input(row), minHash.signature(row.content(), FEWEST_WORDS));
    }

    private static Optional<RowKey> input(CheckedRow row) {
        if (!(row.row() instanceof Row.Conversation chat) || row.lastAnswer().isEmpty()) {
            return Optional.empty();
        }
        List<Message> before = chat.messages().subList(0, chat.messages().size() - 1);
        return Optional.of(RowKey.of(new Row.Conversation(chat.source(), before, chat.tools())));
    }

    @Override
    public void add(CheckedRow row, Sketch sketch, Findings out) {
        if (row.holdout()) {
            firstHeldBack = Math.min(firstHeldBack, row.number());
        }
        int same = rows.firstOrAdd(sketch.row(), row.number());
        if (same >= 0) {
            if (row.holdout() && same < firstHeldBack) {
                out.add(
                        row,
                        Code.LEAK,
                        "the held-back row is trained at " + places.get(same),
                        "a row that training does not see");
            } else {
                out.add(
                        row,
                        Code.EXACT_DUPLICATE,
                        "the row says what %s says".formatted(places.get(same)),
                        "a row of its own");
            }
            return;
        }
        int asked =
                sketch.input().isEmpty()
                        ? -1
                        : inputs.firstOrAdd(sketch.input().get(), row.number());
        if (asked >= 0) {
            out.add(
                    row,
                    Code.CONFLICTING_ANSWERS,
                    "%s answers the same input differently; here: %s"
                            .formatted(
                                    places.get(asked),
                                    Excerpt.start(row.lastAnswer().orElseThrow().text())),
                    "one answer to one input");
        }
        if (sketch.signature().length > 0) {
            addNear(row, sketch, asked >= 0, out);
        }
    }

    private void addNear(CheckedRow row, Sketch sketch, boolean reported, Findings out) {
        MinHashIndex.Match match = near.nearest(sketch.signature());
        if (match.row() < 0 || match.similarity() < NEAR) {
            near.add(sketch.signature(), row.number());
            return;
        }
        long percent = Math.round(100 * match.similarity());
        if (row.holdout() && match.row() < firstHeldBack) {
            out.add(
                    row,
                    Code.NEAR_LEAK,
                    "the held-back row is about %d%% the same as %s, which is trained"
                            .formatted(percent, places.get(match.row())),
                    "a row unlike those that training sees");
        } else if (!reported) {
            out.add(
                    row,
                    Code.NEAR_DUPLICATE,
                    "the row is about %d%% the same as %s"
                            .formatted(percent, places.get(match.row())),
                    "less than %d%%".formatted(Math.round(100 * NEAR)));
        }
    }
}
