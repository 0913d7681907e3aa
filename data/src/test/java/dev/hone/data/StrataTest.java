package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrataTest {

    @TempDir Path temp;

    @Test
    void aStratumThatTheHashPassesOverGivesItsRowOfSmallestHash() {
        Strata strata = new Strata(0.1);
        RowKey small = new RowKey(Long.MAX_VALUE / 4, 1);
        RowKey large = new RowKey(-1, 2);
        for (int i = 0; i < 4; i++) {
            assertThat(strata.add("rare", large)).isFalse();
        }
        assertThat(strata.more()).as("0.4 rows of 4 are none").isEmpty();
        assertThat(strata.add("rare", small)).isFalse();
        assertThat(strata.more()).containsExactly(small);
        assertThat(strata.add("rare", new RowKey(0, 3))).isTrue();
        assertThat(strata.more()).isEmpty();
    }

    @Test
    void everyValueOfTheKeyIsHeldOutFrom() throws Exception {
        Path file = temp.resolve("rows.jsonl");
        Files.writeString(
                file,
                IntStream.range(0, 2000)
                        .mapToObj(i ->
                                "{\"input_ids\": [%d, 1], \"kind\": \"%s\"}\n"
                                        .formatted(i, i % 100 == 0 ? "rare" : "often" + i % 3))
                        .collect(Collectors.joining()));
        Dataset dataset =
                Dataset.load(
                        spec(file, new Holdout.Share(0.05, Optional.of("kind"))),
                        ExampleBuilder.forTokens(2000, 8, TooLong.FAIL));
        assertThat(dataset.holdout().size()).isBetween(70, 130);
        assertThat(dataset.report().ignoredKeys()).isEmpty();
        Set<Integer> held =
                dataset.holdout().stream().map(e -> e.ids()[0]).collect(Collectors.toSet());
        assertThat(held).anyMatch(i -> i % 100 == 0);
        for (int kind = 0; kind < 3; kind++) {
            int of = kind;
            assertThat(held.stream().filter(i -> i % 100 != 0 && i % 3 == of).count())
                    .isBetween(15L, 55L);
        }
    }

    @Test
    void aSmallSourceIsHeldOutFromTooAndItsCopiesFollow() throws Exception {
        Path large = temp.resolve("large.jsonl");
        Path small = temp.resolve("small.jsonl");
        String few =
                IntStream.range(5000, 5012)
                        .mapToObj(i -> "{\"input_ids\": [%d, 1]}\n".formatted(i))
                        .collect(Collectors.joining());
        Files.writeString(
                large,
                IntStream.range(0, 500)
                                .mapToObj(i -> "{\"input_ids\": [%d, 1]}\n".formatted(i))
                                .collect(Collectors.joining())
                        + few);
        Files.writeString(small, few);
        DataSpec spec =
                DataSpec.of(List.of(large, small), new Holdout.Share(0.05), 8, TooLong.FAIL, true);
        Dataset dataset = Dataset.load(spec, ExampleBuilder.forTokens(6000, 8, TooLong.FAIL));
        Set<Integer> held =
                dataset.holdout().stream().map(e -> e.ids()[0]).collect(Collectors.toSet());
        assertThat(dataset.holdout()).anyMatch(e -> e.source().startsWith(small.toString()));
        assertThat(dataset.train()).noneMatch(e -> held.contains(e.ids()[0]));
    }

    private static DataSpec spec(Path file, Holdout holdout) {
        return DataSpec.of(List.of(file), holdout, 8, TooLong.FAIL, true);
    }
}
