package dev.hone.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads, tokenises and splits all rows of a run into a {@link PreparedFile}. Rows go by in batches:
 * this thread reads them, all cores tokenise them, and this thread writes them in the order of the
 * files. Memory holds the batches under way and some bytes a row, however long the rows are.
 */
final class Preparation {

    private static final int BATCH_ROWS = 128;
    private static final int BATCH_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final DataSpec spec;
    private final ExampleBuilder builder;
    private final PreparedWriter writer;
    private final List<String> files = new ArrayList<>();
    private final Problems problems = new Problems();
    private final TallyCounter dropped = new TallyCounter();
    private final TallyCounter truncated = new TallyCounter();
    private final TallyCounter repeated = new TallyCounter();
    private final TallyCounter leaks = new TallyCounter();
    private final SortedMap<Remark, TallyCounter> remarks = new TreeMap<>();
    private final SortedMap<String, Long> ignoredKeys = new TreeMap<>();
    private final RowKeySet seen = new RowKeySet();
    private final Strata strata;
    private final PreparedIndex index = new PreparedIndex();
    private boolean holdingOut;
    private long rowsRead;

    private Preparation(DataSpec spec, ExampleBuilder builder, PreparedWriter writer) {
        this.spec = spec;
        this.builder = builder;
        this.writer = writer;
        this.strata = new Strata(spec.holdout() instanceof Holdout.Share s ? s.share() : 0);
    }

