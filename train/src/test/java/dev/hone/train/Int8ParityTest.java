package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.model.Decoder;
import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.SafetensorsWriter;
import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models whose layers are in 8 bits against transformers and PEFT on the same matrices in full, in
 * fp32.
 */
@Tag("golden")
final class Int8ParityTest extends EngineTest {
    private static final Path FIXTURES = Path.of("src/test/resources/goldens-int8");
    private static final Quantization INT8 = new Quantization.Int8();
    private static final String Q_PROJ = "model.layers.0.self_attn.q_proj.";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3"})
    void logitsGradientsAndTenStepsAgree(String architecture) throws IOException {
        Path fixture = FIXTURES.resolve(architecture);
        try (Golden golden = new Golden(architecture);
                SafetensorsFile expected =
                        SafetensorsFile.open(fixture.resolve("golden.safetensors"));
                ModelFiles files = golden.weights()) {
            QuantizedParity model = new QuantizedParity(ops, golden, files, INT8);
            model.logitsAre(expected, "", 2e-6);
            model.gradientsAre(expected, "");
            model.stepsAre(
                    JsonMapper.shared()
                            .readTree(Files.readAllBytes(fixture.resolve("golden.json")))
                            .get("train_loss_and_grad_norm"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3"})
    void aBaseInEightBitsGivesTheBitsOfTheSameBaseWrittenOut(String architecture)
            throws IOException {
        try (Golden golden = new Golden(architecture);
                ModelFiles files = golden.weights()) {
            new QuantizedParity(ops, golden, files, INT8)
                    .isBitByBit(new QuantizedParity(ops, golden, new WrittenOut(files), null));
        }
    }

    /** The layers' matrices quantized, and written out again by plain arithmetic. */
    private record WrittenOut(ModelFiles files) implements WeightSource {
        @Override
        public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
            if (!name.endsWith("_proj.weight")) {
                return files.load(ops, name, shape, dtype);
            }
            try (Int8 matrix = (Int8) files.loadQuantized(ops, name, shape, INT8)) {
                byte[] elements = ops.bytes(matrix.elements());
                float[] absmax = ops.floats(matrix.absmax());
                float[] values = new float[elements.length];
                for (int i = 0; i < values.length; i++) {
                    float scaled = elements[i] * absmax[(int) (i / shape.dim(1))];
                    values[i] = scaled * (1f / 127);
                }
                return ops.ofFloats(values, shape.dims());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3"})
    void aStoredCheckpointGivesTheSameBitsAsQuantizingAsItIsLoaded(String architecture)
            throws IOException {
        Path stored = FIXTURES.resolve(architecture).resolve("model-int8");
        try (Golden golden = new Golden(architecture);
                ModelFiles inFull = golden.weights();
                ModelFiles inEightBits = ModelFiles.open(stored)) {
            float[] expected = new QuantizedParity(ops, golden, inFull, INT8).logits();
            assertThat(new QuantizedParity(ops, golden, inEightBits, INT8).logits())
                    .isEqualTo(expected);
            assertThat(new QuantizedParity(ops, golden, inEightBits, null).logits())
                    .isEqualTo(expected);
        }
    }

    @Test
    void theModelIsNeverThereInFullWhileItIsLoaded() throws IOException {
        try (Golden golden = new Golden("llama");
                ModelFiles files = golden.weights();
                Decoder _ = new QuantizedParity(ops, golden, files, INT8).decoder(null)) {
            assertThat(ops.memory().peakBytes()).isEqualTo(ops.memory().liveBytes());
        }
    }

    @Test
    void aCheckpointInEightBitsIsRefusedWhereFourAreAskedFor() {
        assertRefused(
                Stream::of,
                new Quantization.Nf4(true),
                "tensor '%sweight' is stored in int8; set quantization.type: int8"
                        .formatted(Q_PROJ));
    }

    @Test
    void aMissingScaleIsNamed() {
        assertRefused(
                c -> c.name().equals(Q_PROJ + "SCB") ? Stream.empty() : Stream.of(c),
                INT8,
                "tensor '%sSCB' is missing, a part of '%sweight' in 8 bits"
                        .formatted(Q_PROJ, Q_PROJ));
    }

    @Test
    void scalesOfAnotherTypeAreNamed() {
        assertRefused(
                c ->
                        Stream.of(
                                c.name().equals(Q_PROJ + "SCB")
                                        ? new Content(
                                                c.name(),
                                                DType.BF16,
                                                c.shape(),
                                                () -> new byte[2 * 48])
                                        : c),
                INT8,
                "tensor '%sSCB' is BF16 [48]; expected 48 elements of F32".formatted(Q_PROJ));
    }

    @Test
    void aMatrixOfAnotherShapeIsNamed() {
        assertRefused(
                c ->
                        Stream.of(
                                c.name().equals(Q_PROJ + "weight")
                                        ? new Content(
                                                c.name(), c.dtype(), Shape.of(24, 96), c.bytes())
                                        : c),
                INT8,
                "tensor '%sweight' has shape [24, 96], config.json asks for [48, 48]"
                        .formatted(Q_PROJ));
    }

    @Test
    void aFormatOfOldCardsIsRefused() {
        assertRefused(
                c ->
                        Stream.of(
                                c.name().equals(Q_PROJ + "weight_format")
                                        ? new Content(
                                                c.name(), DType.U8, c.shape(), () -> new byte[] {2})
                                        : c),
                INT8,
                "tensor '%sweight_format' is 2; expected 0, rows: other formats are those of cards before bitsandbytes 0.45, load and save the model with a later one"
                        .formatted(Q_PROJ));
    }

    @Test
    void aCheckpointWithoutTheFormatIsReadAsRows() throws IOException {
        try (Golden golden = new Golden("llama")) {
            write(c -> c.name().endsWith("weight_format") ? Stream.empty() : Stream.of(c));
            try (ModelFiles stored = ModelFiles.open(folder);
                    ModelFiles inFull = golden.weights()) {
                assertThat(new QuantizedParity(ops, golden, stored, INT8).logits())
                        .isEqualTo(new QuantizedParity(ops, golden, inFull, INT8).logits());
            }
        }
    }

    private void assertRefused(
            Function<Content, Stream<Content>> change, Quantization asked, String message) {
        assertThatThrownBy(
                        () -> {
                            write(change);
                            try (Golden golden = new Golden("llama");
                                    ModelFiles files = ModelFiles.open(folder)) {
                                new QuantizedParity(ops, golden, files, asked).decoder(null);
                            }
                        })
                .isInstanceOf(ModelException.class)
                .hasMessage(folder + ": " + message);
    }

    /** The stored Llama with tensors changed, or left out where {@code change} gives none. */
    private void write(Function<Content, Stream<Content>> change) throws IOException {
        Path stored = FIXTURES.resolve("llama/model-int8/model.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(stored)) {
            List<Content> contents = new ArrayList<>();
            for (SafetensorsFile.Entry entry : file.entries().values()) {
                MemorySegment bytes = entry.bytes();
                change.apply(new Content(entry.name(), entry.dtype(), entry.shape(), () -> bytes))
                        .forEach(contents::add);
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), contents, Map.of());
        }
    }
}
