package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What became of the rows. No row is left out, cut or moved without being counted here.
 *
 * @param rows rows read, training and holdout files together
 * @param dropped left out for being too long
 * @param truncated cut to {@code max_length}
 * @param repeated training rows that say what an earlier training row says; they are kept
 * @param leaks rows of the holdout file that stand in the training files too; they are removed from
 *     the holdout
 * @param train examples that are trained
 * @param holdout examples that are kept from training
 * @param remarks rows that something is remarkable about
 * @param ignoredKeys keys that no format knows, with the number of rows that have them
 * @param notices what was remarkable about the preparation itself
 */
public record DataReport(
        long rows,
        Tally dropped,
        Tally truncated,
        Tally repeated,
        Tally leaks,
        Part train,
        Part holdout,
        SortedMap<Remark, Tally> remarks,
        SortedMap<String, Long> ignoredKeys,
        List<String> notices) {

    /**
     * Examples of one side.
     *
     * @param examples number of examples
     * @param tokens all tokens
     * @param supervisedTokens tokens that are trained
     */
    public record Part(long examples, long tokens, long supervisedTokens, Lengths lengths) {

        @Override
        public String toString() {
            return ("%,d examples, %,d tokens, %,d supervised; lengths %d to %d, median %d,"
                            + " 90%% up to %d, 99%% up to %d")
                    .formatted(
                            examples,
                            tokens,
                            supervisedTokens,
                            lengths.shortest(),
                            lengths.longest(),
                            lengths.p50(),
                            lengths.p90(),
                            lengths.p99());
        }
    }

    /** The same report with these notices. */
    DataReport withNotices(List<String> said) {
        return new DataReport(
                rows,
                dropped,
                truncated,
                repeated,
                leaks,
                train,
                holdout,
                remarks,
                ignoredKeys,
                List.copyOf(said));
    }

    /** Examples of both sides. */
    public long kept() {
        return train.examples() + holdout.examples();
    }

    /** The report for people, one line per fact; facts that are nothing are left out. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.addAll(notices);
        lines.add("%,d rows read, %,d kept".formatted(rows, kept()));
        lines.add("train: " + train);
        if (holdout.examples() > 0) {
            lines.add("holdout: " + holdout);
        }
        addTally(lines, "dropped, longer than max_length: ", dropped);
        addTally(lines, "truncated to max_length: ", truncated);
        addTally(lines, "repeating an earlier row, kept: ", repeated);
        addTally(
                lines,
                "in the holdout and in the training files, removed from the holdout: ",
                leaks);
        for (Map.Entry<Remark, Tally> remark : remarks.entrySet()) {
            addTally(lines, "note: " + remark.getKey().text() + ": ", remark.getValue());
        }
        ignoredKeys.forEach(
                (key, count) -> lines.add("key not used: %s, in %,d rows".formatted(key, count)));
        return List.copyOf(lines);
    }

    /** A line names a few rows; the record has more. */
    private static void addTally(List<String> lines, String what, Tally tally) {
        if (tally.count() > 0) {
            lines.add(
                    what
                            + new Tally(
                                    tally.count(),
                                    tally.sources()
                                            .subList(0, Math.min(5, tally.sources().size()))));
        }
    }
}
