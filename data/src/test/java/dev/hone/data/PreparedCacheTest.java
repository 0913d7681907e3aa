package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedCacheTest {

    @TempDir Path temp;

    private Path rows;
    private Path folder;
    private TinyModel model;

    @BeforeEach
    void write() throws Exception {
        rows = temp.resolve("rows.jsonl");
        folder = temp.resolve("cache");
        model = TinyModel.in(temp);
        Files.writeString(
                rows,
                IntStream.range(0, 300)
                        .mapToObj(i ->
                                "{\"prompt\": \"Question %d\", \"completion\": \"Answer %d\", \"id\": %d}\n"
                                        .formatted(i, i, i))
                        .collect(Collectors.joining()));
    }

    @Test
    void whatIsReadFromTheCacheIsWhatWasPrepared() throws Exception {
        Dataset fresh = load(spec(Optional.empty()));
        Dataset first = load(spec());
        Dataset second = load(spec());
        assertThat(first.report().notices()).isEmpty();
        assertThat(second.report().notices())
                .containsExactly("read from the prepared data in " + file());
        assertThat(second.report().withNotices(List.of()))
                .isEqualTo(first.report())
                .isEqualTo(fresh.report());
        assertThat(second.fingerprint())
                .isEqualTo(first.fingerprint())
                .isEqualTo(fresh.fingerprint());
        assertThat(second.mixture()).isEqualTo(first.mixture());
        assertThat(second.holdout())
                .extracting(Example::source)
                .isEqualTo(first.holdout().stream().map(Example::source).toList());
        assertThat(second.report().lines().getFirst())
                .isEqualTo("read from the prepared data in " + file());
    }

    @Test
    void everythingThatMattersChangesTheKeyAndWeightsDoNot() throws Exception {
        Set<String> keys = new HashSet<>();
        keys.add(key(spec()));
        Holdout half = new Holdout.Share(0.5);
        DataSource named =
                new DataSource(rows, Optional.of("prompt/completion"), 1, RowMapping.NONE);
        DataSource mapped =
                new DataSource(
                        rows,
                        Optional.empty(),
                        1,
                        new RowMapping(Map.of("prompt", "id"), Map.of(), Map.of()));
        List<DataSpec> others =
                List.of(
                        with(List.of(named), half, 100, TooLong.FAIL, TrainOn.ASSISTANT),
                        with(List.of(mapped), half, 100, TooLong.FAIL, TrainOn.ASSISTANT),
                        with(
                                List.of(DataSource.of(rows), DataSource.of(rows)),
                                half,
                                100,
                                TooLong.FAIL,
                                TrainOn.ASSISTANT),
                        with(
                                List.of(DataSource.of(rows)),
                                half,
                                99,
                                TooLong.FAIL,
                                TrainOn.ASSISTANT),
                        with(
                                List.of(DataSource.of(rows)),
                                half,
                                100,
                                TooLong.DROP,
                                TrainOn.ASSISTANT),
                        with(List.of(DataSource.of(rows)), half, 100, TooLong.FAIL, TrainOn.ALL),
                        with(
                                List.of(DataSource.of(rows)),
                                new Holdout.Share(0.4),
                                100,
                                TooLong.FAIL,
                                TrainOn.ASSISTANT),
                        with(
                                List.of(DataSource.of(rows)),
                                new Holdout.Share(0.5, Optional.of("id")),
                                100,
                                TooLong.FAIL,
                                TrainOn.ASSISTANT),
                        with(
                                List.of(DataSource.of(rows)),
                                new Holdout.None(),
                                100,
                                TooLong.FAIL,
                                TrainOn.ASSISTANT),
                        with(
                                List.of(DataSource.of(rows)),
                                Holdout.Files.of(rows),
                                100,
                                TooLong.FAIL,
                                TrainOn.ASSISTANT));
        for (DataSpec other : others) {
            keys.add(key(other));
        }
        assertThat(keys).hasSize(1 + others.size());
        DataSource heavy = new DataSource(rows, Optional.empty(), 3, RowMapping.NONE);
        assertThat(key(with(List.of(heavy), half, 100, TooLong.FAIL, TrainOn.ASSISTANT)))
                .isEqualTo(key(spec()));
        for (String name :
                List.of("chat_template.jinja", "generation_config.json", "tokenizer.json")) {
            model.with(name, TinyModel.resource("tiny/" + name) + "\n");
            assertThat(keys.add(key(spec()))).as(name).isTrue();
        }
        Files.writeString(rows, Files.readString(rows).replace("Answer 7\"", "Answer 8\""));
        assertThat(keys.add(key(spec()))).as("content").isTrue();
    }

    @Test
    void aDamagedFileIsMadeAnewWithANotice() throws Exception {
        Dataset first = load(spec());
        for (long at : new long[] {0, 40, Files.size(file()) / 2, Files.size(file()) - 20}) {
            try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
                bytes.seek(at);
                int b = bytes.read();
                bytes.seek(at);
                bytes.write(b ^ 0x55);
            }
            Dataset again = load(spec());
            assertThat(again.report().notices())
                    .containsExactly(
                            "the prepared data in %s could not be used, since %s; it was made anew"
                                    .formatted(
                                            file(),
                                            at == 0
                                                    ? "it does not begin as this version writes it"
                                                    : "its checksum is wrong"));
            assertThat(again.fingerprint()).isEqualTo(first.fingerprint());
            assertThat(load(spec()).report().notices())
                    .containsExactly("read from the prepared data in " + file());
        }
        Files.write(file(), new byte[10]);
        assertThat(load(spec()).report().notices())
                .containsExactly(
                        "the prepared data in %s could not be used, since it has 10 bytes, too few; it was made anew"
                                .formatted(file()));
    }

    @Test
    void faultsLeaveNothingInTheFolder() throws Exception {
        Files.writeString(rows, "{\"text\": 1}\n");
        assertThatThrownBy(() -> load(spec())).isInstanceOf(DataException.class);
        assertThat(entries()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeCostsOnlyTheCache() throws Exception {
        Files.writeString(folder, "a file stands here");
        assertThat(load(spec()).report().notices())
                .containsExactly(
                        "no prepared data is kept, since the folder "
                                + folder
                                + " cannot be written to");
    }

    @Test
    void littleDataIsNotKept() throws Exception {
        load(spec(Optional.of(new DataSpec.Cache(folder, Files.size(rows) + 1))));
        assertThat(folder).doesNotExist();
        load(spec(Optional.of(new DataSpec.Cache(folder, Files.size(rows)))));
        assertThat(entries()).hasSize(1);
    }

    private DataSpec spec() {
        return spec(Optional.of(new DataSpec.Cache(folder, 0)));
    }

    private DataSpec spec(Optional<DataSpec.Cache> cache) {
        return new DataSpec(
                List.of(DataSource.of(rows)),
                new Holdout.Share(0.5),
                100,
                TooLong.FAIL,
                TrainOn.ASSISTANT,
                true,
                cache);
    }

    private static DataSpec with(
            List<DataSource> train,
            Holdout holdout,
            int maxLength,
            TooLong tooLong,
            TrainOn trainOn) {
        return new DataSpec(train, holdout, maxLength, tooLong, trainOn, true, Optional.empty());
    }

    private Dataset load(DataSpec spec) {
        try (Tokenizer tokenizer = model.tokenizer()) {
            return Dataset.load(spec, tokenizer, model.format());
        }
    }

    private String key(DataSpec spec) {
        try (Tokenizer tokenizer = model.tokenizer()) {
            return PreparedCache.key(
                    spec,
                    new ExampleBuilder(
                            tokenizer,
                            model.format(),
                            spec.maxLength(),
                            spec.tooLong(),
                            spec.trainOn()));
        }
    }

    private Path file() throws Exception {
        return entries().getFirst();
    }

    private List<Path> entries() throws Exception {
        if (!Files.isDirectory(folder)) {
            return new ArrayList<>();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
