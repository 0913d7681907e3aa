package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrices in 4 bits whose tensors are not what they must be. */
class QuantizedFileTest {
    private static final String NAME = "model.w.weight";
    private static final String STATE = NAME + ".quant_state.bitsandbytes__nf4";
    private static final Shape SHAPE = Shape.of(2, 64);
    private static final Quantization NF4 = new Quantization.Nf4(false);

    @TempDir private Path folder;

    private final Ops ops = CountingOps.fused(Device.CPU);

    private List<Content> contents() {
        return new ArrayList<>(
                Quantizer.of(NF4)
                        .contents(ops, NAME, HostValues.of(new float[128]), SHAPE, _ -> {}));
    }

    private void replace(List<Content> contents, Content by) {
        contents.removeIf(content -> content.name().equals(by.name()));
        contents.add(by);
    }

    private static Content text(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Content(name, DType.U8, Shape.of(bytes.length), () -> bytes);
    }

    private QuantizedMatrix load(List<Content> contents, Quantization kind) throws IOException {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), contents, Map.of());
        try (ModelFiles files = ModelFiles.open(folder)) {
            return files.loadQuantized(ops, NAME, SHAPE, kind);
        }
    }

    private void assertRefused(List<Content> contents, String message) {
        assertThatThrownBy(() -> load(contents, NF4))
                .isInstanceOf(ModelException.class)
                .hasMessage("%s: tensor '%s", folder, message);
    }

    @Test
    void whatIsWholeIsLoaded() throws IOException {
        try (QuantizedMatrix matrix = load(contents(), NF4)) {
            assertThat(matrix.shape()).isEqualTo(SHAPE);
        }
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void fp4IsRefusedByName() {
        List<Content> contents = contents();
        contents.removeIf(content -> content.name().equals(STATE));
        contents.add(text(NAME + ".quant_state.bitsandbytes__fp4", "{}"));
        assertRefused(
                contents,
                "model.w.weight' is stored in fp4, which is not supported; supported are nf4 and int8");
    }

    @Test
    void aStateThatIsNoJsonIsShown() {
        List<Content> contents = contents();
        replace(contents, text(STATE, "nf4"));
        assertRefused(
                contents,
                "model.w.weight.quant_state.bitsandbytes__nf4': expected a JSON object, found 'nf4'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"blocksize\": 64 | \"blocksize\": 128 | blocksize' is 128; expected 64",
                "\"quant_type\": \"nf4\" | \"quant_type\": \"fp4\" | quant_type' is fp4; expected nf4",
                "[2, 64] | [64, 2] | shape' is [64,2]; expected [2,64]"
            })
    void aStateOfAnotherMatrixIsNamed(String good, String bad, String message) {
        List<Content> contents = contents();
        String state =
                new String(
                        contents.getLast().bytes().get().toArray(ValueLayout.JAVA_BYTE),
                        StandardCharsets.UTF_8);
        replace(contents, text(STATE, state.replace(good, bad)));
        assertRefused(contents, "model.w.weight.quant_state.bitsandbytes__nf4': key '" + message);
    }

    @Test
    void otherCodesAreNamed() {
        List<Content> contents = contents();
        float[] codes = new float[16];
        replace(
                contents,
                new Content(
                        NAME + ".quant_map",
                        "F32",
                        Shape.of(16),
                        () -> MemorySegment.ofArray(codes)));
        assertRefused(
                contents,
                "model.w.weight.quant_map': entry 0 is 0.0; expected -1.0, as NF4 has it");
    }

    @Test
    void aMissingScaleIsNamed() {
        List<Content> contents = contents();
        contents.removeIf(content -> content.name().endsWith(".absmax"));
        assertRefused(
                contents,
                "model.w.weight.absmax' is missing, a part of 'model.w.weight' in 4 bits");
    }

    @Test
    void scalesOfAnotherSizeAreNamed() {
        List<Content> contents = contents();
        replace(
                contents,
                new Content(NAME + ".absmax", DType.F32, Shape.of(3), () -> new byte[12]));
        assertRefused(contents, "model.w.weight.absmax' is F32 [3]; expected 2 elements of F32");
    }
}
