package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.model.ModelException;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices in 8 bits against what the format's description makes of them: every byte. */
@Tag("golden")
final class Int8GoldenTest extends EngineTest {
    private static final Path FIXTURES =
            Path.of("src/test/resources/goldens-int8/int8.safetensors");
    private static final Quantization INT8 = new Quantization.Int8();

    @TempDir private Path folder;

    private SafetensorsFile fixtures;

    @BeforeEach
    void openFixtures() {
        fixtures = SafetensorsFile.open(FIXTURES);
    }

    @AfterEach
    void closeFixtures() {
        fixtures.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, float32", "0, bfloat16", "0, float16", "1, float32", "1, bfloat16", "1, float16",
        "2, float32", "2, bfloat16", "2, float16", "3, float32", "3, bfloat16", "3, float16",
        "4, float32", "4, bfloat16", "4, float16"
    })
    void elementsAndScalesAreThoseOfTheFormat(int matrix, String dtype) throws Exception {
        String prefix = "%d.%s.".formatted(matrix, dtype);
        SafetensorsFile.Entry input = fixtures.require(prefix + "input");
        try (StoredMatrix stored = StoredMatrix.of(folder, input);
                Int8 quantized = (Int8) stored.quantize(ops, INT8);
                Scope _ = ops.scope()) {
            assertThat(ops.bytes(quantized.elements())).isEqualTo(bytes(prefix + "elements"));
            assertThat(ops.bytes(quantized.absmax())).isEqualTo(bytes(prefix + "absmax"));
            assertThat(ops.bytes(ops.dequantize(quantized, DType.F32)))
                    .isEqualTo(bytes(prefix + "dequantized.float32"));
            assertThat(ops.bytes(ops.dequantize(quantized, DType.BF16)))
                    .isEqualTo(bytes(prefix + "dequantized.bfloat16"));
        }
    }

    @Test
    void weightsThatAreMadeAndNotReadAreQuantizedAlike() throws Exception {
        SafetensorsFile.Entry input = fixtures.require("0.float32.input");
        float[] values = input.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        try (StoredMatrix stored = StoredMatrix.of(folder, input);
                Int8 read = (Int8) stored.quantize(ops, INT8);
                Int8 made = (Int8) StoredMatrix.made(ops, values, input.shape(), INT8)) {
            assertThat(ops.bytes(made.elements())).isEqualTo(ops.bytes(read.elements()));
            assertThat(ops.bytes(made.absmax())).isEqualTo(ops.bytes(read.absmax()));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {65520, Float.POSITIVE_INFINITY, Float.NaN})
    void whatFp16CannotHoldIsRefused(float value) {
        assertThatThrownBy(
                        () -> StoredMatrix.made(ops, new float[] {1, -value}, Shape.of(1, 2), INT8))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "tensor 'w.weight' holds %s in fp16, which int8 is made from: only finite numbers can be quantized; nf4 has no such limit at 65504"
                                .formatted(value == 65520 ? Float.POSITIVE_INFINITY : value));
    }

    private byte[] bytes(String name) {
        return fixtures.require(name).bytes().toArray(ValueLayout.JAVA_BYTE);
    }
}