    /**
     * Fills a file.
     *
     * @param keep whether it is to outlast a loss of power
     * @throws DataException if a source cannot be used; all faults of all files are collected first
     */
    static void run(DataSpec spec, ExampleBuilder builder, Path file, boolean keep) {
        try (PreparedWriter writer = new PreparedWriter(file)) {
            new Preparation(spec, builder, writer).run();
            if (keep) {
                writer.force();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private void run() throws IOException {
        for (DataSource source : spec.train()) {
            read(source, index.sources());
            index.endSource();
        }
        index.holdOut(strata.more());
        if (spec.holdout() instanceof Holdout.Files held) {
            holdingOut = true;
            read(held.source(), index.sources());
        }
        problems.throwIfAny();
        requireSome();
        writer.finish(index.offsets(false), index.offsets(true), meta().toString());
    }

    /** What the reading thread hands on: a row or a fault, with the stratum and file it is of. */
    private record Item(Optional<Row> row, Optional<Problem> problem, String stratum, int file) {}

    /** An item after the work: key and outcome of a row. */
    private record Done(Item item, Optional<RowKey> key, Optional<Built> built) {}

    private Done work(Item item) {
        return new Done(item, item.row().map(RowKey::of), item.row().map(builder::build));
    }

    private void read(DataSource source, int number) {
        try (OrderedWork<List<Item>, List<Done>> work =
                new OrderedWork<>(
                        items -> items.stream().map(this::work).toList(),
                        done -> done.forEach(this::take))) {
            Optional<String> stratifyBy =
                    spec.holdout() instanceof Holdout.Share share
                            ? share.stratifyBy()
                            : Optional.empty();
            Batching sink = new Batching(work, Integer.toString(number), stratifyBy);
            for (Path file : SourceFiles.of(source.path())) {
                sink.file = files.size();
                files.add(file.toString());
                RowReader.readFile(file, source, sink);
            }
            sink.flush();
            work.finish();
        }
    }

    /** Collects rows into batches. */
    private final class Batching implements RowSink {
        private final OrderedWork<List<Item>, List<Done>> work;
        private final String stratum;
        private final Optional<String> stratifyBy;
        private List<Item> batch = new ArrayList<>();
        private long bytes;
        private int file;

        Batching(
                OrderedWork<List<Item>, List<Done>> work,
                String stratum,
                Optional<String> stratifyBy) {
            this.work = work;
            this.stratum = stratum;
            this.stratifyBy = stratifyBy;
        }

        @Override
        public void row(Row row) {
            throw new IllegalStateException("Rows come with their JSON");
        }

        @Override
        public void row(Row row, JsonNode json) {
            String of = stratum + stratifyBy.map(key -> ":" + json.path(key)).orElse("");
            bytes += RowSize.of(row);
            add(new Item(Optional.of(row), Optional.empty(), of, file));
        }

        @Override
        public void problem(Problem problem) {
            add(new Item(Optional.empty(), Optional.of(problem), stratum, file));
        }

        @Override
        public void ignored(String source, String key) {
            if (!stratifyBy.equals(Optional.of(key))) {
                ignoredKeys.merge(key, 1L, Long::sum);
            }
        }

        private void add(Item item) {
            batch.add(item);
            if (batch.size() >= BATCH_ROWS || bytes >= BATCH_BYTES) {
                flush();
            }
        }

        private void flush() {
            work.add(batch);
            batch = new ArrayList<>();
            bytes = 0;
        }
    }

    private void take(Done done) {
        done.item().problem().ifPresent(problems::add);
        if (done.key().isEmpty()) {
            return;
        }
        rowsRead++;
        RowKey key = done.key().get();
        Built built = done.built().orElseThrow();
        String source = done.item().row().orElseThrow().source();
        if (holdingOut && seen.contains(key)) {
            leaks.add(source);
            return;
        }
        if (!holdingOut && !seen.add(key)) {
            repeated.add(source);
        }
        switch (built) {
            case Built.Faulty faulty -> problems.add(faulty.problem());
            case Built.Dropped _ -> dropped.add(source);
            case Built.Kept kept -> keep(kept, key, done.item());
        }
    }

    private void keep(Built.Kept kept, RowKey key, Item item) {
        String source = kept.example().source();
        if (kept.truncated()) {
            truncated.add(source);
        }
        kept.remarks()
                .forEach(remark ->
                        remarks.computeIfAbsent(remark, _ -> new TallyCounter()).add(source));
        boolean held = holdingOut || strata.add(item.stratum(), key);
        long line = Long.parseLong(source.substring(source.lastIndexOf(':') + 1));
        try {
            index.add(writer.append(item.file(), line, kept.example()), kept.example(), key, held);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write prepared data", e);
        }
    }

    private void requireSome() {
        String sources =
                spec.train().stream()
                        .map(source -> source.path().toString())
                        .reduce((a, b) -> a + ", " + b)
                        .orElseThrow();
        long held = index.part(true).examples();
        if (index.part(false).examples() == 0) {
            throw new DataException(
                    sources,
                    ("no row is left to train on: %,d read, %,d dropped as longer than"
                                    + " max_length %d, %,d held out")
                            .formatted(rowsRead, dropped.count(), spec.maxLength(), held));
        }
        if (held == 0 && spec.holdout() instanceof Holdout.Share share) {
            throw new DataException(
                    sources,
                    "a holdout of %s leaves none of the %,d rows held out; give a larger share or a file"
                            .formatted(share.share(), rowsRead));
        }
        if (held == 0 && spec.holdout() instanceof Holdout.Files file) {
            throw new DataException(
                    file.source().path().toString(),
                    ("no row is left in the holdout: %,d of its rows stand in the"
                                    + " training files, %,d rows were dropped as longer than max_length"
                                    + " %d")
                            .formatted(leaks.count(), dropped.count(), spec.maxLength()));
        }
    }

    private ObjectNode meta() {
        ObjectNode meta = MAPPER.createObjectNode();
        ArrayNode names = meta.putArray("files");
        files.forEach(names::add);
        ArrayNode ends = meta.putArray("source_ends");
        index.trainEnds().forEach(ends::add);
        SortedMap<Remark, Tally> tallies = new TreeMap<>();
        remarks.forEach((remark, counter) -> tallies.put(remark, counter.tally()));
        meta.set(
                "report",
                DataReportJson.write(
                        new DataReport(
                                rowsRead,
                                dropped.tally(),
                                truncated.tally(),
                                repeated.tally(),
                                leaks.tally(),
                                index.part(false),
                                index.part(true),
                                tallies,
                                ignoredKeys,
                                List.of())));
        return meta;
    }
}
