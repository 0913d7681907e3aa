package dev.hone.train;

import static dev.hone.train.TinyRuns.losses;
import static dev.hone.train.TinyRuns.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.model.Adapter;
import dev.hone.model.AdapterStart;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.LeadingStart;
import dev.hone.model.LinearModule;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModuleSizes;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Quantization;
import dev.hone.model.RestOfBase;
import dev.hone.model.Storage;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.train.TrainingRun.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs whose adapter is of another kind or begins in another way, from the file to the result. */
class AdapterStartTest {
    private static final long SEED = 5;
    private static final Path MODEL =
            Path.of("src/test/resources/goldens/llama/model").toAbsolutePath();

    @TempDir private Path folder;

    @BeforeEach
    void writeRows() throws IOException {
        TinyRuns.writeRows(folder);
    }

    private RunFile run(String output, String method, String adapter, String dtype)
            throws IOException {
        Path file = folder.resolve(output + ".yml");
        Files.writeString(
                file,
                """
                model: %s
                data: { train: rows.jsonl, max_length: 64 }
                method: %s
                adapter: %s
                training:
                  steps: 4
                  rows_per_step: 4
                  learning_rate: 1e-2
                  neftune_alpha: 5
                  dtype: %s
                  checkpoint_every: 2
                output: %s
                """
                        .formatted(MODEL, method, adapter, dtype, output));
        return RunFile.read(file, Map.of());
    }

    private static byte[] file(RunFile run, String name) throws IOException {
        return Files.readAllBytes(run.output().resolve(name));
    }

    private static JsonNode config(RunFile run) throws IOException {
        return JsonMapper.shared().readTree(file(run, "adapter/adapter_config.json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora | { rank: 4, dropout: 0.1, dora: true } | bf16",
                "qlora | { rank: 4, dora: true, start: loftq } | bf16",
                "lora | { rank: 4, start: pissa, modules: { q_proj: { rank: 7 } } } | bf16",
                "lora | { rank: 4, start: gaussian, dropout: 0.1 } | fp32"
            })
    void aResumedRunGoesOnBitByBit(String method, String adapter, String dtype) throws IOException {
        RunFile whole = run("whole", method, adapter, dtype);
        assertThat(train(whole, false, -1)).isEqualTo(End.FINISHED);
        RunFile parts = run("parts", method, adapter, dtype);
        assertThat(train(parts, false, 3)).isEqualTo(End.STOPPED);
        assertThat(train(parts, true, -1)).isEqualTo(End.FINISHED);
        assertThat(losses(parts)).isEqualTo(losses(whole)).hasSize(4);
        assertThat(file(parts, "adapter/adapter_model.safetensors"))
                .isEqualTo(file(whole, "adapter/adapter_model.safetensors"));
    }

    @Test
    void aResumedRunTakesTheStartThatWasWrittenDown() throws IOException {
        RunFile run = run("run", "lora", "{ rank: 4, start: pissa }", "fp32");
        train(run, false, 3);
        Path start = run.output().resolve("start/adapter_model.safetensors");
        byte[] before = Files.readAllBytes(start);
        Files.setLastModifiedTime(start, java.nio.file.attribute.FileTime.fromMillis(0));
        train(run, true, -1);
        assertThat(Files.getLastModifiedTime(start).toMillis()).isZero();
        assertThat(Files.readAllBytes(start)).isEqualTo(before);
    }

    /** All rows of the data as one batch: logits of a decoder. */
    private float[] logits(Ops ops, Decoder decoder) {
        try (Scope _ = ops.scope()) {
            int[] ids = new SplittableRandom(SEED).ints(40, 3, 250).toArray();
            return ops.floats(decoder.logits(ids, new int[] {0, 17, 40}));
        }
    }

    private float[] baseLogits(Ops ops, @Nullable Adapter adapter, DType dtype) {
        try (ModelFiles weights = ModelFiles.open(MODEL);
                Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                ModelConfig.read(MODEL),
                                weights,
                                dtype,
                                adapter,
                                new Training.Frozen())) {
            return logits(ops, decoder);
        }
    }

