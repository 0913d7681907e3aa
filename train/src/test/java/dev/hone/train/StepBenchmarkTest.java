package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepBenchmarkTest {

    @ParameterizedTest
    @CsvSource({"320, 5", "319, '4, 1'", "128, '2, 2, 1'", "64, '1, 1, 1, 1, 1'"})
    void aStepIsCutIntoMicroBatchesOfWholeRows(int most, String rows) {
        OptimizerStep step = StepBenchmark.step(5, 64, 100, most);
        assertThat(step.batches().stream().map(batch -> String.valueOf(batch.sequences())))
                .containsExactly(rows.split(", "));
        assertThat(step.tokens()).isEqualTo(320);
        assertThat(step.supervisedWeight()).isEqualTo(5 * 63);
    }

    @Test
    void microBatchesHoldTheSameTokens() {
        int[] whole = StepBenchmark.step(5, 64, 100).batches().getFirst().ids();
        int[] cut =
                StepBenchmark.step(5, 64, 100, 128).batches().stream()
                        .map(Batch::ids)
                        .flatMapToInt(Arrays::stream)
                        .toArray();
        assertThat(cut).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource({"'1, 2, 9', 2, 4", "'1, 2, 4, 9', 3, 4", "7, 7, 7"})
    void theMedianIsInTheMiddle(String seconds, double median, double mean) {
        List<Double> ascending =
                List.of(seconds.split(", ")).stream().map(Double::parseDouble).toList();
        StepBenchmark.Result result = new StepBenchmark.Result(3, ascending, 1);
        assertThat(result.medianSeconds()).isEqualTo(median);
        assertThat(result.meanSeconds()).isEqualTo(mean);
    }
}
