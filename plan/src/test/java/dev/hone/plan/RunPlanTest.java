package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.FreeMemory;
import dev.hone.train.MemoryFit;
import dev.hone.train.RunFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
        assertThat(memory.get("peak_bytes").asLong())
                .isEqualTo(sum - memory.get("weights_off_device_bytes").asLong());
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
        assertThat(plan.methods().rows())
                .allSatisfy(r -> assertThat(r.leastPeakBytes()).isLessThanOrEqualTo(r.peakBytes()));
        assertThat(plan.memory().peakBytes())
                .isBetween(
                        plan.methods().rows().get(1).leastPeakBytes(),
                        plan.methods().rows().get(1).peakBytes());
        assertThat(plan.methods().verdict()).startsWith("Take lora: it fits one ");
    }

    private static RunPlan plan(String model, RunFile.TrainingSection training) {
        return RunPlan.of(
                model,
                Given.model(model),
                Given.lora(16),
                training,
                2048,
                Given.work(5000, 500, training),
                Given.knowledge(Given.wishes(Ranking.Sort.COST, 1)));
    }

    private static Proposal proposal(RunPlan plan, String key) {
        return plan.proposals().stream().filter(p -> p.key().equals(key)).findFirst().orElseThrow();
    }

    @Test
    void whereNothingFitsASmallerMicroBatchIsProposed() {
        RunPlan plan = plan("llama-3.1-70b", Given.training(1_048_576, 1_048_576, DType.BF16));
        assertThat(plan.recommended()).isEmpty();
        Proposal micro = proposal(plan, "training.micro_batch_tokens");
        assertThat(micro.reason()).startsWith("then one B200 will do");
        RunPlan smaller =
                plan(
                        "llama-3.1-70b",
                        Given.training(1_048_576, Integer.parseInt(micro.proposed()), DType.BF16));
        assertThat(smaller.choices())
                .filteredOn(c -> c.gpu().name().equals("B200"))
                .allMatch(Choice::fits);
    }

    @Test
    void whereLayersComputeAgainASmallerMicroBatchIsProposedThatNeedsNoneOfIt() {
        RunFile.TrainingSection training = Given.training(32_768, 32_768, DType.BF16);
        RunPlan plan = plan("llama-3.1-8b", training);
        Choice card = plan.recommended().orElseThrow();
        assertThat(card.holding()).isNotEqualTo(Holding.EVERYTHING);
        assertThat(plan.memory().holding()).isEqualTo(card.holding());
        assertThat(plan.memory().peakBytes()).isEqualTo(card.peakBytes());
        Proposal micro = proposal(plan, "training.micro_batch_tokens");
        assertThat(micro.reason())
                .isEqualTo(
                        "then layers keep everything on one %s, and nothing is computed twice"
                                .formatted(card.gpu().name()));
        RunPlan smaller =
                plan(
                        "llama-3.1-8b",
                        Given.training(32_768, Integer.parseInt(micro.proposed()), DType.BF16));
        assertThat(smaller.choices())
                .filteredOn(c -> c.gpu().equals(card.gpu()))
                .allMatch(c -> c.holding().equals(Holding.EVERYTHING));
        assertThat(proposal(plan, "memory.limit").reason())
                .startsWith("on one %s it keeps ".formatted(card.gpu().name()));
    }

    @Test
    void underALimitOfAsMuchTrainingChoosesWhatThePlanChose() {
        RunFile.TrainingSection training = Given.training(8192, 4096, DType.BF16);
        RunPlan plan = plan("llama-3.1-8b", training);
        Choice card = small(plan);
        long live =
                new RunCount(Device.cuda(0), plan.config(), plan.method(), training, plan.work())
                        .step(card.holding())
                        .peakBytes();
        RunFile run =
                RunFile.of(
                        "options",
                        Map.of(
                                "model",
                                "m",
                                "data.train",
                                "rows.jsonl",
                                "output",
                                "o",
                                "memory.limit",
                                String.valueOf(live)));
        assertThat(run.method()).isEqualTo(plan.method());
        RunFile fitted =
                MemoryFit.fit(
                        run,
                        plan.config(),
                        plan.work().heavy().stream().map(MemoryPlan::step).toList(),
                        Device.cuda(0),
                        FreeMemory.UNKNOWN,
                        Rates.of(card.gpu(), DType.BF16));
        assertThat(fitted.training().memory().holding()).isEqualTo(card.holding());
    }

    /** A card on which not everything is kept. */
    private static Choice small(RunPlan plan) {
        return plan.choices().stream()
                .filter(c -> c.gpu().name().equals("RTX 4090"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRunThatSaysWhatLayersKeepIsPlannedSoOnEveryCard() {
        Holding holding = new Holding(KeepPolicy.all(Keep.NO_MLP));
        RunPlan plan =
                plan("llama-3.1-8b", Given.training(8192, 4096, DType.BF16).holding(holding));
        assertThat(plan.choices()).allMatch(c -> c.holding().equals(holding));
        assertThat(plan.memory().holding()).isEqualTo(holding);
        assertThat(plan.proposals()).noneMatch(p -> p.key().equals("memory.limit"));
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
                                new RunCount(
                                        Device.cuda(0),
                                        Given.model("llama-3.2-1b"),
                                        Given.lora(16),
                                        training,
                                        Workload.ofLengths(
                                                Workload.Basis.ASSUMED,
                                                lengths,
                                                0.5,
                                                training,
                                                true)))
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
        assertThatThrownBy(() -> NamedModels.find(Path.of("nowhere"), "llama-3.1-8"))
                .isInstanceOf(PlanException.class)
                .hasMessage(
                        "model 'llama-3.1-8': there is no nowhere/config.json, and no well-known model of this name; did you mean 'llama-3.1-8b'?");
        assertThatThrownBy(() -> NamedModels.find(Path.of("nowhere"), "mine"))
                .hasMessageStartingWith(
                        "model 'mine': there is no nowhere/config.json, and no well-known model of this name; expected one of smollm2-135m, ");
        assertThatThrownBy(() -> NamedModels.require("acme/Lama-3.1-8b"))
                .isInstanceOf(PlanException.class)
                .hasMessage("unknown model 'acme/Lama-3.1-8b'; did you mean 'llama-3.1-8b'?");
        assertThat(NamedModels.require("llama-3.1-8b"))
                .isEqualTo(NamedModels.require("meta-llama/Llama-3.1-8B"));
        assertThat(NamedModels.find(Path.of("nowhere"), "meta-llama/Llama-3.1-8B").layers())
                .isEqualTo(32);
    }
}
