package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.Quantization;
import dev.hone.model.RandomWeights;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Memory;
import dev.hone.tensor.Ops;
import dev.hone.torch.TorchOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
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
        "qwen3, full, F32"
    })
    void theStepOnPaperHoldsTheBytesOfTheEngine(String family, String method, DType dtype) {
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"));
        List<OptimizerStep> steps = steps(config.vocabulary());
        List<List<Long>> engine = bytes(TorchOps.cpu(2), config, method, dtype, steps, false);
        List<List<Long>> paper =
                bytes(CountingOps.fused(Device.CPU), config, method, dtype, steps, true);
        assertThat(paper).isEqualTo(engine);
        List<List<Long>> plainEngine =
                bytes(TorchOps.cpuReference(2), config, method, dtype, steps, false);
        List<List<Long>> plainPaper =
                bytes(CountingOps.composed(Device.CPU), config, method, dtype, steps, true);
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
        OptimizerStep step = steps(config.vocabulary()).get(1);
        RunFile.TrainingSection settings = StepBenchmark.settings(DType.BF16);
        for (RunFile.TrainingSection each :
                List.of(
                        settings,
                        settings.keeping(KeepPolicy.all(Keep.NO_MLP)),
                        settings.keeping(KeepPolicy.all(Keep.INPUT)),
                        settings.keeping(new KeepPolicy(1, 1)),
                        StepBenchmark.settings(DType.F32))) {
            String what = "%s %s".formatted(each.memory().keep(), each.dtype());
            List<Long> engine = events(TorchOps.cpu(1), config, method, each, step, false);
            assertThat(events(CountingOps.fused(Device.CPU), config, method, each, step, true))
                    .as(what)
                    .isEqualTo(engine)
                    .hasSizeGreaterThan(200);
            List<Long> plain = events(TorchOps.cpuReference(1), config, method, each, step, false);
            assertThat(events(CountingOps.composed(Device.CPU), config, method, each, step, true))
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
                Decoder decoder = decoder(ops, config, method, settings.dtype(), paper);
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
        "mistral, qlora, INPUT"
    })
    void whatLayersKeepChangesTheBytesAndNotTheResult(String family, String method, Keep keep) {
        ModelConfig config =
                ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"));
        List<OptimizerStep> steps = steps(config.vocabulary());
        RunFile.TrainingSection settings =
                StepBenchmark.settings(DType.BF16)
                        .with(
                                new RunFile.MemorySection(
                                        KeepPolicy.all(keep), OptionalLong.empty()));
        List<List<Long>> engine = bytes(TorchOps.cpu(2), config, method, settings, steps, false);
        assertThat(bytes(CountingOps.fused(Device.CPU), config, method, settings, steps, true))
                .isEqualTo(engine);
        List<List<Long>> everything =
                bytes(TorchOps.cpu(2), config, method, DType.BF16, steps, false);
        assertThat(engine.getFirst().getFirst()).isLessThan(everything.getFirst().getFirst());
        assertThat(losses(config, method, settings, steps))
                .isEqualTo(losses(config, method, StepBenchmark.settings(DType.BF16), steps));
    }

    /** Losses and gradient norms of all steps. */
    private static List<List<Double>> losses(
            ModelConfig config,
            String method,
            RunFile.TrainingSection settings,
            List<OptimizerStep> steps) {
        List<List<Double>> seen = new ArrayList<>();
        try (Ops ops = TorchOps.cpu(2);
                Decoder decoder = decoder(ops, config, method, settings.dtype(), false);
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
            try (Decoder decoder = decoder(ops, config, method, settings.dtype(), paper);
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
            Ops ops, ModelConfig config, String method, DType dtype, boolean paper) {
        boolean full = method.equals("full");
        LoraSpec spec = new LoraSpec(4, 8, 0.1, List.of(LoraSpec.ALL_LINEAR), false);
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
                dtype,
                adapter,
                full ? new Training.Full() : new Training.AdapterOnly(),
                method.equals("qlora") ? new Quantization.Nf4(true) : null);
    }

    /** Steps of one and of several micro-batches, of sequences of many lengths. */
    private static List<OptimizerStep> steps(int vocabulary) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Example> examples = new ArrayList<>();
        for (int length : new int[] {37, 5, 64, 19, 2, 90}) {
            float[] weights = new float[length];
            Arrays.fill(weights, length / 2, length, 1);
            examples.add(new Example("row", random.ints(length, 0, vocabulary).toArray(), weights));
        }
        return List.of(
                new OptimizerStep(0, 0, List.of(Batch.of(examples, 0, 1, 2))),
                new OptimizerStep(
                        1, 0, List.of(Batch.of(examples, 3), Batch.of(examples, 4, 5, 0))),
                new OptimizerStep(2, 0, List.of(Batch.of(examples, 5))));
    }
}
