package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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
final class QloraParityTest extends EngineTest {
    private static final Path FIXTURES = Path.of("src/test/resources/goldens-nf4");

    @ParameterizedTest
    @CsvSource({"llama, false", "llama, true", "qwen3, false", "qwen3, true"})
    void logitsGradientsAndTenStepsAgree(String architecture, boolean doubled) throws IOException {
        Path fixture = FIXTURES.resolve(architecture);
        try (Golden golden = new Golden(architecture);
                SafetensorsFile expected =
                        SafetensorsFile.open(fixture.resolve("golden.safetensors"));
                ModelFiles files = golden.weights()) {
            String prefix = doubled ? "double." : "single.";
            QuantizedParity model =
                    new QuantizedParity(ops, golden, new WrittenOut(files, doubled, true), null);
            model.logitsAre(expected, prefix, 1e-4);
            model.gradientsAre(expected, prefix);
            model.stepsAre(
                    JsonMapper.shared()
                            .readTree(Files.readAllBytes(fixture.resolve("golden.json")))
                            .get("train_loss_and_grad_norm")
                            .get(doubled ? "double" : "single"));
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, false", "llama, true", "qwen3, false", "qwen3, true"})
    void aBaseInFourBitsGivesTheBitsOfTheSameBaseWrittenOut(String architecture, boolean doubled)
            throws IOException {
        try (Golden golden = new Golden(architecture);
                ModelFiles files = golden.weights()) {
            new QuantizedParity(ops, golden, files, new Quantization.Nf4(doubled))
                    .isBitByBit(
                            new QuantizedParity(
                                    ops, golden, new WrittenOut(files, doubled, false), null));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen3"})
    void aStoredCheckpointGivesTheSameBitsAsQuantizingAsItIsLoaded(String architecture)
            throws IOException {
        Path stored = FIXTURES.resolve(architecture).resolve("model-nf4-double");
        Quantization doubled = new Quantization.Nf4(true);
        try (Golden golden = new Golden(architecture);
                ModelFiles inFull = golden.weights();
                ModelFiles inFourBits = ModelFiles.open(stored)) {
            float[] expected = new QuantizedParity(ops, golden, inFull, doubled).logits();
            assertThat(new QuantizedParity(ops, golden, inFourBits, doubled).logits())
                    .isEqualTo(expected);
            assertThat(new QuantizedParity(ops, golden, inFourBits, null).logits())
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("otherKinds")
    void aCheckpointStoredInAnotherWayThanAskedForIsRefused(Quantization asked, String message)
            throws IOException {
        Path stored = FIXTURES.resolve("llama/model-nf4-double");
        try (Golden golden = new Golden("llama");
                ModelFiles files = ModelFiles.open(stored)) {
            assertThatThrownBy(() -> new QuantizedParity(ops, golden, files, asked).decoder(null))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "%s: tensor 'model.layers.0.self_attn.q_proj.weight' is stored in %s"
                                    .formatted(stored, message));
        }
    }

    static Stream<Arguments> otherKinds() {
        return Stream.of(
                Arguments.of(
                        new Quantization.Nf4(false),
                        "nf4 with double quantization; set quantization.double: true"),
                Arguments.of(
                        new Quantization.Int8(),
                        "nf4 with double quantization; set quantization.type: nf4"));
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
}
