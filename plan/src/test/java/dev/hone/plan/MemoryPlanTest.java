package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.data.StepPlan;
import dev.hone.model.AdapterStart;
import dev.hone.model.Decoder;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.model.Placement;
import dev.hone.model.Placements;
import dev.hone.model.Quantization;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryPlanTest {

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void noStepOfARunOnTheProcessorHoldsMoreThanPlannedAndOneHoldsExactlyThat(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] lengths = random.ints(200, 3, 120).toArray();
        RunFile.TrainingSection training = Given.training(512, 256, DType.BF16);
        ModelConfig config = Given.model("smollm2-135m").withLayers(4);
        double share = random.nextDouble(0.1, 1);
        Workload work = Workload.ofLengths(Workload.Basis.ASSUMED, lengths, share, training, true);
        MemoryPlan plan = MemoryPlan.of(Device.CPU, config, Given.lora(8), training, work);
        StepPlan steps = StepPlan.of(examples(lengths, share), training.batchPlan(true));
        long most = 0;
        for (long i = 0; i < steps.steps(); i++) {
            most = Math.max(most, peak(config, training, steps.step(i)));
        }
        assertThat(plan.peakBytes()).as("seed %d", seed).isEqualTo(most);
    }

    private static List<Example> examples(int[] lengths, double share) {
        List<Example> examples = new ArrayList<>();
        for (int length : lengths) {
            float[] weights = new float[length];
            int trained = (int) Math.max(1, Math.round(length * share));
            Arrays.fill(weights, Math.max(1, length - trained), length, 1);
            examples.add(new Example("row", new int[length], weights));
        }
        return examples;
    }

    private static long peak(
            ModelConfig config, RunFile.TrainingSection training, OptimizerStep step) {
        return Forecast.of(CountingOps.of(Device.CPU), config, Given.lora(8), training, step)
                .peakBytes();
    }

    static Stream<Arguments> shapes() {
        List<Arguments> all = new ArrayList<>();
        for (String name : List.of("smollm2-135m", "llama-3.2-1b", "llama-3.1-8b", "qwen3-4b")) {
            for (RunFile.Method method : List.of(Given.lora(16), Given.qlora(16), Given.full())) {
                for (int length : new int[] {128, 2048}) {
                    all.add(Arguments.of(name, method, length));
                }
            }
        }
        return all.stream();
    }

    /** Live bytes are exact; the allocator's share is an estimate, and this is how good it is. */
    @ParameterizedTest
    @MethodSource("shapes")
    void aDeepModelFollowsFromTwoAndThreeLayers(String name, RunFile.Method method, int length) {
        ModelConfig config = Given.model(name);
        RunFile.TrainingSection training = Given.training(4096, 4096, DType.BF16);
        Workload work = Given.work(8, length, training);
        List<Holding> holdings =
                new ArrayList<>(
                        List.of(
                                Holding.EVERYTHING,
                                new Holding(KeepPolicy.all(Keep.NO_MLP)),
                                new Holding(KeepPolicy.all(Keep.INPUT)),
                                new Holding(
                                        new KeepPolicy(config.layers() / 2, config.layers() / 4)),
                                new Holding(KeepPolicy.all(Keep.PARKED))));
        if (method instanceof RunFile.Method.Lora) {
            holdings.add(new Holding(KeepPolicy.EVERYTHING, Placements.all(Placement.HOST)));
            holdings.add(
                    new Holding(
                            KeepPolicy.all(Keep.INPUT),
                            new Placements(config.layers() / 2, Placement.HOST, !config.tied())));
        }
        for (Holding holding : holdings) {
            RunCount count = new RunCount(Device.cuda(0), config, method, training, work);
            long derived = count.peakBytes(holding);
            MemoryPlan whole = count.inFull(holding);
            assertThat(count.step(holding).peakBytes()).isEqualTo(whole.forecast().peakBytes());
            assertThat(count.peakBytes(holding)).isEqualTo(whole.peakBytes());
            assertThat((double) derived / whole.peakBytes())
                    .as("%s %s", name, holding)
                    .isBetween(0.97, 1.08);
        }
    }

    @Test
    void partsAddUpToThePeak() {
        RunFile.TrainingSection training = Given.training(2048, 2048, DType.BF16);
        for (RunFile.Method method : List.of(Given.lora(16), Given.full())) {
            MemoryPlan plan =
                    MemoryPlan.of(
                            Device.cuda(0),
                            Given.model("llama-3.2-1b"),
                            method,
                            training,
                            Given.work(20, 1024, training));
            Forecast.Parts p = plan.forecast().parts();
            assertThat(
                            p.weights()
                                    + p.adapter()
                                    + p.gradients()
                                    + p.optimizer()
                                    + p.kept()
                                    + p.workspace()
                                    + plan.allocatorBytes()
                                    + plan.contextBytes())
                    .isEqualTo(plan.peakBytes());
            assertThat(p.kept() > 0)
                    .isEqualTo(plan.forecast().peakBytes() == plan.forecast().passPeakBytes());
            assertThat(p.workspace()).isNotNegative();
            assertThat(plan.allocatorBytes()).isNotNegative();
        }
    }

    @Test
    void loadingEvaluatingAndSavingNeedNoMoreThanTheStep() {
        RunFile.TrainingSection training = Given.training(4096, 4096, DType.BF16);
        MemoryPlan plan =
                MemoryPlan.of(
                        Device.cuda(0),
                        Given.model("llama-3.1-8b"),
                        Given.lora(16),
                        training,
                        Given.work(20, 1024, training));
        assertThat(plan.stages())
                .extracting(Stage::name)
                .containsExactly("load", "step", "evaluate", "save", "merge", "export", "export");
        assertThat(plan.stages())
                .allSatisfy(s -> assertThat(s.deviceBytes()).isLessThanOrEqualTo(plan.peakBytes()));
    }

    @ParameterizedTest
    @CsvSource({"PISSA, CUDA", "LOFTQ, CUDA", "PISSA, CPU", "LOFTQ, CPU"})
    void aStartFromTheBaseIsAStageThatNeedsSomeMatricesOnly(AdapterStart start, Device.Kind kind) {
        RunFile.TrainingSection training = Given.training(4096, 4096, DType.BF16);
        Device device = kind == Device.Kind.CUDA ? Device.cuda(0) : Device.CPU;
        ModelConfig config = Given.model("llama-3.1-8b");
        RunFile.Method.Lora plain = (RunFile.Method.Lora) Given.lora(16);
        RunFile.Method.Lora method =
                new RunFile.Method.Lora(
                        plain.spec(),
                        plain.from(),
                        start == AdapterStart.LOFTQ
                                ? Optional.of(new Quantization.Nf4(true))
                                : Optional.empty(),
                        start);
        MemoryPlan plan =
                MemoryPlan.of(device, config, method, training, Given.work(4, 1024, training));
        assertThat(plan.stages()).extracting(Stage::name).startsWith("start", "load");
        Stage found = plan.stages().getFirst();
        long largest = Sizes.largestLinear(config);
        // W in fp32 beside the file's bf16; on a card, writing out 4 bits takes 64-bit indices too.
        boolean indices = start == AdapterStart.LOFTQ && kind == Device.Kind.CUDA;
        assertThat(found.deviceBytes() - plan.contextBytes())
                .isBetween(6 * largest, (indices ? 19 : 8) * largest);
        assertThat(found.deviceBytes()).isLessThan(plan.peakBytes());
        assertThat(found.diskBytes()).isEqualTo(4 * plan.forecast().trainableParameters());
    }

    @Test
    void whatHoneDoesNotDoYetIsMarkedAndOnTheHostAlone() {
        RunFile.TrainingSection training = Given.training(4096, 4096, DType.BF16);
        ModelConfig config = Given.model("llama-3.1-8b");
        for (RunFile.Method method : List.of(Given.lora(16), Given.qlora(16), Given.full())) {
            List<Stage> stages =
                    MemoryPlan.of(
                                    Device.cuda(0),
                                    config,
                                    method,
                                    training,
                                    Given.work(20, 1024, training))
                            .stages();
            assertThat(stages)
                    .filteredOn(s -> !s.counted())
                    .allSatisfy(s -> assertThat(s.deviceBytes()).isZero())
                    .extracting(s -> s.name() + " " + s.format())
                    .containsExactlyElementsOf(
                            method instanceof RunFile.Method.Full
                                    ? List.of("export q8_0", "export q4_k_m")
                                    : List.of("merge ", "export q8_0", "export q4_k_m"));
            assertThat(stages.stream().anyMatch(s -> s.name().equals("quantize")))
                    .isEqualTo(method.base().isPresent());
        }
    }

    @Test
    void stagesOfADeepModelFollowFromShallowOnes() {
        RunFile.TrainingSection training = Given.training(2048, 2048, DType.BF16);
        ModelConfig config = Given.model("smollm2-135m");
        for (RunFile.Method method : List.of(Given.lora(16), Given.qlora(16), Given.full())) {
            MemoryPlan plan =
                    MemoryPlan.of(
                            Device.CPU, config, method, training, Given.work(20, 512, training));
            try (CountingOps paper = CountingOps.of(Device.CPU);
                    Decoder _ =
                            Forecast.decoder(
                                    paper, config, method, training, new StoredWeights())) {
                assertThat(plan.stages().getFirst().deviceBytes())
                        .isEqualTo(paper.memory().peakBytes());
            }
        }
    }

    @Test
    void moreTokensAtOnceNeverNeedLess() {
        long before = 0;
        for (int micro : new int[] {512, 1024, 2048, 4096, 8192}) {
            RunFile.TrainingSection training = Given.training(8192, micro, DType.BF16);
            MemoryPlan plan =
                    MemoryPlan.of(
                            Device.cuda(0),
                            Given.model("llama-3.2-1b"),
                            Given.lora(16),
                            training,
                            Given.work(64, 512, training));
            assertThat(plan.peakBytes()).isGreaterThan(before);
            before = plan.peakBytes();
        }
    }
}
