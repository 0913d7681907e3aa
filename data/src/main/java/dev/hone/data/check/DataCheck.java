package dev.hone.data.check;

import dev.hone.data.Problem;
import dev.hone.data.Row;
import dev.hone.data.RowReader;
import dev.hone.data.RowSink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One pass over files of rows. Rows are taken in batches: what can be said of a row by itself is
 * said in several threads, what needs the others follows in file order. So the result does not
 * depend on the number of threads.
 *
 * <p>Of a row only sketches stay, so memory grows by 300 to 480 bytes a row; {@code
 * docs/data-check.md} has the sum.
 */
public final class DataCheck {

    private static final int BATCH = 512;

    private final Places places = new Places();
    private final CoverageCheck coverage = new CoverageCheck(places);
    private final Optional<TokenCheck> tokens;
    private final List<Check.OfAll<?>> ofAll;
    private final FindingTally tally;
    private final List<Item> batch = new ArrayList<>(BATCH);
    private final Map<String, UnusedKey> unusedKeys = new TreeMap<>();
    private final LongConsumer progress;
    private long rows;
    private long holdoutRows;
    private int readable;

    /** What the reader gives. */
    private sealed interface Item {
        record Taken(CheckedRow row) implements Item {}

        record Refused(Problem problem) implements Item {}
    }

    private record UnusedKey(Place first, long rows) {}

    private DataCheck(CheckSpec spec, Consumer<Finding> sink, LongConsumer progress) {
        this.progress = progress;
        this.tally = new FindingTally(sink);
        this.tokens =
                spec.tokens().map(given -> new TokenCheck(given.builder(), given.maxLength()));
        List<Check.OfAll<?>> checks = new ArrayList<>(Checks.ofAll(places));
        tokens.ifPresent(checks::add);
        checks.add(coverage);
        this.ofAll = List.copyOf(checks);
    }

    /**
     * Checks files.
     *
     * @param sink takes every finding as soon as it is known
     * @throws dev.hone.data.DataException if a file does not exist
     */
    public static CheckReport run(CheckSpec spec, Consumer<Finding> sink) {
        return run(spec, sink, rows -> {});
    }

    /**
     * Checks files.
     *
     * @param progress is told now and then how many rows are done
     */
    public static CheckReport run(CheckSpec spec, Consumer<Finding> sink, LongConsumer progress) {
        DataCheck check = new DataCheck(spec, sink, progress);
        spec.files().forEach(file -> check.read(file, false));
        spec.holdout().ifPresent(file -> check.read(file, true));
        return check.finish();
    }

    private void read(Path file, boolean holdout) {
        RowReader.read(
                file,
                new RowSink() {
                    @Override
                    public void row(Row row) {
                        CheckedRow checked = new CheckedRow(readable, holdout, row);
                        places.add(checked.place());
                        readable = Math.addExact(readable, 1);
                        take(new Item.Taken(checked), holdout);
                    }

                    @Override
                    public void problem(Problem problem) {
                        take(new Item.Refused(problem), holdout);
                    }

                    @Override
                    public void ignored(String source, String key) {
                        unusedKeys.merge(
                                key,
                                new UnusedKey(Place.of(source), 1),
                                (old, _) -> new UnusedKey(old.first(), old.rows() + 1));
                    }
                });
        flush();
    }

    private void take(Item item, boolean holdout) {
        if (holdout) {
            holdoutRows++;
        } else {
            rows++;
        }
        batch.add(item);
        if (batch.size() == BATCH) {
            flush();
        }
    }

    /** What was made of a row in a thread of its own; {@link #deliver} goes on in file order. */
    private record Prepared(List<Finding> findings, List<Runnable> sketches) {}

    private void flush() {
        batch.parallelStream().map(this::prepare).toList().forEach(this::deliver);
        batch.clear();
        progress.accept(rows + holdoutRows);
    }

    private Prepared prepare(Item item) {
        List<Finding> findings = new ArrayList<>();
        List<Runnable> sketches = new ArrayList<>();
        switch (item) {
            case Item.Refused refused -> findings.add(ReaderFaults.finding(refused.problem()));
            case Item.Taken taken -> {
                CheckedRow row = taken.row();
                Checks.OF_ROW.forEach(check -> check.check(row, findings::add));
                ofAll.forEach(check -> sketches.add(sketched(check, row)));
            }
        }
        return new Prepared(findings, sketches);
    }

    /** Makes the sketch now; gives what is to be done with it later. */
    private <S> Runnable sketched(Check.OfAll<S> check, CheckedRow row) {
        S sketch = check.sketch(row);
        return () -> check.add(row, sketch, tally::add);
    }

    private void deliver(Prepared prepared) {
        prepared.findings().forEach(tally::add);
        prepared.sketches().forEach(Runnable::run);
    }

    private CheckReport finish() {
        ofAll.forEach(check -> check.finish(tally::add));
        unusedKeys.forEach((key, use) ->
                tally.add(
                        new Finding(
                                use.first(),
                                Code.UNUSED_KEY,
                                "the key \"%s\" is in %,d rows and is not used"
                                        .formatted(key, use.rows()),
                                "")));
        return new CheckReport(
                rows,
                holdoutRows,
                tally.counts(),
                tokens.map(TokenCheck::counts),
                coverage.coverage());
    }
}
