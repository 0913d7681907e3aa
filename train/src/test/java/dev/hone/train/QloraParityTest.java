package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.Parameter;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.torch.TorchOps;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models whose layers are in 4 bits against transformers, PEFT and bitsandbytes, in fp32, within
 * the tolerances of {@link GoldenParityTest}.
 *
 * <p>In two steps, because on a processor bitsandbytes 0.50.2 writes out matrices wrongly whose
 * rows of 48 or 96 elements are no whole blocks: it takes the scale {@code row · (width / 64) +
 * column / 64}, with whole divisions, though it stored blocks across rows. So the goldens are met
 * with matrices written out in that way and multiplied in full; and a model in 4 bits is held, bit
 * for bit, against the same matrices written out as they are stored.
 */
@Tag("golden")
final class QloraParityTest {
    private static final Path FIXTURES = Path.of("src/test/resources/goldens-nf4");

    private Ops ops;

    @BeforeEach
    void open() {
        ops = TorchOps.cpu(2);
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(ops.memory().liveTensors()).isZero();
        ops.close();
    }

    @ParameterizedTest
    @CsvSource({"llama, false", "llama, true", "qwen3, false", "qwen3, true"})
    void logitsGradientsAndTenStepsAgree(String architecture, boolean doubled) throws IOException {
        try (Golden golden = new Golden(architecture);
                SafetensorsFile expected =
                        SafetensorsFile.open(
                                FIXTURES.resolve(architecture).resolve("golden.safetensors"));
                ModelFiles files = golden.weights()) {
            String prefix = doubled ? "double." : "single.";
            WeightSource weights = new WrittenOut(files, doubled, true);
            compareLogits(golden, weights, expected, prefix);
            compareGradients(golden, weights, expected, prefix);
            compareSteps(golden, architecture, weights, doubled);
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, false", "llama, true", "qwen3, false", "qwen3, true"})
    void aBaseInFourBitsGivesTheBitsOfTheSameBaseWrittenOut(String architecture, boolean doubled)
            throws IOException {
        try (Golden golden = new Golden(architecture);
                PeftAdapter adapter = golden.adapter();
                ModelFiles files = golden.weights()) {
            Quantization quantization = new Quantization.Nf4(doubled);
            WeightSource writtenOut = new WrittenOut(files, doubled, false);
            try (Decoder small = decoder(golden, files, adapter.adapter(), quantization);
                    Decoder full = decoder(golden, writtenOut, adapter.adapter(), null)) {
                assertThat(GoldenParityTest.forwardAndBackward(ops, small, golden.packed()))
                        .isEqualTo(GoldenParityTest.forwardAndBackward(ops, full, golden.packed()));
                for (int i = 0; i < small.trainable().size(); i++) {
                    assertThat(ops.floats(small.trainable().get(i).gradient()))
                            .as(small.trainable().get(i).name())
                            .isEqualTo(ops.floats(full.trainable().get(i).gradient()));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen3"})
    void aStoredCheckpointGivesTheSameBitsAsQuantizingAsItIsLoaded(String architecture)
            throws IOException {
        Path stored = FIXTURES.resolve(architecture).resolve("model-nf4-double");
        try (Golden golden = new Golden(architecture);
                ModelFiles inFull = golden.weights();
                ModelFiles inFourBits = ModelFiles.open(stored)) {
            float[] expected = logits(golden, inFull, new Quantization.Nf4(true));
            assertThat(logits(golden, inFourBits, new Quantization.Nf4(true))).isEqualTo(expected);
            assertThat(logits(golden, inFourBits, null)).isEqualTo(expected);
        }
    }

    @Test
    void aStoredCheckpointWithOtherScalesThanAskedForIsRefused() throws IOException {
        Path stored = FIXTURES.resolve("llama/model-nf4-double");
        try (Golden golden = new Golden("llama");
                ModelFiles files = ModelFiles.open(stored)) {
            assertThatThrownBy(() -> decoder(golden, files, null, new Quantization.Nf4(false)))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            ("%s: tensor 'model.layers.0.self_attn.q_proj.weight' is stored in nf4"
                                            + " with double quantization; set"
                                            + " quantization.double: true")
                                    .formatted(stored));
        }
    }

    private float[] logits(
            Golden golden, WeightSource weights, @Nullable Quantization quantization) {
        Batch batch = golden.packed();
        try (Decoder decoder = decoder(golden, weights, null, quantization);
                Scope _ = ops.scope()) {
            return ops.floats(decoder.logits(batch.ids(), batch.offsets()));
        }
    }

    private void compareLogits(
            Golden golden, WeightSource weights, SafetensorsFile expected, String prefix) {
        try (Decoder decoder = decoder(golden, weights, null, null);
                Scope _ = ops.scope()) {
            Batch batch = golden.packed();
            Tensor logits = decoder.logits(batch.ids(), batch.offsets());
            for (int s = 0; s < 2; s++) {
                float[] found =
                        ops.floats(ops.rows(logits, batch.offsets()[s], batch.offsets()[s + 1]));
                float[] wanted = floats(expected, prefix + "seq" + s + ".logits");
                System.out.printf(
                        "%s logits, sequence %d %.3e%n",
                        prefix, s, GoldenParityTest.difference(found, wanted));
                assertThat(GoldenParityTest.difference(found, wanted)).isLessThanOrEqualTo(1e-4);
            }
        }
    }

    private void compareGradients(
            Golden golden, WeightSource weights, SafetensorsFile expected, String prefix) {
        try (PeftAdapter adapter = golden.adapter();
                Decoder decoder = decoder(golden, weights, adapter.adapter(), null)) {
            GoldenParityTest.forwardAndBackward(ops, decoder, golden.packed());
            List<String> names =
                    expected.entries().keySet().stream()
                            .filter(n -> n.startsWith(prefix + "lora_grad."))
                            .toList();
            List<String> compared = new ArrayList<>();
            for (Parameter parameter : decoder.trainable()) {
                String name =
                        names.stream()
                                .filter(n -> n.endsWith("." + parameter.name()))
                                .findFirst()
                                .orElseThrow();
                float[] found = ops.floats(parameter.gradient());
                float[] wanted = floats(expected, name);
                assertThat(GoldenParityTest.cosine(found, wanted))
                        .as(name)
                        .isGreaterThanOrEqualTo(0.99999);
                assertThat(GoldenParityTest.relativeError(found, wanted))
                        .as(name)
                        .isLessThanOrEqualTo(1e-3);
                compared.add(name);
            }
            assertThat(compared).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    private void compareSteps(
            Golden golden, String architecture, WeightSource weights, boolean doubled)
            throws IOException {
        JsonNode expected =
                JsonMapper.builder()
                        .build()
                        .readTree(
                                Files.readAllBytes(
                                        FIXTURES.resolve(architecture).resolve("golden.json")))
                        .get("train_loss_and_grad_norm")
                        .get(doubled ? "double" : "single");
        try (PeftAdapter adapter = golden.adapter();
                Decoder decoder = decoder(golden, weights, adapter.adapter(), null);
                TrainingStep step =
                        new TrainingStep(decoder, GoldenParityTest.settings(golden), 10)) {
            for (int i = 0; i < 10; i++) {
                TrainingStep.Outcome outcome =
                        step.run(new OptimizerStep(i, i, List.of(golden.packed())));
                assertThat(outcome.loss())
                        .as("loss of step %d", i)
                        .isCloseTo(expected.get(i).get(0).asDouble(), offset(1e-4));
                assertThat(outcome.gradientNorm())
                        .as("gradient norm of step %d", i)
                        .isCloseTo(expected.get(i).get(1).asDouble(), offset(1e-3));
            }
        }
    }

    private Decoder decoder(
            Golden golden,
            WeightSource weights,
            @Nullable Adapter adapter,
            @Nullable Quantization quantization) {
        return DecoderLoader.load(
                ops,
                golden.config(),
                weights,
                DType.F32,
                adapter,
                adapter == null ? new Training.Frozen() : new Training.AdapterOnly(),
                quantization);
    }

    /**
     * The layers' matrices quantized and written out in full again.
     *
     * @param newBlockEachRow as bitsandbytes does on a processor where rows are no whole blocks
     */
    private record WrittenOut(ModelFiles files, boolean doubled, boolean newBlockEachRow)
            implements WeightSource {
        @Override
        public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
            if (!name.endsWith("_proj.weight")) {
                return files.load(ops, name, shape, dtype);
            }
            Quantization kind = new Quantization.Nf4(doubled);
            try (Nf4 matrix = (Nf4) files.loadQuantized(ops, name, shape, kind)) {
                return newBlockEachRow && shape.dim(1) % Nf4.BLOCK != 0
                        ? ops.ofFloats(byRows(ops, matrix), shape.dims())
                        : ops.dequantize(matrix, dtype);
            }
        }

        private static float[] byRows(Ops ops, Nf4 matrix) {
            byte[] packed = ops.bytes(matrix.packed());
            float[] scales = scales(ops, matrix);
            float[] values = new float[2 * packed.length];
            int width = (int) matrix.shape().dim(1);
            for (int i = 0; i < values.length; i++) {
                int pair = packed[i / 2] & 0xff;
                int block = i / width * (width / Nf4.BLOCK) + i % width / Nf4.BLOCK;
                values[i] = Nf4.code(i % 2 == 0 ? pair >>> 4 : pair & 15) * scales[block];
            }
            return values;
        }

        private static float[] scales(Ops ops, Nf4 matrix) {
            return switch (matrix.scales()) {
                case Nf4.Scales.Plain(Tensor absmax) -> ops.floats(absmax);
                case Nf4.Scales.Quantized q -> {
                    byte[] codes = ops.bytes(q.codes());
                    float[] map = ops.floats(q.map());
                    float[] nested = ops.floats(q.nested());
                    float[] scales = new float[codes.length];
                    for (int i = 0; i < scales.length; i++) {
                        scales[i] = map[codes[i] & 0xff] * nested[i / Nf4.SCALE_BLOCK] + q.offset();
                    }
                    yield scales;
                }
            };
        }
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return file.require(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
