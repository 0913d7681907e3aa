package dev.hone.plan;

import dev.hone.data.DataException;
import dev.hone.data.DataSource;
import dev.hone.data.Message;
import dev.hone.data.Problem;
import dev.hone.data.Row;
import dev.hone.data.RowReader;
import dev.hone.data.RowSink;
import java.util.ArrayList;
import java.util.List;

/**
 * How long rows are when there is no tokenizer to ask: rows of token ids exactly, text by its
 * characters.
 *
 * @param lengths of all rows, in tokens
 * @param supervisedShare of the tokens that are trained
 * @param exact whether every row held token ids
 */
@SuppressWarnings("ArrayRecordComponent") // the array is made here and never changed
public record RowLengths(int[] lengths, double supervisedShare, boolean exact) {
    /** Characters of English text that make a token, roughly; other languages take fewer. */
    public static final double CHARACTERS_PER_TOKEN = 4;

    /** Tokens that a chat template puts around a turn, roughly. */
    private static final int TURN_TOKENS = 6;

    /** Reads every row; one that cannot be read is a {@link DataException}. */
    public static RowLengths read(List<DataSource> sources) {
        List<Row> rows = new ArrayList<>();
        for (DataSource source : sources) {
            RowReader.read(
                    source,
                    new RowSink() {
                        @Override
                        public void row(Row row) {
                            rows.add(row);
                        }

                        @Override
                        public void problem(Problem problem) {
                            throw new DataException(problem.source(), problem.text());
                        }
                    });
        }
        int[] lengths = new int[rows.size()];
        double supervised = 0;
        double all = 0;
        boolean exact = true;
        for (int i = 0; i < lengths.length; i++) {
            double total = 0;
            double trained = 0;
            switch (rows.get(i)) {
                case Row.Tokens tokens -> {
                    total = tokens.inputIds().length;
                    for (int label : tokens.labels()) {
                        trained += label == Row.Tokens.IGNORED ? 0 : 1;
                    }
                }
                case Row.Text text -> {
                    exact = false;
                    total = tokens(text.text());
                    trained = total;
                }
                case Row.Segments segments -> {
                    exact = false;
                    for (Row.Segment segment : segments.segments()) {
                        double tokens = tokens(segment.text());
                        total += tokens;
                        trained += segment.trained() ? tokens : 0;
                    }
                }
                case Row.Preference pair -> throw notSupervised(pair);
                case Row.Labelled labelled -> throw notSupervised(labelled);
                case Row.Conversation conversation -> {
                    exact = false;
                    for (Message message : conversation.messages()) {
                        double tokens = tokens(message.content());
                        total += tokens + TURN_TOKENS;
                        trained += message.role().equals("assistant") ? tokens + 1 : 0;
                    }
                }
            }
            lengths[i] = (int) Math.max(2, Math.round(total));
            all += total;
            supervised += trained;
        }
        return new RowLengths(lengths, all == 0 ? 1 : Math.min(1, supervised / all), exact);
    }

    private static DataException notSupervised(Row row) {
        return new DataException(
                row.source(),
                "the row compares or judges answers; a plan of supervised training wants rows to"
                        + " imitate");
    }

    private static double tokens(String text) {
        return text.length() / CHARACTERS_PER_TOKEN;
    }
}