    @ParameterizedTest
    @CsvSource({"fp32, F32, 1e-4", "bf16, BF16, 0.05"})
    void pissaBeginsAsTheModelAndEndsAsAPlainAdapterForIt(
            String name, DType dtype, double tolerance) throws IOException {
        RunFile run =
                run(
                        "run",
                        "lora",
                        "{ rank: 4, alpha: 6, start: pissa, modules: { q_proj: { rank: 7 }, layers.1.mlp.up_proj: { alpha: 9 } } }",
                        name);
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(run, PreparedData.load(run), ops, false)) {
            float[] base = baseLogits(ops, null, dtype);
            assertThat(GoldenParityTest.difference(logits(ops, training.decoder()), base))
                    .as("before training")
                    .isLessThan(tolerance);
            training.train(_ -> {}, () -> false);
            float[] trained = logits(ops, training.decoder());
            assertThat(GoldenParityTest.difference(trained, base)).isGreaterThan(0.1);
            try (PeftAdapter adapter = PeftAdapter.open(run.output().resolve("adapter"))) {
                assertThat(adapter.base()).isEmpty();
                LoraSpec spec = adapter.spec();
                assertThat(spec.rank()).isEqualTo(8);
                assertThat(spec.alpha()).isEqualTo(12);
                assertThat(spec.size("model.layers.0.self_attn.q_proj"))
                        .isEqualTo(new LoraSpec.Size(14, 12, 6.0 / 7));
                assertThat(spec.size("model.layers.1.mlp.up_proj"))
                        .isEqualTo(new LoraSpec.Size(8, 18, 9.0 / 4));
                assertThat(
                                GoldenParityTest.difference(
                                        baseLogits(ops, adapter.adapter(), dtype), trained))
                        .as("the difference on the original base")
                        .isLessThan(tolerance);
            }
        }
        assertThat(config(run).get("init_lora_weights").asBoolean()).isTrue();
        assertThat(config(run).has("use_dora")).isFalse();
    }

    @Test
    void aConvertedAdapterCanBeGoneOnFrom() throws IOException {
        train(run("first", "lora", "{ rank: 4, start: pissa }", "fp32"), false, -1);
        RunFile second = run("second", "lora", "{ from: first/adapter }", "fp32");
        assertThat(((RunFile.Method.Lora) second.method()).startsFromBase()).isFalse();
        train(second, false, -1);
        assertThat(config(second).get("r").asInt()).isEqualTo(8);
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @CsvSource({"bf16, BF16", "fp32, F32"})
    void loftqComesNearerToTheMatricesThanTheirQuantizedForm(String name, DType dtype)
            throws IOException {
        RunFile run = run("run", "qlora", "{ rank: 8, alpha: 32, start: loftq }", name);
        try (Ops ops = Engines.fused();
                TrainingRun _ = TrainingRun.open(run, PreparedData.load(run), ops, false);
                ModelFiles files = ModelFiles.open(MODEL);
                PeftAdapter start = PeftAdapter.open(run.output().resolve("start"))) {
            LoraSpec spec = start.spec();
            for (LinearModule module : LinearModule.of(ModelConfig.read(MODEL))) {
                Shape shape = Shape.of(module.out(), module.in());
                String weight = module.path() + ".weight";
                try (Scope _ = ops.scope();
                        QuantizedMatrix quantized =
                                files.loadQuantized(
                                        ops, weight, shape, new Quantization.Nf4(true))) {
                    Tensor left = files.load(ops, weight, shape, DType.F32);
                    ops.addInPlace(left, ops.dequantize(quantized, dtype), -1);
                    double plain = norm(ops.floats(left));
                    ops.linearBackwardInto(
                            left,
                            start.load(
                                    ops,
                                    module.path() + ".lora_B.weight",
                                    Shape.of(module.out(), 8),
                                    DType.F32),
                            start.load(
                                    ops,
                                    module.path() + ".lora_A.weight",
                                    Shape.of(8, module.in()),
                                    DType.F32),
                            -spec.scale());
                    double corrected = norm(ops.floats(left));
                    System.out.printf("%s: %.4f of %.4f%n", module.path(), corrected, plain);
                    assertThat(corrected).isLessThan(0.85 * plain);
                }
            }
        }
    }

    @Test
    void aStartIsTheSameEachTime() throws IOException {
        for (String output : List.of("first", "second")) {
            RunFile run = run(output, "qlora", "{ rank: 4, start: loftq }", "bf16");
            try (Ops ops = Engines.fused();
                    TrainingRun _ = TrainingRun.open(run, PreparedData.load(run), ops, false)) {
                assertThat(run.output().resolve("start/adapter_config.json")).exists();
            }
        }
        assertThat(Files.readAllBytes(folder.resolve("first/start/adapter_model.safetensors")))
                .isEqualTo(
                        Files.readAllBytes(
                                folder.resolve("second/start/adapter_model.safetensors")));
    }

    @Test
    void anAdapterFromLoftqNamesItsBaseAndGoesWithNoOther() throws IOException {
        RunFile run = run("run", "qlora", "{ rank: 4, dora: true, start: loftq }", "bf16");
        train(run, false, -1);
        try (PeftAdapter adapter = PeftAdapter.open(run.output().resolve("adapter"))) {
            assertThat(adapter.base()).contains(new Quantization.Nf4(true));
        }
        assertThat(config(run).get("init_lora_weights").asBoolean()).isTrue();
        assertThat(config(run).get("use_dora").asBoolean()).isTrue();
        Path adapter = run.output().resolve("adapter");
        String wanted =
                ":4: key 'adapter.from': %s makes up for what quantizing its base took away; it goes with method qlora and quantization.double: true"
                        .formatted(adapter);
        assertThatThrownBy(() -> run("full", "lora", "{ from: run/adapter }", "bf16"))
                .isInstanceOf(RunFileException.class)
                .hasMessage(folder.resolve("full.yml") + wanted);
        assertThatThrownBy(() ->
                        run(
                                "single",
                                "qlora\nquantization: { double: false }",
                                "{ from: run/adapter }",
                                "bf16"))
                .hasMessage(folder.resolve("single.yml") + wanted.replace(":4:", ":5:"));
        RunFile more = run("more", "qlora", "{ from: run/adapter }", "bf16");
        assertThat(((RunFile.Method.Lora) more.method()).start()).isEqualTo(AdapterStart.LOFTQ);
        train(more, false, -1);
        try (PeftAdapter again = PeftAdapter.open(more.output().resolve("adapter"))) {
            assertThat(again.base()).contains(new Quantization.Nf4(true));
        }
        assertThat(more.output().resolve("start")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gaussian", "default"})
    void otherStartsChangeNothingYet(String start) throws IOException {
        RunFile run = run("run", "lora", "{ rank: 16, start: %s }".formatted(start), "fp32");
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(run, PreparedData.load(run), ops, false)) {
            assertThat(logits(ops, training.decoder())).isEqualTo(baseLogits(ops, null, DType.F32));
            float[] a = ops.floats(training.decoder().trainable().getFirst().master());
            double deviation = norm(a) / Math.sqrt(a.length);
            assertThat(deviation)
                    .isBetween(
                            0.9 * (start.equals("gaussian") ? 1.0 / 16 : 1 / Math.sqrt(3 * 48)),
                            1.1 * (start.equals("gaussian") ? 1.0 / 16 : 1 / Math.sqrt(3 * 48)));
            training.train(_ -> {}, () -> false);
        }
        assertThat(config(run).get("init_lora_weights").asString())
                .isEqualTo(start.equals("gaussian") ? "gaussian" : "true");
    }

    @Test
    void loftqNeedsTheWeightsInFull() throws IOException {
        Path stored = Path.of("src/test/resources/goldens-nf4/llama/model-nf4-double");
        try (Ops ops = Engines.fused();
                ModelFiles files = ModelFiles.open(stored)) {
            assertThatThrownBy(() ->
                            new LeadingStart(
                                    ops,
                                    ModelConfig.read(stored),
                                    files,
                                    new LoraSpec(4, 8, 0, List.of("q_proj"), false),
                                    Optional.of(new Quantization.Nf4(true)),
                                    DType.BF16,
                                    1))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "adapter.start: loftq needs the weights in full to see what quantizing takes away, and model.layers.0.self_attn.q_proj.weight is stored in 4 bits; use the model it was made from, or adapter.start: default");
        }
    }

    @Test
    void aRankWithoutSoManySingularVectorsIsRefused() throws IOException {
        RunFile run =
                run(
                        "run",
                        "lora",
                        "{ rank: 4, start: pissa, modules: { k_proj: { rank: 30 } } }",
                        "bf16");
        assertThatThrownBy(() -> train(run, false, -1))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "adapter.rank: model.layers.0.self_attn.k_proj is 24 x 48 and has 24 singular vectors, fewer than the 30 asked for; lower the rank, or use adapter.start: default");
    }

    @Test
    void aModuleOfALayerThatIsNotThereIsRefused() throws IOException {
        RunFile run =
                run(
                        "run",
                        "lora",
                        "{ rank: 4, modules: { layers.2.mlp.up_proj: { rank: 3 } } }",
                        "bf16");
        assertThatThrownBy(() -> train(run, false, -1))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "adapter.modules: 'layers.2.mlp.up_proj' is in none of the model's 2 layers, 0 to 1");
    }

    /** A file of bf16 weights, the same on paper. */
    private static final WeightSource STORED =
            (ops, _, shape, dtype) -> {
                float[] values = new float[Math.toIntExact(shape.elements())];
                SplittableRandom random = new SplittableRandom(SEED);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                if (dtype == DType.F32) {
                    return ops.ofFloats(values, shape.dims());
                }
                try (Scope scope = ops.scope()) {
                    return scope.keep(ops.cast(ops.ofFloats(values, shape.dims()), dtype));
                }
            };

    @ParameterizedTest
    @CsvSource({"true, BF16", "false, BF16", "true, F32", "false, F32"})
    void theStartOnPaperTakesTheBytesOfTheEngine(boolean loftq, DType dtype) throws IOException {
        assertThat(startBytes(Engines.fusedOnPaper(), loftq, dtype, "paper"))
                .isEqualTo(startBytes(Engines.fused(), loftq, dtype, "engine"));
        assertThat(startBytes(Engines.composedOnPaper(), loftq, dtype, "paper"))
                .isEqualTo(startBytes(Engines.composed(), loftq, dtype, "engine"));
    }

    /** Peaks of finding the start and of loading what it left of the base. */
    private List<Long> startBytes(Ops ops, boolean loftq, DType dtype, String name)
            throws IOException {
        LoraSpec spec =
                new LoraSpec(
                        4,
                        8,
                        0,
                        List.of(LoraSpec.ALL_LINEAR),
                        false,
                        new ModuleSizes(Map.of("q_proj", 9), Map.of()),
                        false);
        Optional<Quantization> quantization =
                loftq ? Optional.of(new Quantization.Nf4(true)) : Optional.empty();
        ModelConfig config = ModelConfig.read(MODEL);
        try (ops) {
            Path start = folder.resolve(name);
            new LeadingStart(ops, config, STORED, spec, quantization, dtype, SEED)
                    .write(start, "base", () -> {});
            long found = ops.memory().peakBytes();
            assertThat(ops.memory().liveBytes()).isZero();
            ops.memory().resetPeak();
            try (PeftAdapter peft = PeftAdapter.open(start);
                    Decoder _ =
                            DecoderLoader.load(
                                    ops,
                                    config,
                                    loftq ? STORED : new RestOfBase(STORED, peft.adapter()),
                                    dtype,
                                    new Adapter(spec, peft, true),
                                    new Training.AdapterOnly(),
                                    Storage.of(quantization))) {
                return List.of(found, ops.memory().peakBytes(), ops.memory().liveBytes());
            }
        }
    }
}
