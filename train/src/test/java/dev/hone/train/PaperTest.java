package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModuleSizes;
import dev.hone.model.Quantization;
import dev.hone.model.RandomWeights;
import dev.hone.model.Storage;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Memory;
import dev.hone.tensor.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plan is the program: the step on paper holds, step by step, the bytes that the engine holds.
 */
class PaperTest {
    private static final long SEED = 11;

    @ParameterizedTest
    @CsvSource({
        "llama, lora, BF16",
        "llama, full, BF16",
        "llama, lora, F32",
        "llama, full, F32",
        "llama_tied, lora, BF16",
        "llama_tied, full, BF16",
        "mistral, lora, BF16",
        "mistral, full, F32",
        "qwen2, lora, BF16",
        "qwen2, full, BF16",
        "qwen3, lora, BF16",
        "llama, qlora, BF16",
        "qwen3, qlora, F32",
        "llama, qlora int8, BF16",
        "qwen2, qlora int8, F32",
        "qwen3, full, F32",
        "llama, lora with sizes, BF16",
        "llama, qlora with sizes, F32",
        "llama, lora with dora, BF16",
        "qwen2, lora with dora, F32",
        "qwen2, lora with dora and dropout, BF16",
        "llama, lora with dora and dropout, F32",
        "llama, qlora with dora, BF16",
        "qwen3, qlora with dora and dropout, BF16"
    })
    void theStepOnPaperHoldsTheBytesOfTheEngine(String family, String method, DType dtype) {
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"));
        List<OptimizerStep> steps =
                ManyLengths.steps(ManyLengths.examples(config.vocabulary(), SEED));
        List<List<Long>> engine = bytes(Engines.fused(), config, method, dtype, steps, false);
        List<List<Long>> paper = bytes(Engines.fusedOnPaper(), config, method, dtype, steps, true);
        assertThat(paper).isEqualTo(engine);
        List<List<Long>> plainEngine =
                bytes(Engines.composed(), config, method, dtype, steps, false);
        List<List<Long>> plainPaper =
                bytes(Engines.composedOnPaper(), config, method, dtype, steps, true);
        assertThat(plainPaper).isEqualTo(plainEngine);
    }

    static Stream<Arguments> everyFamilyAndMethod() {
        return Stream.of("llama", "llama_tied", "mistral", "qwen2", "qwen3")
                .flatMap(family ->
                        Stream.of("lora", "qlora", "full")
                                .map(method -> Arguments.of(family, method)));
    }

    /**
     * Not the peaks alone: what is allocated and freed, one after the other, under every policy and
     * dtype, on both engines of the processor.
     */
    @ParameterizedTest
    @MethodSource("everyFamilyAndMethod")
    void everyAllocationOfAStepIsThatOfTheEngine(String family, String method) {
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"))
                        .withLayers(3);
        OptimizerStep step =
                ManyLengths.steps(ManyLengths.examples(config.vocabulary(), SEED)).get(1);
        RunFile.TrainingSection settings = StepBenchmark.settings(DType.BF16);
        for (RunFile.TrainingSection each :
                List.of(
                        settings,
                        settings.holding(new Holding(KeepPolicy.all(Keep.NO_MLP))),
                        settings.holding(new Holding(KeepPolicy.all(Keep.INPUT))),
                        settings.holding(new Holding(KeepPolicy.all(Keep.PARKED))),
                        settings.holding(new Holding(new KeepPolicy(1, 1))),
                        StepBenchmark.settings(DType.F32))) {
            String what = "%s %s".formatted(each.memory().holding(), each.dtype());
            List<Long> engine = events(Engines.fused(), config, method, each, step, false);
            assertThat(events(Engines.fusedOnPaper(), config, method, each, step, true))
                    .as(what)
                    .isEqualTo(engine)
                    .hasSizeGreaterThan(200);
            List<Long> plain = events(Engines.composed(), config, method, each, step, false);
            assertThat(events(Engines.composedOnPaper(), config, method, each, step, true))
                    .as("%s, composed", what)
                    .isEqualTo(plain);
        }
    }

