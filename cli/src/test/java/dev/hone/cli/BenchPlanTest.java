package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.hone.model.ModelConfig;
import dev.hone.plan.Calibration;
import dev.hone.plan.Rates;
import dev.hone.tensor.Device;
import dev.hone.torch.TorchOps;
import dev.hone.train.RunFile;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Plans of benchmarks, for devices that need not be there. */
class BenchPlanTest {
    private static final Rates RATES = new Rates(1e12, 1e11, 1e-6);

    static BenchPlan plan(BenchCase bench, Device device) {
        Calibration twice =
                Calibration.measured("any", "bf16", 2, 1, LocalDate.of(2026, 11, 26), "made up");
        return BenchPlan.of(bench, device, RATES, twice);
    }

    private static BenchCase bench(Map<String, String> more) {
        Map<String, String> settings =
                new HashMap<>(
                        Map.of(
                                "model", "none",
                                "data.train", "none",
                                "data.max_length", "128",
                                "training.tokens_per_step", "512",
                                "training.micro_batch_tokens", "512",
                                "output", "none"));
        settings.putAll(more);
        return BenchCase.of(
                "starter", ModelConfig.read(Starters.MODEL), RunFile.of("test", settings), 4);
    }

    private static ObjectNode json(BenchCase bench, Device device) {
        ObjectNode json = JsonMapper.builder().build().createObjectNode();
        bench.put(json);
        plan(bench, device).put(json);
        return json;
    }

    @Test
    void ofACardTheAllocatorAndTheContextArePlannedToo() {
        ObjectNode card = json(bench(Map.of()), Device.cuda(0));
        long live = card.get("planned_peak_live_bytes").asLong();
        long reserved = card.get("planned_reserved_bytes").asLong();
        assertThat(reserved).isGreaterThanOrEqualTo(live);
        assertThat(card.get("planned_peak_bytes").asLong() - reserved)
                .isEqualTo(
                        plan(bench(Map.of()), Device.cuda(0)).card().orElseThrow().contextBytes())
                .isPositive();
        assertThat(json(bench(Map.of()), Device.CPU).has("planned_peak_bytes")).isFalse();
    }

    @Test
    void aStepIsPlannedByRatesAndCalibration() {
        BenchPlan plan = plan(bench(Map.of()), Device.CPU);
        assertThat(plan.roofline())
                .isCloseTo(RATES.seconds(plan.forecast().work()), withinPercentage(1e-6));
        assertThat(plan.seconds()).isEqualTo(2 * plan.roofline());
    }

    @Test
    void whatIsComputedAgainIsCountedApart() {
        ObjectNode everything = json(bench(Map.of()), Device.CPU);
        ObjectNode input = json(bench(Map.of("memory.keep", "input")), Device.CPU);
        assertThat(input.get("step_flops_without_recomputation"))
                .isEqualTo(everything.get("step_flops"))
                .isEqualTo(everything.get("step_flops_without_recomputation"));
        assertThat(input.get("step_flops").asLong())
                .isGreaterThan(everything.get("step_flops").asLong());
        assertThat(input.get("keep").asString()).isEqualTo("input");
        assertThat(input.get("keeps").asString()).isEqualTo("their input in 4 of 4 layers");
    }

    @Test
    void underALimitTheMixIsChosenAndNamed() {
        long least =
                json(bench(Map.of("memory.keep", "no_mlp")), Device.CPU)
                        .get("planned_peak_live_bytes")
                        .asLong();
        BenchCase asked = bench(Map.of("memory.limit", String.valueOf(least)));
        ObjectNode json;
        try (TorchOps ops = TorchOps.cpu(1)) {
            json = json(asked.fitted(ops, RATES), Device.CPU);
        }
        assertThat(json.get("memory_limit_bytes").asLong()).isEqualTo(least);
        assertThat(json.get("planned_peak_live_bytes").asLong()).isEqualTo(least);
        assertThat(json.get("keeps").asString()).isEqualTo("all but the MLP in 4 of 4 layers");
        assertThat(json.has("keep")).isFalse();
        assertThat(json.has("weights")).isFalse();
        assertThat(json.has("off_device")).isFalse();
    }

    @Test
    void whatIsOffTheDeviceIsNamed() {
        ObjectNode json = json(bench(Map.of("memory.weights", "host")), Device.CPU);
        assertThat(json.get("weights").asString()).isEqualTo("host");
        assertThat(json.get("embedding").asString()).isEqualTo("device");
        assertThat(json.get("off_device").asString()).isEqualTo("4 of 4 layers from host memory");
    }
}
