package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.ModelConfig;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.FreeMemory;
import dev.hone.train.MemoryFit;
import dev.hone.train.RunFile;
import dev.hone.train.StepBenchmark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Steps that {@code hone bench} measured on cards, kept as it printed them, against what a plan
 * says of them now.
 */
class StepsOnCardsTest {
    private static final Path PAGE = Path.of("../docs/benchmarks/plan-against-cards.md");
    private static final GpuCatalogue CATALOGUE = GpuCatalogue.load();

    /** One measured step, and the same on paper. */
    record Step(JsonNode measured, RunFile run, MemoryPlan memory, double seconds) {

        static Step of(JsonNode measured) {
            ModelConfig config =
                    NamedModels.require(measured.get("shape").asString())
                            .withLayers(measured.get("layers").asInt());
            int rows = measured.get("rows").asInt();
            int length = measured.get("length").asInt();
            Gpu gpu = CATALOGUE.require(measured.get("device_name").asString());
            Rates rates = Rates.of(gpu, DType.BF16);
            RunFile run =
                    MemoryFit.fit(
                            RunFile.of("measured step", settings(measured)),
                            config,
                            List.of(StepBenchmark.step(rows, length, config.vocabulary())),
                            Device.cuda(0),
                            new FreeMemory(
                                    OptionalLong.of(
                                            gpu.usableBytes() - MemoryPlan.context(Device.cuda(0))),
                                    OptionalLong.empty()),
                            rates);
            Workload work = Workload.assumed(rows, length, 1, run.training(), false);
            double atBest =
                    TimePlan.of(Device.cuda(0), config, run.method(), run.training(), work)
                            .trainingSeconds(rates);
            Calibration calibration =
                    CalibrationBook.shipped().find(gpu.name(), "bf16", Calibration.ANY_GPU);
            return new Step(
                    measured,
                    run,
                    MemoryPlan.of(Device.cuda(0), config, run.method(), run.training(), work),
                    atBest / work.steps() * calibration.factor());
        }

        private static Map<String, String> settings(JsonNode measured) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("model", "none");
            settings.put("data.train", "none");
            settings.put("output", "none");
            settings.put("data.max_length", measured.get("length").asString());
            settings.put("method", measured.get("method").asString());
            settings.put("training.optimizer", measured.get("optimizer").asString());
            settings.put("training.master", measured.get("master").asString());
            String update = measured.get("update").asString();
            settings.put("training.update", update);
            settings.put("training.max_grad_norm", update.equals("in_backward") ? "0" : "1");
            settings.put("training.tokens_per_step", measured.get("tokens_per_step").asString());
            settings.put(
                    "training.micro_batch_tokens", measured.get("micro_batch_tokens").asString());
            copy(measured, "rank", settings, "adapter.rank");
            copy(measured, "quantization", settings, "quantization.type");
            copy(measured, "memory_limit_bytes", settings, "memory.limit");
            copy(measured, "keep", settings, "memory.keep");
            copy(measured, "weights", settings, "memory.weights");
            copy(measured, "embedding", settings, "memory.embedding");
            return settings;
        }

        private static void copy(
                JsonNode from, String key, Map<String, String> into, String setting) {
            if (from.has(key)) {
                into.put(setting, from.get(key).asString());
            }
        }

        /**
         * Whether rates or a card's factor were fitted to it, so that it proves nothing of them.
         */
        boolean fitted() {
            String shape = measured.get("shape").asString();
            boolean lora = measured.get("method").asString().equals("lora");
            return (shape.equals("llama-3.1-8b") && lora) || shape.equals("smollm2-135m");
        }

        long bytes(String key) {
            return measured.get(key).asLong();
        }

        double measuredSeconds() {
            return measured.get("median_step_s").asDouble();
        }

        String model() {
            int layers = measured.get("layers").asInt();
            String shape = measured.get("shape").asString();
            return NamedModels.require(shape).layers() == layers
                    ? shape
                    : "%s, %d layers".formatted(shape, layers);
        }

