package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.RunFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunPlanTest {
    private static final RunFile.TrainingSection TRAINING = Given.training(8192, 4096, DType.BF16);

    private static RunPlan plan(String model, int rows, int length, RunFile.Method method) {
        return RunPlan.of(
                model,
                Given.model(model),
                method,
                TRAINING,
                2048,
                Given.work(rows, length, TRAINING),
                Given.knowledge(Given.wishes(Ranking.Sort.COST, 8)));
    }

    private static JsonNode json(RunPlan plan) {
        return JsonMapper.builder().build().readTree(PlanJson.of(plan));
    }

    @Test
    void jsonHasTheDocumentedKeys() {
        JsonNode json = json(plan("llama-3.1-8b", 5000, 500, Given.lora(16)));
        assertThat(json.get("rows").asLong()).isEqualTo(5000);
        assertThat(json.get("tokens").asLong()).isEqualTo(2_500_000);
        assertThat(json.get("trainable_parameters").asLong()).isEqualTo(41_943_040);
        JsonNode memory = json.get("memory");
        long sum = 0;
        for (String part :
                List.of(
                        "weights",
                        "adapter",
                        "gradients",
                        "optimizer",
                        "activations",
                        "workspace",
                        "allocator",
                        "context")) {
            sum += memory.get(part + "_bytes").asLong();
        }
        assertThat(memory.get("peak_bytes").asLong()).isEqualTo(sum);
        assertThat(memory.get("weights_bytes").asLong()).isEqualTo(16_060_522_496L);
        for (JsonNode gpu : json.get("gpus")) {
            for (String key :
                    List.of(
                            "name",
                            "count",
                            "fits",
                            "peak_bytes",
                            "hours",
                            "dollars",
                            "provider")) {
                assertThat(gpu.has(key)).as("%s of %s", key, gpu).isTrue();
            }
            assertThat(gpu.get("hours_low").asDouble()).isLessThan(gpu.get("hours").asDouble());
            assertThat(gpu.get("hours_high").asDouble()).isGreaterThan(gpu.get("hours").asDouble());
        }
        assertThat(json.get("gpus").get(0).get("fits").asBoolean()).isTrue();
        assertThat(json.get("methods").size()).isEqualTo(4);
    }

    @Test
    void theRecommendationIsAlwaysOneCard() {
        for (Ranking.Sort sort : Ranking.Sort.values()) {
            RunPlan plan =
                    RunPlan.of(
                            "llama-3.2-1b",
                            Given.model("llama-3.2-1b"),
                            Given.lora(16),
                            TRAINING,
                            2048,
                            Given.work(100, 500, TRAINING),
                            Given.knowledge(Given.wishes(sort, 8)));
            assertThat(plan.recommended().orElseThrow().count()).isEqualTo(1);
        }
    }

    @Test
    void methodsNeedLessTheFewerBitsTheBaseHas() {
        RunPlan plan = plan("llama-3.1-8b", 100, 500, Given.lora(16));
        assertThat(plan.methods().rows())
                .extracting(MethodRow::name)
                .containsExactly("full", "lora", "qlora, 8 bit", "qlora, 4 bit");
        List<Long> peaks = plan.methods().rows().stream().map(MethodRow::peakBytes).toList();
        assertThat(peaks).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(plan.methods().rows().get(1).peakBytes()).isEqualTo(plan.memory().peakBytes());
        assertThat(plan.methods().verdict()).startsWith("Take lora: it fits one ");
    }

    @Test
    void whereNothingFitsASmallerMicroBatchIsProposed() {
        RunPlan plan = plan("llama-3.1-70b", 5000, 500, Given.lora(16));
        assertThat(plan.recommended()).isEmpty();
        Proposal micro =
                plan.proposals().stream()
                        .filter(p -> p.key().equals("training.micro_batch_tokens"))
                        .findFirst()
                        .orElseThrow();
        assertThat(micro.reason()).startsWith("then one B200 will do");
        RunFile.TrainingSection smaller =
                Given.training(8192, Integer.parseInt(micro.proposed()), DType.BF16);
        MemoryPlan memory =
                MemoryPlan.of(
                        Device.cuda(0),
                        plan.config(),
                        plan.method(),
                        smaller,
                        Given.work(5000, 500, smaller));
        assertThat(memory.peakBytes())
                .isLessThanOrEqualTo(GpuCatalogue.load().require("B200").usableBytes());
    }

    @Test
    void aStepOfFarTooManyRowsIsProposedSmaller() {
        RunFile.TrainingSection huge = Given.training(1_000_000, 4096, DType.BF16);
        RunPlan plan =
                RunPlan.of(
                        "llama-3.2-1b",
                        Given.model("llama-3.2-1b"),
                        Given.lora(16),
                        huge,
                        2048,
                        Given.work(2000, 500, huge),
                        Given.knowledge(Given.wishes(Ranking.Sort.COST, 1)));
        Proposal step =
                plan.proposals().stream()
                        .filter(p -> p.key().equals("training.tokens_per_step"))
                        .findFirst()
                        .orElseThrow();
        assertThat(step.changes()).isTrue();
        assertThat(Integer.parseInt(step.proposed())).isBetween(4000, 16384);
    }

    @Test
    void aFewVeryLongRowsAreNamed() {
        int[] lengths = new int[1000];
        Arrays.fill(lengths, 300);
        lengths[17] = 4000;
        RunFile.TrainingSection training = Given.training(8192, 8192, DType.BF16);
        List<Proposal> proposals =
                new Proposals(
                                Given.model("llama-3.2-1b"),
                                Given.lora(16),
                                training,
                                Workload.ofLengths(
                                        Workload.Basis.ASSUMED, lengths, 0.5, training, true))
                        .all(8192, Optional.empty(), List.of());
        assertThat(proposals.getFirst())
                .isEqualTo(
                        new Proposal(
                                "data.max_length",
                                "8192",
                                "320",
                                "1 of 1,000 rows are longer, up to 4,000 tokens; they set the peak for all. Look at them, then too_long: drop"));
    }

    @Test
    void aModelThatIsNeitherFolderNorNameIsRefusedWithTheNames() {
        assertThatThrownBy(() -> NamedModels.find(Path.of("nowhere"), "llama-9"))
                .isInstanceOf(PlanException.class)
                .hasMessageStartingWith(
                        "model 'llama-9': there is no nowhere/config.json, and no shape of this name; expected a folder with a config.json, or one of smollm2-135m, ");
        assertThat(NamedModels.find(Path.of("nowhere"), "meta-llama/Llama-3.1-8B").layers())
                .isEqualTo(32);
    }
}
