package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.model.ModelException;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.torch.TorchOps;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices in 4 bits against what bitsandbytes made of them: every byte, every value. */
@Tag("golden")
final class Nf4GoldenTest extends EngineTest {
    private static final Path FIXTURES = Path.of("src/test/resources/goldens-nf4/nf4.safetensors");

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
        "5, float32", "5, bfloat16", "5, float16"
    })
    void packedBytesAndScalesAreThoseOfBitsandbytes(int matrix, String dtype) {
        String plain = "%d.%s.single.".formatted(matrix, dtype);
        try (Nf4 quantized = quantize(plain, false)) {
            assertThat(ops.bytes(quantized.packed())).isEqualTo(bytes(plain + "packed"));
            var scales = (Nf4.Scales.Plain) quantized.scales();
            // bitsandbytes keeps the 0 of a block of zeros; any scale gives zeros there.
            assertThat(ops.floats(scales.absmax()))
                    .containsExactly(floats(plain + "absmax"), offset(1e-38f));
        }
        String doubled = "%d.%s.double.".formatted(matrix, dtype);
        try (Nf4 quantized = quantize(doubled, true)) {
            assertThat(ops.bytes(quantized.packed())).isEqualTo(bytes(doubled + "packed"));
            var scales = (Nf4.Scales.Quantized) quantized.scales();
            assertThat(scales.offset()).isEqualTo(floats(doubled + "offset")[0]);
            assertThat(ops.floats(scales.map())).isEqualTo(floats(doubled + "nested_quant_map"));
            assertThat(ops.floats(scales.nested())).isEqualTo(floats(doubled + "nested_absmax"));
            assertThat(ops.bytes(scales.codes())).isEqualTo(bytes(doubled + "absmax"));
        }
    }

    /**
     * Matrix 0 is left out: its rows of 96 elements take a path of bitsandbytes 0.50.2 that gives
     * each row the scales of whole blocks from its own start on, so that what it writes out is not
     * what it stored.
     */
    @ParameterizedTest
    @CsvSource({
        "1, float32",
        "1, bfloat16",
        "2, float32",
        "2, bfloat16",
        "3, float32",
        "3, bfloat16",
        "5, float32",
        "5, bfloat16"
    })
    void valuesWrittenOutAreThoseOfBitsandbytes(int matrix, String dtype) {
        for (boolean doubled : new boolean[] {false, true}) {
            String prefix = "%d.%s.%s.".formatted(matrix, dtype, doubled ? "double" : "single");
            DType type = dtype.equals("float32") ? DType.F32 : DType.BF16;
            try (Nf4 quantized = quantize(prefix, doubled);
                    Scope _ = ops.scope()) {
                assertThat(ops.bytes(ops.dequantize(quantized, type)))
                        .isEqualTo(bytes(prefix + "dequantized"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void composedAndFusedKernelsWriteTheSameBits(boolean doubled) {
        String prefix = "5.float32.%s.".formatted(doubled ? "double" : "single");
        for (DType type : new DType[] {DType.F32, DType.BF16}) {
            byte[] fused;
            try (Nf4 quantized = quantize(prefix, doubled);
                    Scope _ = ops.scope()) {
                fused = ops.bytes(ops.dequantize(quantized, type));
            }
            try (Ops plain = Engines.composed();
                    QuantizedMatrix quantized = quantize(plain, prefix, doubled);
                    Scope _ = plain.scope()) {
                assertThat(plain.bytes(plain.dequantize(quantized, type))).isEqualTo(fused);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMatrixWithoutWholeBlocksIsRefused(boolean doubled) {
        String prefix = "4.float32.single.";
        assertThatThrownBy(() -> quantize(prefix, doubled))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "tensor 'w': a matrix of shape [7, 13] cannot be quantized to nf4: its"
                                + " elements must be a multiple of 64");
    }

    /** The fixtures' matrices as files hold them, in each of their dtypes. */
    @ParameterizedTest
    @CsvSource({
        "0, float32, false", "0, bfloat16, false", "0, float16, false", "0, float32, true",
        "3, bfloat16, true", "3, float16, true", "5, float32, true", "5, bfloat16, true"
    })
    void aMatrixOfAFileIsQuantizedToTheSameBytes(int matrix, String dtype, boolean doubled)
            throws IOException {
        String prefix = "%d.%s.%s.".formatted(matrix, dtype, doubled ? "double" : "single");
        SafetensorsFile.Entry input = fixtures.require(prefix + "input");
        try (StoredMatrix stored = StoredMatrix.of(folder, input);
                Nf4 quantized = (Nf4) stored.quantize(ops, new Quantization.Nf4(doubled))) {
            assertThat(ops.bytes(quantized.packed())).isEqualTo(bytes(prefix + "packed"));
            assertThat(ops.bytes(quantized.tensors().get(1))).isEqualTo(bytes(prefix + "absmax"));
        }
    }

    /** Of so many scales that libtorch shares them among its threads. */
    @Test
    void theNumberOfThreadsChangesNoBit() {
        Shape shape = Shape.of(2048, 4096);
        Random random = new Random(9);
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.02 * random.nextGaussian());
        }
        Quantization doubled = new Quantization.Nf4(true);
        List<byte[]> first = List.of();
        for (int threads = 1; threads <= 2; threads++) {
            try (Ops engine = TorchOps.cpu(threads);
                    Nf4 quantized = (Nf4) StoredMatrix.made(engine, values, shape, doubled)) {
                List<byte[]> bytes = quantized.tensors().stream().map(engine::bytes).toList();
                assertThat(bytes)
                        .usingRecursiveComparison()
                        .isEqualTo(threads == 1 ? bytes : first);
                first = bytes;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void whatIsNotFiniteIsRefused(float value) {
        float[] values = new float[Nf4.BLOCK];
        values[3] = -value;
        assertThatThrownBy(() ->
                        StoredMatrix.made(
                                ops, values, Shape.of(1, 64), new Quantization.Nf4(false)))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "tensor 'w.weight' holds %s: only finite numbers can be quantized"
                                .formatted(value));
    }

    private QuantizedMatrix quantize(Ops engine, String prefix, boolean doubled) {
        return source(prefix)
                .loadQuantized(engine, "w", shape(prefix), new Quantization.Nf4(doubled));
    }

    private Nf4 quantize(String prefix, boolean doubled) {
        return (Nf4) quantize(ops, prefix, doubled);
    }

    private WeightSource source(String prefix) {
        return (engine, _, shape, dtype) -> {
            assertThat(dtype).isEqualTo(DType.F32);
            return engine.ofFloats(floats(prefix + "input"), shape.dims());
        };
    }

    private Shape shape(String prefix) {
        return fixtures.require(prefix + "input").shape();
    }

    private byte[] bytes(String name) {
        return fixtures.require(name).bytes().toArray(ValueLayout.JAVA_BYTE);
    }

    /** The elements as fp32, whatever they are stored in. */
    private float[] floats(String name) {
        SafetensorsFile.Entry entry = fixtures.require(name);
        if (entry.dtype().equals("F32")) {
            return entry.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
        short[] halves = entry.bytes().toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
        float[] wide = new float[halves.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] =
                    entry.dtype().equals("F16")
                            ? Float.float16ToFloat(halves[i])
                            : Float.intBitsToFloat(halves[i] << 16);
        }
        return wide;
    }
}
