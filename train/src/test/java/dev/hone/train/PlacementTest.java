package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.Placement;
import dev.hone.model.Placements;
import dev.hone.model.Quantization;
import dev.hone.model.RandomWeights;
import dev.hone.model.RopeScaling;
import dev.hone.model.Storage;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.Activation;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights that are elsewhere and inputs that are parked change no bit of a run, and take on paper
 * what they take on an engine, on the device and on the host.
 */
@Tag("unit")
final class PlacementTest {
    private static final long SEED = 7;
    private static final int LAYERS = 7;

    /** Seven layers, and a head that is no embedding. */
    private static final ModelConfig MODEL =
            new ModelConfig(
                    "llama",
                    64,
                    128,
                    LAYERS,
                    4,
                    2,
                    16,
                    320,
                    512,
                    1e-5,
                    1e4,
                    new RopeScaling.None(),
                    0,
                    false,
                    false,
                    false,
                    false,
                    false,
                    Activation.SILU);

    private static final List<Example> EXAMPLES = ManyLengths.examples(MODEL.vocabulary(), SEED);

    /** Random weights that claim to be mapped from files. */
    private record Mapped(RandomWeights random, Ops ops, Arena arena) implements WeightSource {
        @Override
        public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
            return random.load(ops, name, shape, dtype);
        }

