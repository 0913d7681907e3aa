package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {

    private static final Holdout NONE = new Holdout.None();

    @TempDir Path temp;

    @Test
    void realRowsBecomeExamplesAndAReportThatAddsUp() throws Exception {
        Path file = write("alpaca.json", TinyModel.resource("real/alpaca_en_demo.json"));
        Dataset dataset = load(DataSpec.of(List.of(file), NONE, 8192, TooLong.FAIL, true));
        assertThat(dataset.train()).hasSize(40);
        assertThat(dataset.holdout()).isEmpty();
        DataReport report = dataset.report();
        assertThat(report.rows()).isEqualTo(40);
        assertThat(report.kept()).isEqualTo(40);
        assertThat(report.train().tokens())
                .isEqualTo(dataset.train().stream().mapToLong(Example::length).sum());
        assertThat(report.train().supervisedTokens())
                .isEqualTo(dataset.train().stream().mapToLong(Example::supervisedTokens).sum())
                .isLessThan(report.train().tokens());
        assertThat(report.train().lengths().longest())
                .isEqualTo(dataset.train().stream().mapToInt(Example::length).max().orElseThrow());
        assertThat(report.remarks()).isEmpty();
        assertThat(dataset.train().get(1).source()).isEqualTo(file + ":7");
    }

    @Test
    void allFaultsOfAllFilesAreCollectedBeforeAnythingFails() throws Exception {
        Path a = write("a.jsonl", "{\"text\": 1}\n{\"text\": \"fine text\"}\n{\"txt\": \"x\"}\n");
        Path b = write("b.jsonl", "{\"input_ids\": [1, 999]}\n");
        Path held = write("held.jsonl", "{\"text\": \"\"}\n");
        DataException thrown =
                catchThrowableOfType(
                        DataException.class,
                        () ->
                                load(
                                        DataSpec.of(
                                                List.of(a, b),
                                                Holdout.Files.of(held),
                                                100,
                                                TooLong.FAIL,
                                                true)));
        assertThat(thrown.total()).isEqualTo(4);
        assertThat(thrown.problems().stream().map(Problem::source))
                .containsExactly(a + ":1", a + ":3", b + ":1", held + ":1");
        assertThat(thrown)
                .hasMessageStartingWith(
                        "4 problems in the data:\n  "
                                + a
                                + ":1: text is a number (1); expected a string\n  "
                                + a
                                + ":3: ");
    }

    @Test
    void ofManyFaultsFiftyAreShownAndAllCounted() throws Exception {
        Path file = write("a.jsonl", "{\"text\": 1}\n".repeat(73));
        DataException thrown =
                catchThrowableOfType(
                        DataException.class,
                        () -> load(DataSpec.of(List.of(file), NONE, 100, TooLong.FAIL, true)));
        assertThat(thrown.total()).isEqualTo(73);
        assertThat(thrown.problems()).hasSize(50);
        assertThat(thrown)
                .hasMessageStartingWith("73 problems in the data:\n")
                .hasMessageEndingWith("\n  and 23 more");
    }

    @Test
    void tooLongRowsAreCountedWithTheirPlace() throws Exception {
        String text = "{\"text\": \"%s\"}\n";
        Path file =
                write(
                        "a.jsonl",
                        text.formatted("short")
                                + text.formatted("1 2 3 4 5 6 7 8 9")
                                + text.formatted("tiny"));
        Dataset dropping = load(DataSpec.of(List.of(file), NONE, 8, TooLong.DROP, true));
        assertThat(dropping.report().dropped()).isEqualTo(new Tally(1, List.of(file + ":2")));
        assertThat(dropping.train()).hasSize(2);
        assertThat(dropping.report().rows()).isEqualTo(3);
        Dataset truncating = load(DataSpec.of(List.of(file), NONE, 8, TooLong.TRUNCATE, true));
        assertThat(truncating.report().truncated()).isEqualTo(new Tally(1, List.of(file + ":2")));
        assertThat(truncating.train()).hasSize(3);
        assertThat(truncating.train().get(1).length()).isEqualTo(8);
        assertThatThrownBy(() -> load(DataSpec.of(List.of(file), NONE, 8, TooLong.FAIL, true)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        file
                                + ":2: the row has 18 tokens and max_length is 8; raise max_length, shorten the row, or set too_long to drop or truncate");
    }

    @Test
    void aShareOfTheRowsIsHeldOutAndAppendedRowsMoveNoOther() throws Exception {
        Path before = write("a.jsonl", rows(0, 400));
        Path after = write("b.jsonl", rows(-300, 0) + rows(0, 400) + rows(400, 900));
        Holdout share = new Holdout.Share(0.2);
        Dataset small = load(DataSpec.of(List.of(before), share, 100, TooLong.FAIL, true));
        Dataset large = load(DataSpec.of(List.of(after), share, 100, TooLong.FAIL, true));
        assertThat(small.holdout().size()).isBetween(50, 110);
        assertThat(small.train().size() + small.holdout().size()).isEqualTo(400);
        assertThat(texts(large.holdout())).containsAll(texts(small.holdout()));
        assertThat(texts(large.train())).containsAll(texts(small.train()));
    }

    @Test
    void equalRowsFallOnTheSameSide() throws Exception {
        Path file = write("a.jsonl", rows(0, 200) + rows(0, 200));
        Dataset dataset =
                load(DataSpec.of(List.of(file), new Holdout.Share(0.3), 100, TooLong.FAIL, true));
        assertThat(texts(dataset.holdout()))
                .isNotEmpty()
                .doesNotContainAnyElementsOf(texts(dataset.train()));
        assertThat(dataset.report().repeated().count()).isEqualTo(200);
        assertThat(dataset.report().repeated().sources()).hasSize(50).startsWith(file + ":201");
    }

    @Test
    void rowsOfTheHoldoutFileThatAreTrainedTooAreRemovedFromIt() throws Exception {
        Path train = write("train.jsonl", "{\"instruction\": \"Hi\", \"output\": \"Ho\"}\n");
        Path held =
                write(
                        "held.jsonl",
                        """
                        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]}
                        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hum"}]}
                        """);
        Dataset dataset =
                load(DataSpec.of(List.of(train), Holdout.Files.of(held), 100, TooLong.FAIL, true));
        assertThat(dataset.report().leaks()).isEqualTo(new Tally(1, List.of(held + ":1")));
        assertThat(dataset.holdout()).extracting(Example::source).containsExactly(held + ":2");
        assertThat(dataset.train()).hasSize(1);
    }

    @Test
    void aHoldoutThatIsAllLeaksIsRefused() throws Exception {
        Path train = write("train.jsonl", rows(0, 3));
        Path held = write("held.jsonl", rows(0, 2));
        assertThatThrownBy(() ->
                        load(
                                DataSpec.of(
                                        List.of(train),
                                        Holdout.Files.of(held),
                                        100,
                                        TooLong.FAIL,
                                        true)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        held
                                + ": no row is left in the holdout: 2 of its rows stand in the training files, 0 rows were dropped as longer than max_length 100");
    }

    @Test
    void aShareThatHoldsNothingOutIsRefused() throws Exception {
        Path train = write("train.jsonl", rows(0, 3));
        assertThatThrownBy(() ->
                        load(
                                DataSpec.of(
                                        List.of(train),
                                        new Holdout.Share(1e-9),
                                        100,
                                        TooLong.FAIL,
                                        true)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        train
                                + ": a holdout of 1.0E-9 leaves none of the 3 rows held out; give a larger share or a file");
    }

    @Test
    void rowsThatAreAllDroppedAreRefused() throws Exception {
        Path train = write("train.jsonl", rows(0, 3));
        assertThatThrownBy(() -> load(DataSpec.of(List.of(train), NONE, 2, TooLong.DROP, true)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        train
                                + ": no row is left to train on: 3 read, 3 dropped as longer than max_length 2, 0 held out");
    }

    @Test
    void theReportSaysEachThingOnce() throws Exception {
        TinyModel model =
                TinyModel.in(temp)
                        .with(
                                "chat_template.jinja",
                                "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}");
        Path file =
                write(
                        "a.jsonl",
                        """
                        {"prompt": "one", "completion": "1", "id": 1}
                        {"prompt": "two", "completion": "2", "id": 2}
                        {"prompt": "two", "completion": "2", "id": 3}
                        """);
        try (Tokenizer tokenizer = model.tokenizer()) {
            Dataset dataset =
                    Dataset.load(
                            DataSpec.of(List.of(file), NONE, 100, TooLong.FAIL, true),
                            tokenizer,
                            model.format());
            assertThat(dataset.report().lines())
                    .containsExactly(
                            "3 rows read, 3 kept",
                            "train: " + dataset.report().train(),
                            "repeating an earlier row, kept: 1 (" + file + ":3)",
                            "note: a trained turn does not end with a stop token of the model, so the model may not learn to stop: 3 ("
                                    + file
                                    + ":1, "
                                    + file
                                    + ":2, "
                                    + file
                                    + ":3)",
                            "key not used: id, in 3 rows");
            assertThat(dataset.report().train())
                    .hasToString(
                            "3 examples, 50 tokens, 9 supervised; lengths 16 to 17, median 17, 90% up to 17, 99% up to 17");
        }
    }

    @Test
    void theFingerprintChangesWithTokensWeightsAndOrder() throws Exception {
        String one = "{\"input_ids\": [1, 2, 3]}\n";
        String two = "{\"input_ids\": [4, 5]}\n";
        String masked = "{\"input_ids\": [1, 2, 3], \"labels\": [1, -100, 3]}\n";
        Set<String> fingerprints = new HashSet<>();
        for (String content : List.of(one, two, masked, one + two, two + one)) {
            Path file = write("a.jsonl", content);
            DataSpec spec = DataSpec.of(List.of(file), NONE, 100, TooLong.FAIL, true);
            assertThat(load(spec).fingerprint()).isEqualTo(load(spec).fingerprint()).hasSize(64);
            fingerprints.add(load(spec).fingerprint());
        }
        assertThat(fingerprints).hasSize(5);
    }

    @Test
    void aSpecWithoutFilesOrWithAnImpossibleShareIsRefused() {
        assertThatThrownBy(() -> DataSpec.of(List.of(), NONE, 100, TooLong.FAIL, true))
                .hasMessage("data.train names no file; expected at least one");
        for (double share : new double[] {0, 1, -0.1, Double.NaN}) {
            assertThatThrownBy(() -> new Holdout.Share(share))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "holdout is "
                                    + share
                                    + "; expected a share between 0 and 1, for example 0.05, or a file");
        }
    }

    private static String rows(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"text\": \"row number " + i + "\"}\n")
                .collect(Collectors.joining());
    }

    private Set<List<Integer>> texts(List<Example> examples) {
        return examples.stream()
                .map(example -> IntStream.of(example.ids()).boxed().toList())
                .collect(Collectors.toSet());
    }

    private Path write(String name, String content) throws Exception {
        return Files.writeString(temp.resolve(name), content);
    }

    private Dataset load(DataSpec spec) {
        TinyModel model = TinyModel.in(temp);
        try (Tokenizer tokenizer = model.tokenizer()) {
            return Dataset.load(spec, tokenizer, model.format());
        }
    }
}