        String settings() {
            StringBuilder text = new StringBuilder(measured.get("method").asString());
            if (measured.has("rank") && measured.get("rank").asInt() != 16) {
                text.append(" r").append(measured.get("rank").asInt());
            }
            if (!measured.get("optimizer").asString().equals("adamw")) {
                text.append(' ').append(measured.get("optimizer").asString());
            }
            if (measured.has("memory_limit_bytes")) {
                text.append(", %d GiB".formatted(bytes("memory_limit_bytes") >> 30));
            }
            if (measured.has("off_device")) {
                text.append(", streamed");
            }
            return text.toString();
        }

        String rows() {
            return "%d x %,d"
                    .formatted(measured.get("rows").asInt(), measured.get("length").asInt());
        }

        @Override
        public String toString() {
            return "%s, %s, %s, %s"
                    .formatted(measured.get("device_name").asString(), model(), settings(), rows());
        }
    }

    static List<Step> steps() throws IOException {
        try (InputStream lines =
                StepsOnCardsTest.class.getResourceAsStream("steps-on-cards.jsonl")) {
            assertThat(lines).isNotNull();
            JsonMapper json = JsonMapper.builder().build();
            return new String(lines.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> Step.of(json.readTree(line)))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("steps")
    void memoryIsAsPlannedToTheByteAndOnTheCardWithinThreePercentAndNeverMore(Step step) {
        assertThat(
                        step.run
                                .training()
                                .memory()
                                .holding()
                                .keep()
                                .describe(step.measured.get("layers").asInt()))
                .isEqualTo(step.measured.get("keeps").asString());
        assertThat(
                        step.memory.peakBytes()
                                - step.memory.allocatorBytes()
                                - step.memory.contextBytes())
                .as("live tensors")
                .isEqualTo(step.bytes("peak_live_bytes"));
        double planned = step.memory.peakBytes();
        assertThat(planned / step.bytes("peak_bytes")).isBetween(1.0, 1.03);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void timeIsAsPlannedWithinTenPercent(Step step) {
        assertThat(step.seconds / step.measuredSeconds()).isCloseTo(1, within(0.1));
    }

    @Test
    void thePageShowsThem() throws IOException {
        Page page = new Page();
        page.text("# Plans against steps on cards");
        page.text(
                """
                Steps of `hone bench` on random weights and tokens, as it printed them (`steps-on-cards.jsonl` among the tests of module `plan`),
                beside what a plan says of them today. `StepsOnCardsTest` writes this page and fails where a peak is under the measured one or
                more than 3 % over, or a time is off by more than 10 %.

                - **Peak**: all that is in use on the card at its most, in GB (10⁹ bytes): tensors, what the allocator holds beyond them, the CUDA
                  context. Live tensors were as planned to the byte in every one of these steps. In steps with a limit, it was given as `--memory`,
                  and layers keep what the search found best under it.
                - **Step**: the median of the timed steps, in milliseconds. The rates of cards (`Rates`) were fitted to the steps on the H200 that are
                  marked *fitted*, the factor of the H100 to its one; the others only test them.

                The command of a row is `hone bench --device cuda --shape MODEL --method METHOD --rows N --length T --json`, with `--rank`,
                `--optimizer`, `--memory` and the like where the table names them; of fewer layers, `--model` with such a `config.json`.\
                """);
        page.table(
                "card",
                "model",
                "method",
                "rows",
                "planned peak",
                "measured",
                "plan",
                "planned step",
                "measured",
                "plan",
                "");
        for (Step step : steps()) {
            page.row(
                    step.measured.get("device_name").asString(),
                    step.model(),
                    step.settings(),
                    step.rows(),
                    Page.number(step.memory.peakBytes() / 1e9),
                    Page.number(step.bytes("peak_bytes") / 1e9),
                    percent(step.memory.peakBytes(), step.bytes("peak_bytes")),
                    Page.number(1000 * step.seconds),
                    Page.number(1000 * step.measuredSeconds()),
                    percent(step.seconds, step.measuredSeconds()),
                    step.fitted() ? "fitted" : "");
        }
        page.check(PAGE, "StepsOnCardsTest");
    }

    private static String percent(double planned, double measured) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * (planned / measured - 1));
    }
}
