package dev.hone.data.check;

import dev.hone.data.RowKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Groups inputs by their words and counts the groups, in training and in the holdout. It keeps the
 * beginnings of at most {@value InputSample#MOST} inputs of each.
 */
final class CoverageCheck implements Check.OfAll<Optional<InputSample.Entry>> {

    /** Characters of an input that are kept. */
    private static final int KEPT = 600;

    private static final int FEWEST_ROWS = 20;

    /** Smaller clusters are not missed in a holdout. */
    private static final double WORTH_MEASURING = 0.02;

    private final Places places;
    private final InputSample train = new InputSample();
    private final InputSample holdout = new InputSample();
    private Optional<Coverage> coverage = Optional.empty();

    CoverageCheck(Places places) {
        this.places = places;
    }

    @Override
    public Optional<InputSample.Entry> sketch(CheckedRow row) {
        String said = row.said(CheckedRow.Speaker.USER);
        String input = said.isBlank() ? row.said(CheckedRow.Speaker.NONE) : said;
        return input.isBlank()
                ? Optional.empty()
                : Optional.of(
                        new InputSample.Entry(
                                RowKey.of(row.row()).low(),
                                row.number(),
                                input.substring(0, Math.min(KEPT, input.length()))));
    }

    @Override
    public void add(CheckedRow row, Optional<InputSample.Entry> entry, Findings out) {
        entry.ifPresent(row.holdout() ? holdout::add : train::add);
    }

    @Override
    public void finish(Findings out) {
        List<InputSample.Entry> sample = train.entries();
        if (sample.size() < FEWEST_ROWS) {
            return;
        }
        List<InputSample.Entry> held = holdout.entries();
        TextClusters found =
                TextClusters.of(sample.stream().map(InputSample.Entry::input).toList());
        long[] heldIn = new long[found.count()];
        for (InputSample.Entry entry : held) {
            heldIn[found.nearest(entry.input())]++;
        }
        List<Coverage.Cluster> clusters = new ArrayList<>();
        for (int i = 0; i < found.count(); i++) {
            InputSample.Entry typical = sample.get(found.typical(i));
            clusters.add(
                    new Coverage.Cluster(
                            found.words(i),
                            scale(found.size(i), sample.size(), train.rows()),
                            scale(heldIn[i], held.size(), holdout.rows()),
                            places.get(typical.row()),
                            Excerpt.start(typical.input())));
        }
        clusters.sort(Comparator.comparingLong(Coverage.Cluster::rows).reversed());
        coverage =
                Optional.of(
                        new Coverage(
                                train.rows(),
                                sample.size(),
                                holdout.rows(),
                                held.size(),
                                clusters));
        if (!held.isEmpty()) {
            clusters.forEach(cluster -> reportGap(cluster, out));
        }
    }

    private static long scale(long count, int sampled, long rows) {
        return sampled == 0 ? 0 : Math.round((double) count / sampled * rows);
    }

    private void reportGap(Coverage.Cluster cluster, Findings out) {
        double share = (double) cluster.rows() / train.rows();
        if (cluster.holdoutRows() == 0 && share >= WORTH_MEASURING) {
            out.add(
                    new Finding(
                            cluster.typical(),
                            Code.HOLDOUT_GAP,
                            "no held-back row is like the %,d training rows about %s"
                                    .formatted(cluster.rows(), cluster.name()),
                            "about %,d of the %,d held-back rows"
                                    .formatted(
                                            Math.max(1, Math.round(share * holdout.rows())),
                                            holdout.rows())));
        }
    }

    /** What was found; empty if there are too few inputs to group. */
    Optional<Coverage> coverage() {
        return coverage;
    }
}
