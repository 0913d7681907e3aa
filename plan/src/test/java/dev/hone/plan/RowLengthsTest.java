package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.data.DataException;
import dev.hone.data.DataSource;
import dev.hone.train.RunFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowLengthsTest {
    @TempDir private Path folder = Path.of("");

    private Path file(String... lines) throws Exception {
        Path file = folder.resolve("rows.jsonl");
        Files.write(file, List.of(lines));
        return file;
    }

    @Test
    void rowsOfTokenIdsAreCountedExactly() throws Exception {
        RowLengths rows =
                RowLengths.read(
                        List.of(
                                DataSource.of(
                                        file(
                                                "{\"input_ids\": [1,2,3,4], \"labels\": [-100,-100,3,4]}",
                                                "{\"input_ids\": [5,6], \"labels\": [-100,6]}"))));
        assertThat(rows.exact()).isTrue();
        assertThat(rows.lengths()).containsExactly(4, 2);
        assertThat(rows.supervisedShare()).isEqualTo(0.5);
    }

    @Test
    void textIsEstimatedByItsCharacters() throws Exception {
        RowLengths rows =
                RowLengths.read(
                        List.of(
                                DataSource.of(
                                        file(
                                                "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"},{\"role\":\"assistant\",\"content\":\"%s\"}]}"
                                                        .formatted(
                                                                "a".repeat(400),
                                                                "b".repeat(200))))));
        assertThat(rows.exact()).isFalse();
        assertThat(rows.lengths()).containsExactly(100 + 6 + 50 + 6);
        assertThat(rows.supervisedShare()).isCloseTo(51.0 / 162, within(1e-9));
    }

    @Test
    void aRowThatCannotBeReadIsNamed() throws Exception {
        Path file = file("{\"text\": \"fine\"}", "{\"text\": 7}");
        assertThatThrownBy(() -> RowLengths.read(List.of(DataSource.of(file))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file + ":2");
    }

    @Test
    void rowsLongerThanTheLimitStopThePlanAsTheyWouldStopTheRun() throws Exception {
        Path file = file("{\"text\": \"%s\"}".formatted("a".repeat(4000)), "{\"text\": \"short\"}");
        RunFile run =
                RunFile.of(
                        "options",
                        Map.of(
                                "model", "llama-3.1-8b",
                                "output", "out",
                                "data.train", file.toString(),
                                "data.max_length", "512"));
        assertThatThrownBy(() -> RunData.of(run))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "1 of 2 rows are longer than max_length 512, the longest 1,000 tokens by estimate; raise max_length or set too_long to drop or truncate");
    }
}
