package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.zip.GZIPOutputStream;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceFilesTest {

    private static final String LINES = "{\"text\": \"one\"}\n{\"text\": \"two\"}\n";
    private static final String ARRAY = "[{\"text\": \"one\"},\n{\"text\": \"two\"}]";

    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(strings = {LINES, ARRAY})
    void packedFilesAreSeenByTheirFirstBytesWhateverTheirName(String content) throws Exception {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        for (byte[] packed : List.of(gzip(bytes), Zstd.compress(bytes), bytes)) {
            Path file = Files.write(temp.resolve("rows.json"), packed);
            RowsOf found = RowsOf.file(file);
            assertThat(found.problems()).isEmpty();
            assertThat(found.rows())
                    .containsExactly(
                            new Row.Text(file + ":1", "one"), new Row.Text(file + ":2", "two"));
        }
    }

    @Test
    void aPackedFileThatEndsEarlyGivesTheRowsBeforeAndAFault() throws Exception {
        byte[] bytes =
                "{\"text\": \"%s\"}\n"
                        .formatted("x".repeat(50))
                        .repeat(2000)
                        .getBytes(StandardCharsets.UTF_8);
        for (byte[] packed : List.of(gzip(bytes), Zstd.compress(bytes))) {
            Path file =
                    Files.write(
                            temp.resolve("rows.jsonl"), Arrays.copyOf(packed, packed.length - 9));
            RowsOf found = RowsOf.file(file);
            assertThat(found.problems())
                    .containsExactly(
                            file
                                    + ": the packed file ends too early or is damaged; expected a whole .gz or .zst file");
        }
    }

    @Test
    void csvNamesItsColumnsInTheFirstLine() {
        Path file = temp.resolve("rows.csv");
        RowsOf found =
                RowsOf.text(
                        file,
                        "\uFEFFinstruction,input,output\nAdd,\"1, 2\",3\n\"Say \"\"hi\"\"\nnow\",,Hi\nAdd,1\nLast,,one\n");
        assertThat(found.rows())
                .containsExactly(
                        conversation(file + ":2", "Add\n1, 2", "3"),
                        conversation(file + ":3", "Say \"hi\"\nnow", "Hi"),
                        conversation(file + ":6", "Last", "one"));
        assertThat(found.problems())
                .containsExactly(
                        file
                                + ":5: the line has 2 cells; expected 3, as the first line names columns: [instruction, input, output]");
    }

    @Test
    void cellsOfListsAreJsonAndLabelsAreTrueOrFalse() {
        Path file = temp.resolve("rows.tsv");
        RowsOf found =
                RowsOf.text(
                        file,
                        "messages\tlabel\n[{\"role\": \"user\", \"content\": \"U\"}, {\"role\": \"assistant\", \"content\": \"A\"}]\tFalse\n[broken\ttrue\n"
                                .replace("\"", "\"\"")
                                .replace("[{", "\"[{")
                                .replace("}]", "}]\""));
        assertThat(found.rows())
                .containsExactly(
                        new Row.Labelled(
                                file + ":2",
                                List.of(new Message("user", "U")),
                                List.of(new Message("assistant", "A")),
                                false,
                                List.of()));
        assertThat(found.problems())
                .containsExactly(
                        file
                                + ":3: messages is a string (\"[broken\"); expected an array of {role, content}");
    }

    @Test
    void csvThatIsNotUtf8OrHasNoRowsIsAFault() throws Exception {
        Path file = temp.resolve("rows.csv");
        Files.write(file, "text\nnaïve\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(RowsOf.file(file).problems())
                .containsExactly(
                        file
                                + ":2: the line is not valid UTF-8: byte 0xef at byte 3 of the line; save the file as UTF-8");
        assertThat(RowsOf.text(file, "text\n").problems())
                .containsExactly(file + ": the file has no rows");
        assertThat(RowsOf.text(file, "").problems())
                .containsExactly(file + ": the file has no rows");
    }

    @Test
    void parquetRowsAreNumberedAndMayHoldLists() throws Exception {
        Path file = temp.resolve("it's rows.parquet");
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT [{'role': 'user', 'content': 'U' || i}, {'role': 'assistant', 'content': 'A'}] AS messages, i AS id FROM range(3000) t(i) ORDER BY i) TO '"
                            + file.toString().replace("'", "''")
                            + "' (FORMAT parquet)");
        }
        RowsOf found = RowsOf.file(file);
        assertThat(found.problems()).isEmpty();
        assertThat(found.rows()).hasSize(3000);
        assertThat(found.rows().get(2999)).isEqualTo(conversation(file + ":3000", "U2999", "A"));
        assertThat(found.ignored()).hasSize(3000).startsWith(file + ":1 id");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 100, bytes.length - 100, (byte) 7);
        Files.write(file, bytes);
        assertThat(RowsOf.file(file).problems())
                .singleElement()
                .asString()
                .startsWith(file + ": is not a Parquet file this version reads, after row 0: ");
    }

    @Test
    void aFolderIsReadInOrderOfItsPathsWithWhatIsBelow() throws Exception {
        for (String name :
                List.of(
                        "b.jsonl",
                        "a/z.jsonl",
                        "a/y.JSON.gz",
                        "readme.md",
                        ".hidden.jsonl",
                        ".git/x.jsonl",
                        "dataset_info.json")) {
            Path file = temp.resolve("folder").resolve(name);
            Files.createDirectories(file.getParent());
            byte[] row = "{\"text\": \"%s\"}\n".formatted(name).getBytes(StandardCharsets.UTF_8);
            Files.write(file, name.endsWith(".gz") ? gzip(row) : row);
        }
        assertThat(RowsOf.file(temp.resolve("folder")).rows())
                .extracting(row -> ((Row.Text) row).text())
                .containsExactly("a/y.JSON.gz", "a/z.jsonl", "b.jsonl");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*.jsonl | [a.jsonl, b.jsonl]",
                "{a,b}.json* | [a.json, a.jsonl, b.jsonl]",
                "?.json | [a.json]",
                "**.json | [a.json, c/d.json]",
                "*/*.json | [c/d.json]"
            })
    void aPatternIsAGlob(String pattern, String expected) throws Exception {
        for (String name : List.of("b.jsonl", "a.jsonl", "a.json", "c/d.json")) {
            Path file = temp.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, LINES);
        }
        List<String> found =
                SourceFiles.of(temp.resolve(pattern)).stream()
                        .map(file -> temp.relativize(file).toString())
                        .toList();
        assertThat(found).hasToString(expected);
    }

    @Test
    void nothingToReadIsRefused() throws Exception {
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertThatThrownBy(() -> SourceFiles.of(empty))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        empty
                                + ": holds no data files; expected .jsonl, .ndjson, .json, .csv, .tsv or .parquet, packed as .gz or .zst or not");
        assertThatThrownBy(() -> SourceFiles.of(temp.resolve("no/*.jsonl")))
                .isInstanceOf(DataException.class)
                .hasMessage(temp.resolve("no/*.jsonl") + ": matches no file; expected one");
    }

    private static Row.Conversation conversation(String source, String user, String assistant) {
        return new Row.Conversation(
                source, List.of(new Message("user", user), new Message("assistant", assistant)));
    }

    private static byte[] gzip(byte[] bytes) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
