package dev.hone.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All examples of a run.
 *
 * @param train examples to train on, in file order
 * @param holdout examples kept from training, in file order
 * @param report what became of every row
 */
public record Dataset(List<Example> train, List<Example> holdout, DataReport report) {

    public Dataset {
        train = List.copyOf(train);
        holdout = List.copyOf(holdout);
    }

    /**
     * Reads, tokenises and splits all rows.
     *
     * @throws DataException if a file cannot be used; all faults of all files are collected first
     */
    public static Dataset load(DataSpec spec, Tokenizer tokenizer, ChatFormat format) {
        return load(spec, new ExampleBuilder(tokenizer, format, spec.maxLength(), spec.tooLong()));
    }

    /** As {@link #load(DataSpec, Tokenizer, ChatFormat)}, with a builder of the caller's. */
    public static Dataset load(DataSpec spec, ExampleBuilder builder) {
        return new Loading(builder).run(spec);
    }

    /**
     * SHA-256 over all training tokens and weights in order, in hex: two runs see the same data if
     * it is the same.
     */
    public String fingerprint() {
        MessageDigest digest = RowKey.sha256();
        for (Example example : train) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(Math.addExact(4, Math.multiplyExact(8, example.length())));
            bytes.putInt(example.length());
            for (int i = 0; i < example.length(); i++) {
                bytes.putInt(example.ids()[i]).putFloat(example.weights()[i]);
            }
            digest.update(bytes.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The state of one load: faults and counts that grow while rows go by. */
    private static final class Loading {
        private final ExampleBuilder builder;
        private final Problems problems = new Problems();
        private final List<String> dropped = new ArrayList<>();
        private final List<String> truncated = new ArrayList<>();
        private final List<String> repeated = new ArrayList<>();
        private final List<String> leaks = new ArrayList<>();
        private final SortedMap<Remark, List<String>> remarks = new TreeMap<>();
        private final SortedMap<String, Long> ignoredKeys = new TreeMap<>();
        private long rowsRead;

        Loading(ExampleBuilder builder) {
            this.builder = builder;
        }

        Dataset run(DataSpec spec) {
            List<Row> trainRows = new ArrayList<>();
            List<Row> holdoutRows = new ArrayList<>();
            Set<RowKey> seen = new HashSet<>();
            for (Row row :
                    spec.train().stream().flatMap(source -> read(source).stream()).toList()) {
                RowKey key = RowKey.of(row);
                if (!seen.add(key)) {
                    repeated.add(row.source());
                }
                boolean held =
                        spec.holdout() instanceof Holdout.Share share
                                && key.fraction() < share.share();
                (held ? holdoutRows : trainRows).add(row);
            }
            if (spec.holdout() instanceof Holdout.Files held) {
                for (Row row : read(held.source())) {
                    if (seen.contains(RowKey.of(row))) {
                        leaks.add(row.source());
                    } else {
                        holdoutRows.add(row);
                    }
                }
            }
            List<Example> train = build(trainRows);
            List<Example> holdout = build(holdoutRows);
            problems.throwIfAny();
            requireSome(spec, train, holdout);
            return new Dataset(train, holdout, report(train, holdout));
        }

        private List<Row> read(DataSource source) {
            List<Row> rows = new ArrayList<>();
            RowReader.read(
                    source,
                    new RowSink() {
                        @Override
                        public void row(Row row) {
                            rows.add(row);
                        }

                        @Override
                        public void problem(Problem problem) {
                            problems.add(problem);
                        }

                        @Override
                        public void ignored(String source, String key) {
                            ignoredKeys.merge(key, 1L, Long::sum);
                        }
                    });
            rowsRead += rows.size();
            return rows;
        }

        /** Tokenising is spread over the cores; results come back in the order of the rows. */
        private List<Example> build(List<Row> rows) {
            List<Example> examples = new ArrayList<>();
            for (Built built : rows.parallelStream().map(builder::build).toList()) {
                switch (built) {
                    case Built.Faulty faulty -> problems.add(faulty.problem());
                    case Built.Dropped drop -> dropped.add(drop.source());
                    case Built.Kept kept -> {
                        examples.add(kept.example());
                        String source = kept.example().source();
                        if (kept.truncated()) {
                            truncated.add(source);
                        }
                        kept.remarks()
                                .forEach(remark ->
                                        remarks.computeIfAbsent(remark, r -> new ArrayList<>())
                                                .add(source));
                    }
                }
            }
            return examples;
        }

        private void requireSome(DataSpec spec, List<Example> train, List<Example> holdout) {
            String files =
                    spec.train().stream()
                            .map(source -> source.path().toString())
                            .reduce((a, b) -> a + ", " + b)
                            .orElseThrow();
            if (train.isEmpty()) {
                throw new DataException(
                        files,
                        ("no row is left to train on: %,d read, %,d dropped as longer than"
                                        + " max_length %d, %,d held out")
                                .formatted(
                                        rowsRead,
                                        dropped.size(),
                                        spec.maxLength(),
                                        holdout.size()));
            }
            if (holdout.isEmpty() && spec.holdout() instanceof Holdout.Share share) {
                throw new DataException(
                        files,
                        ("a holdout of %s leaves none of the %,d rows held out; give a"
                                        + " larger share or a file")
                                .formatted(share.share(), rowsRead));
            }
            if (holdout.isEmpty() && spec.holdout() instanceof Holdout.Files held) {
                throw new DataException(
                        held.source().path().toString(),
                        ("no row is left in the holdout: %,d of its rows stand in the"
                                        + " training files, %,d rows were dropped as longer than max_length"
                                        + " %d")
                                .formatted(leaks.size(), dropped.size(), spec.maxLength()));
            }
        }

        private DataReport report(List<Example> train, List<Example> holdout) {
            SortedMap<Remark, Tally> tallies = new TreeMap<>();
            remarks.forEach((remark, sources) -> tallies.put(remark, Tally.of(sources)));
            return new DataReport(
                    rowsRead,
                    Tally.of(dropped),
                    Tally.of(truncated),
                    Tally.of(repeated),
                    Tally.of(leaks),
                    DataReport.Part.of(train),
                    DataReport.Part.of(holdout),
                    tallies,
                    ignoredKeys);
        }
    }
}
