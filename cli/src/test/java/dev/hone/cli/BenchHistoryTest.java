package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class BenchHistoryTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir private Path folder = Path.of("");

    private Path file() {
        return folder.resolve("data/bench.jsonl");
    }

    private static ObjectNode result(double seconds) {
        return MAPPER.createObjectNode()
                .put("date", "2026-11-26T10:00:00Z")
                .put("hone_version", "0.1.0")
                .put("device_name", "Acme 1")
                .put("threads", 2)
                .put("shape", "mine")
                .put("layers", 4)
                .put("method", "lora")
                .put("rank", 16)
                .put("rows", 4)
                .put("profile", false)
                .put("median_step_s", seconds)
                .put("tokens_per_second", 100 / seconds)
                .put("peak_live_bytes", 1000L);
    }

    @Test
    void theNewestResultOfTheSameIsFound() throws IOException {
        assertThat(BenchHistory.add(file(), result(1)).previous()).isEmpty();
        BenchHistory.add(file(), result(2));
        BenchHistory.add(file(), result(3).put("rank", 8));
        BenchHistory.Found found =
                BenchHistory.add(file(), result(4).put("shape", "yours").put("steps", 9));
        assertThat(found.previous().orElseThrow().get("median_step_s").asDouble()).isEqualTo(2);
        assertThat(found.skipped()).isZero();
        assertThat(Files.readAllLines(file())).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "device_name, \"Acme 2\"",
        "threads, 1",
        "layers, 5",
        "method, \"qlora\"",
        "rank, 8",
        "rows, 8",
        "memory_limit_bytes, 1000000",
        "optimizer, \"lion\"",
        "profile, true"
    })
    void anotherSettingOrDeviceIsNotTheSame(String key, String value) throws IOException {
        BenchHistory.add(file(), result(1));
        ObjectNode other = result(1);
        other.set(key, MAPPER.readTree(value));
        assertThat(BenchHistory.add(file(), other).previous()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no JSON",
                "{\"date\": \"2026-11-26T10:00:00Z\", \"med",
                "{\"some\": \"other tool's\"}",
                "[1, 2]",
                "17",
                "\u0000\u0000\u0000",
                "{} {}"
            })
    void whatIsNoResultIsCountedAndStays(String line) throws IOException {
        BenchHistory.add(file(), result(1));
        Files.writeString(file(), line + "\n\n" + line + "\n", StandardOpenOption.APPEND);
        BenchHistory.Found found = BenchHistory.add(file(), result(2));
        assertThat(found.previous()).isPresent();
        assertThat(found.skipped()).isEqualTo(2);
        assertThat(found.firstSkipped()).isEqualTo(2);
        assertThat(Files.readAllLines(file())).hasSize(5).contains(line);
    }

    @ParameterizedTest
    @CsvSource({
        "median_step_s, \"fast\"",
        "median_step_s, 0",
        "tokens_per_second, -1",
        "peak_live_bytes, null",
        "median_step_s, 1e999",
        "date, 2026",
        "hone_version, {}"
    })
    void aResultWithoutItsNumbersIsNone(String key, String value) throws IOException {
        ObjectNode broken = result(1);
        broken.set(key, MAPPER.readTree(value));
        BenchHistory.add(file(), broken);
        BenchHistory.Found found = BenchHistory.add(file(), result(2));
        assertThat(found.previous()).isEmpty();
        assertThat(found.skipped()).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoTextAreALineLikeAnyOther() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, '\n'});
        assertThat(BenchHistory.add(file(), result(1)).skipped()).isEqualTo(1);
        assertThat(BenchHistory.add(file(), result(2)).previous()).isPresent();
    }

    @Test
    void aLineThatWasNotFinishedDoesNotTakeTheNextOneWithIt() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(file(), result(1) + "\n" + result(2).toString().substring(0, 40));
        assertThat(BenchHistory.add(file(), result(3)).skipped()).isEqualTo(1);
        BenchHistory.Found found = BenchHistory.add(file(), result(4));
        assertThat(found.previous().orElseThrow().get("median_step_s").asDouble()).isEqualTo(3);
        assertThat(found.skipped()).isEqualTo(1);
    }

    @Test
    void linesOfSeveralWritersAreWhole() throws Exception {
        int writers = 8;
        int each = 20;
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            tasks.add(() -> {
                for (int i = 1; i <= each; i++) {
                    // Longer than what a stream writes in one go.
                    ObjectNode result = result(i).put("rank", writer);
                    BenchHistory.add(file(), result.put("kernels", "k".repeat(20_000)));
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        }
        List<JsonNode> lines =
                Files.readAllLines(file(), StandardCharsets.UTF_8).stream()
                        .map(MAPPER::readTree)
                        .toList();
        assertThat(lines).hasSize(writers * each);
        for (int w = 0; w < writers; w++) {
            int writer = w;
            assertThat(
                            lines.stream()
                                    .filter(line -> line.get("rank").asInt() == writer)
                                    .map(line -> line.get("median_step_s").asInt()))
                    .hasSize(each)
                    .isSorted();
        }
    }

    @Test
    void aFolderIsNoHistory() {
        assertThatThrownBy(() -> BenchHistory.add(folder, result(1)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theUsersFileIsAmongTheirData() {
        Path home = Path.of("/home/ada");
        assertThat(BenchHistory.userFile(Map.of(), home))
                .isEqualTo(Path.of("/home/ada/.local/share/hone/bench.jsonl"));
        assertThat(BenchHistory.userFile(Map.of("XDG_DATA_HOME", " "), home))
                .isEqualTo(Path.of("/home/ada/.local/share/hone/bench.jsonl"));
        assertThat(BenchHistory.userFile(Map.of("XDG_DATA_HOME", "/data/ada"), home))
                .isEqualTo(Path.of("/data/ada/hone/bench.jsonl"));
    }
}
