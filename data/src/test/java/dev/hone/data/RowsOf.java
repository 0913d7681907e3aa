package dev.hone.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All that a reader finds in a file, for tests. */
record RowsOf(List<Row> rows, List<String> problems, List<String> ignored) {

    static RowsOf source(DataSource source) {
        RowsOf found = new RowsOf(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        RowReader.read(
                source,
                new RowSink() {
                    @Override
                    public void row(Row row) {
                        found.rows.add(row);
                    }

                    @Override
                    public void problem(Problem problem) {
                        found.problems.add(problem.toString());
                    }

                    @Override
                    public void ignored(String where, String key) {
                        found.ignored.add(where + " " + key);
                    }
                });
        return found;
    }

    static RowsOf file(Path file) {
        return source(DataSource.of(file));
    }

    static RowsOf text(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file(file);
    }
}