    /**
     * Bytes of each storage made in a step, and for each given up, less the number of its making.
     */
    private static List<Long> events(
            Ops ops,
            ModelConfig config,
            String method,
            RunFile.TrainingSection settings,
            OptimizerStep step,
            boolean paper) {
        List<Long> events = new ArrayList<>();
        try (ops;
                Decoder decoder = decoder(ops, config, method, settings, paper);
                TrainingStep training = new TrainingStep(decoder, settings, 1)) {
            ops.memory().observe(new Trace(events));
            training.run(step);
        }
        return events;
    }

    /** Storages by the order they were made in; those from before the step have no number. */
    private static final class Trace implements Memory.Observer {
        private final List<Long> events;
        private final Map<Long, Long> numbers = new HashMap<>();

        Trace(List<Long> events) {
            this.events = events;
        }

        @Override
        public void allocated(long id, long bytes) {
            numbers.put(id, (long) numbers.size());
            events.add(bytes);
        }

        @Override
        public void freed(long id) {
            Long number = numbers.get(id);
            events.add(number == null ? Long.MIN_VALUE : -1 - number);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama, lora, NO_MLP",
        "llama, lora, INPUT",
        "qwen3, full, INPUT",
        "qwen2, qlora, NO_MLP",
        "mistral, qlora, INPUT",
        "qwen2, lora with dora, NO_MLP",
        "llama, lora with dora and dropout, INPUT",
        "llama, qlora with dora and dropout, NO_MLP",
        "qwen3, qlora with dora, INPUT",
        "qwen3, qlora int8, NO_MLP"
    })
    void whatLayersKeepChangesTheBytesAndNotTheResult(String family, String method, Keep keep) {
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"));
        List<OptimizerStep> steps =
                ManyLengths.steps(ManyLengths.examples(config.vocabulary(), SEED));
        RunFile.TrainingSection settings =
                StepBenchmark.settings(DType.BF16)
                        .with(new RunFile.MemorySection(new Holding(KeepPolicy.all(keep))));
        List<List<Long>> engine = bytes(Engines.fused(), config, method, settings, steps, false);
        assertThat(bytes(Engines.fusedOnPaper(), config, method, settings, steps, true))
                .isEqualTo(engine);
        List<List<Long>> everything =
                bytes(Engines.fused(), config, method, DType.BF16, steps, false);
        assertThat(engine.getFirst().getFirst()).isLessThan(everything.getFirst().getFirst());
        assertThat(losses(config, method, settings, steps))
                .isEqualTo(losses(config, method, StepBenchmark.settings(DType.BF16), steps));
    }

    @ParameterizedTest
    @CsvSource({"llama, lora, BF16", "qwen2, full, F32", "llama, lora with dora, BF16"})
    void noiseOnEmbeddingsTakesTheBytesThatAreCounted(String family, String method, DType dtype) {
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"));
        List<OptimizerStep> steps =
                ManyLengths.steps(ManyLengths.examples(config.vocabulary(), SEED));
        RunFile.TrainingSection settings = StepBenchmark.settings(dtype).withNoise(5);
        assertThat(bytes(Engines.fusedOnPaper(), config, method, settings, steps, true))
                .isEqualTo(bytes(Engines.fused(), config, method, settings, steps, false));
        assertThat(bytes(Engines.composedOnPaper(), config, method, settings, steps, true))
                .isEqualTo(bytes(Engines.composed(), config, method, settings, steps, false));
        assertThat(losses(config, method, settings, steps))
                .isNotEqualTo(losses(config, method, StepBenchmark.settings(dtype), steps));
        RunFile.MemorySection little =
                new RunFile.MemorySection(new Holding(KeepPolicy.all(Keep.INPUT)));
        assertThat(losses(config, method, settings.with(little), steps))
                .as("where layers are computed again")
                .isEqualTo(losses(config, method, settings, steps));
    }

