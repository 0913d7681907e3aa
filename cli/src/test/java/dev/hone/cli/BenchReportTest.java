package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.tensor.OperationTimes;
import dev.hone.tensor.Ops;
import dev.hone.torch.CardMemory;
import dev.hone.train.RunFile;
import dev.hone.train.StepBenchmark;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchReportTest {

    /** Steps of one, two and six seconds. */
    private static BenchReport report() {
        RunFile run =
                RunFile.of(
                        "test",
                        Map.of(
                                "model", "none",
                                "data.train", "none",
                                "data.max_length", "32",
                                "training.tokens_per_step", "64",
                                "training.micro_batch_tokens", "64",
                                "output", "none"));
        BenchCase bench = BenchCase.of("starter", ModelConfig.read(Starters.MODEL), run, 2);
        try (Ops paper = CountingOps.of(Device.CPU)) {
            BenchReport report =
                    new BenchReport(bench, BenchPlanTest.plan(bench, Device.CPU), paper, 2);
            report.timed(new StepBenchmark.Result(4, List.of(1.0, 2.0, 6.0), 1000), false);
            return report;
        }
    }

    @Test
    void ofACardIsSaidWhatIsInUseAllocatedAndReserved() {
        BenchReport report = report();
        report.memory(Optional.of(new CardMemory(1000, 400, 300, 500)));
        assertThat(report.json().get("peak_bytes").asInt()).isEqualTo(600);
        assertThat(report.json().get("allocated_bytes").asInt()).isEqualTo(300);
        assertThat(report.json().get("reserved_bytes").asInt()).isEqualTo(500);
    }

    @Test
    void ratesAreOfTheMedianAndOperationsOfTheMean() {
        BenchReport report = report();
        double flops = report.json().get("step_flops").asDouble();
        report.shareOf(flops);
        report.operations(
                List.of(
                        new OperationTimes.Entry("matmul", 6, 3_600_000_000L),
                        new OperationTimes.Entry("view", 2, 0)));
        JsonNode json = report.json();
        assertThat(json.get("tokens_per_second").asDouble()).isEqualTo(32);
        assertThat(json.get("share_of_peak").asDouble()).isEqualTo(0.5);
        assertThat(json.get("warm_up_steps").asInt()).isEqualTo(4);
        JsonNode matmul = json.get("operations").get(0);
        assertThat(matmul.get("calls_per_step").asInt()).isEqualTo(2);
        assertThat(matmul.get("ms_per_step").asDouble()).isCloseTo(1200, within(1e-9));
        assertThat(matmul.get("share").asDouble()).isCloseTo(0.4, within(1e-9));
    }

    @Test
    void onlyWhatBothHaveIsCompared() {
        BenchReport report = report();
        report.compare(
                JsonMapper.builder()
                        .build()
                        .readTree(
                                """
                                {"date": "2026-11-24T08:05:09Z", "hone_version": "0.0.9",
                                 "median_step_s": 2.5, "tokens_per_second": 25.6,
                                 "peak_live_bytes": 1000, "peak_bytes": 7,
                                 "reserved_bytes": "many", "rows": 2}
                                """));
        assertThat(report.json().get("previous").toString())
                .isEqualTo(
                        "{\"date\":\"2026-11-24T08:05:09Z\",\"hone_version\":\"0.0.9\",\"median_step_s\":2.5,"
                                + "\"tokens_per_second\":25.6,\"peak_live_bytes\":1000}");
        JsonNode change = report.json().get("change_percent");
        assertThat(change.propertyNames())
                .containsExactly("median_step_s", "tokens_per_second", "peak_live_bytes");
        assertThat(change.get("median_step_s").asDouble()).isCloseTo(-20, within(1e-9));
        assertThat(change.get("tokens_per_second").asDouble()).isCloseTo(25, within(1e-9));
        assertThat(change.get("peak_live_bytes").asDouble()).isZero();
    }
}