        @Override
        public List<MemorySegment> mapped(String name, List<Tensor> tensors) {
            List<MemorySegment> segments = new ArrayList<>();
            for (Tensor tensor : tensors) {
                MemorySegment bytes = arena.allocate(tensor.bytes());
                ops.download(tensor, bytes);
                segments.add(bytes);
            }
            return segments;
        }
    }

    /** What a run came to, and what it held. */
    private record Outcome(List<Double> numbers, List<Long> bytes) {}

    @ParameterizedTest
    @CsvSource({
        "BF16, lora, 7, HOST, false, EVERYTHING",
        "BF16, lora, 7, DISK, false, INPUT",
        "BF16, lora, 1, HOST, false, NO_MLP",
        "BF16, lora, 3, DISK, true, EVERYTHING",
        "F32, lora, 2, HOST, true, INPUT",
        "BF16, qlora, 7, HOST, true, PARKED",
        "BF16, qlora, 5, DISK, false, PARKED",
        "F32, qlora, 4, HOST, false, NO_MLP",
        "BF16, lora, 0, HOST, true, PARKED",
        "F32, qlora, 0, HOST, false, PARKED"
    })
    void whatIsElsewhereChangesNoBit(
            DType dtype,
            String method,
            int streamed,
            Placement away,
            boolean embeddingOnHost,
            Keep keep) {
        Placements placements = new Placements(streamed, away, embeddingOnHost);
        RunFile.MemorySection memory =
                new RunFile.MemorySection(new Holding(KeepPolicy.all(keep), placements));
        Outcome resident = engine(dtype, method, RunFile.MemorySection.UNLIMITED);
        Outcome elsewhere = engine(dtype, method, memory);
        assertThat(elsewhere.numbers()).isEqualTo(resident.numbers());
        assertThat(paper(dtype, method, memory)).isEqualTo(elsewhere.bytes());
        assertThat(elsewhere.bytes().getFirst()).isLessThan(resident.bytes().getFirst());
    }

    private static Outcome engine(DType dtype, String method, RunFile.MemorySection memory) {
        try (Ops ops = Engines.fused();
                Arena arena = Arena.ofShared()) {
            WeightSource weights = new Mapped(new RandomWeights(SEED, LAYERS), ops, arena);
            return run(ops, weights, false, dtype, method, memory);
        }
    }

    private static List<Long> paper(DType dtype, String method, RunFile.MemorySection memory) {
        try (Ops ops = Engines.fusedOnPaper()) {
            return run(ops, WeightSource.undefined(), true, dtype, method, memory).bytes();
        }
    }

    private static Outcome run(
            Ops ops,
            WeightSource weights,
            boolean paper,
            DType dtype,
            String method,
            RunFile.MemorySection memory) {
        LoraSpec spec = new LoraSpec(4, 8, 0.1, List.of(LoraSpec.ALL_LINEAR), false);
        Adapter adapter =
                paper ? new Adapter(spec, WeightSource.undefined()) : Adapter.fresh(spec, SEED);
        Optional<Quantization> quantization =
                method.equals("qlora") ? Optional.of(new Quantization.Nf4(true)) : Optional.empty();
        RunFile.TrainingSection settings = StepBenchmark.settings(dtype).with(memory);
        List<Double> numbers = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        try (Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                MODEL,
                                weights,
                                dtype,
                                adapter,
                                new Training.AdapterOnly(),
                                new Storage(quantization, memory.holding().placements()));
                TrainingStep step = new TrainingStep(decoder, settings, 3)) {
            for (OptimizerStep next : ManyLengths.steps(EXAMPLES)) {
                TrainingStep.Outcome outcome = step.run(next);
                numbers.add(outcome.loss());
                numbers.add(outcome.gradientNorm());
                bytes.add(outcome.peakLiveBytes());
                bytes.add(ops.memory().liveBytes());
                bytes.add(ops.memory().liveTensors());
                bytes.add(ops.hostMemory().liveBytes());
            }
            numbers.add(HeldBackLoss.of(decoder, EXAMPLES, 100));
        }
        assertThat(ops.memory().liveBytes()).isZero();
        assertThat(ops.memory().liveTensors()).isZero();
        assertThat(ops.hostMemory().liveBytes()).isZero();
        return new Outcome(numbers, bytes);
    }

    @Test
    void layersOfAModelFolderComeFromItsFiles() {
        Path folder = Path.of("src/test/resources/goldens/llama/model");
        Path inFourBits = Path.of("src/test/resources/goldens-nf4/llama/model-nf4-double");
        int[] ids = {3, 1, 4, 1, 5, 9, 2, 6};
        int[] offsets = {0, 8};
        for (Path model : List.of(folder, inFourBits)) {
            Optional<Quantization> quantization =
                    model.equals(folder)
                            ? Optional.empty()
                            : Optional.of(new Quantization.Nf4(true));
            try (Ops ops = Engines.fused();
                    ModelFiles files = ModelFiles.open(model)) {
                float[] here = logits(ops, folder, files, Storage.of(quantization), ids, offsets);
                Storage disk = new Storage(quantization, Placements.all(Placement.DISK));
                assertThat(logits(ops, folder, files, disk, ids, offsets)).isEqualTo(here);
            }
        }
    }

    private static float[] logits(
            Ops ops, Path config, WeightSource files, Storage storage, int[] ids, int[] offsets) {
        try (Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                ModelConfig.read(config),
                                files,
                                DType.F32,
                                null,
                                new Training.Frozen(),
                                storage);
                Tensor logits = decoder.logits(ids, offsets)) {
            return ops.floats(logits);
        }
    }

    @Test
    void filesThatHoldOtherBytesAreRefused() {
        Path folder = Path.of("src/test/resources/goldens/llama/model");
        try (Ops ops = Engines.fused();
                ModelFiles files = ModelFiles.open(folder)) {
            Storage disk = new Storage(Optional.empty(), Placements.all(Placement.DISK));
            assertThatThrownBy(() ->
                            DecoderLoader.load(
                                    ops,
                                    ModelConfig.read(folder),
                                    files,
                                    DType.BF16,
                                    null,
                                    new Training.Frozen(),
                                    disk))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            folder
                                    + ": tensor 'model.layers.0.self_attn.q_proj.weight' is stored as F32 and computed with in another form, so it cannot be streamed from disk; set memory.weights: host");
            assertThat(ops.memory().liveTensors()).isZero();
            assertThat(ops.hostMemory().liveBytes()).isZero();
        }
    }
}