    /** Every optimizer with every way to hold and to update parameters that a method has. */
    static Stream<Arguments> updates() {
        List<Arguments> cases = new ArrayList<>();
        for (OptimizerRule rule : Optimizers.ALL) {
            for (OptimizerSection.Master master : OptimizerSection.Master.values()) {
                for (OptimizerSection.Update update : OptimizerSection.Update.values()) {
                    cases.add(
                            Arguments.of(
                                    "full", new OptimizerSection(rule, 0.01, 1, master, update)));
                }
            }
            if (rule.trainsAdapters()) {
                cases.add(Arguments.of("lora", OptimizerSection.of(rule, 0.01)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("updates")
    void everyUpdateIsCountedToTheByte(String method, OptimizerSection optimizer) {
        String family = optimizer.master() == OptimizerSection.Master.FP32 ? "llama_tied" : "qwen2";
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"));
        RunFile.TrainingSection settings = StepBenchmark.settings(DType.BF16).with(optimizer);
        List<OptimizerStep> steps =
                ManyLengths.steps(ManyLengths.examples(config.vocabulary(), SEED)).stream()
                        .filter(s -> s.batches().size() == 1)
                        .toList();
        List<List<Long>> engine = bytes(Engines.fused(), config, method, settings, steps, false);
        assertThat(bytes(Engines.fusedOnPaper(), config, method, settings, steps, true))
                .isEqualTo(engine);
        List<List<Long>> plain = bytes(Engines.composed(), config, method, settings, steps, false);
        assertThat(bytes(Engines.composedOnPaper(), config, method, settings, steps, true))
                .isEqualTo(plain);
    }

    /** Losses and gradient norms of all steps. */
    private static List<List<Double>> losses(
            ModelConfig config,
            String method,
            RunFile.TrainingSection settings,
            List<OptimizerStep> steps) {
        List<List<Double>> seen = new ArrayList<>();
        try (Ops ops = Engines.fused();
                Decoder decoder = decoder(ops, config, method, settings, false);
                TrainingStep step = new TrainingStep(decoder, settings, 3)) {
            for (OptimizerStep next : steps) {
                TrainingStep.Outcome outcome = step.run(next);
                seen.add(List.of(outcome.loss(), outcome.gradientNorm()));
            }
        }
        return seen;
    }

    private static List<List<Long>> bytes(
            Ops ops,
            ModelConfig config,
            String method,
            DType dtype,
            List<OptimizerStep> steps,
            boolean paper) {
        return bytes(ops, config, method, StepBenchmark.settings(dtype), steps, paper);
    }

    /** Peak, live bytes and live tensors after each step, and all of them after the last close. */
    private static List<List<Long>> bytes(
            Ops ops,
            ModelConfig config,
            String method,
            RunFile.TrainingSection settings,
            List<OptimizerStep> steps,
            boolean paper) {
        List<List<Long>> seen = new ArrayList<>();
        try (ops) {
            try (Decoder decoder = decoder(ops, config, method, settings, paper);
                    TrainingStep step = new TrainingStep(decoder, settings, 3)) {
                for (OptimizerStep next : steps) {
                    long peak = step.run(next).peakLiveBytes();
                    seen.add(List.of(peak, ops.memory().liveBytes(), ops.memory().liveTensors()));
                }
            }
            assertThat(ops.memory().liveBytes()).isZero();
            assertThat(ops.memory().liveTensors()).isZero();
        }
        return seen;
    }

    private static Decoder decoder(
            Ops ops,
            ModelConfig config,
            String method,
            RunFile.TrainingSection settings,
            boolean paper) {
        boolean full = method.equals("full");
        boolean dora = method.contains("dora");
        LoraSpec spec =
                new LoraSpec(
                        4,
                        8,
                        dora && !method.contains("dropout") ? 0 : 0.1,
                        List.of(LoraSpec.ALL_LINEAR),
                        false,
                        method.contains("sizes")
                                ? new ModuleSizes(
                                        Map.of("layers.0.mlp.up_proj", 9, "k_proj", 1),
                                        Map.of("q_proj", 2.0))
                                : ModuleSizes.NONE,
                        dora);
        @Nullable Adapter adapter =
                full
                        ? null
                        : paper
                                ? new Adapter(spec, WeightSource.undefined())
                                : Adapter.fresh(spec, SEED);
        return DecoderLoader.load(
                ops,
                config,
                paper ? WeightSource.undefined() : new RandomWeights(SEED, config.layers()),
                settings.dtype(),
                adapter,
                full
                        ? settings.optimizer().training(new RunFile.Method.Full())
                        : new Training.AdapterOnly(),
                storage(method));
    }

    private static Storage storage(String method) {
        if (!method.startsWith("qlora")) {
            return Storage.PLAIN;
        }
        return Storage.of(
                Optional.of(
                        method.equals("qlora int8")
                                ? new Quantization.Int8()
                                : new Quantization.Nf4(true)));
    }
}
