package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized matrices written out by the processor's kernels: the reference's very bits. */
@Tag("unit")
final class CpuDequantizeTest {
    private static final long SEED = 3;

    static Stream<Arguments> matrices() {
        return Stream.of(DType.F32, DType.BF16)
                .flatMap(dtype ->
                        Stream.concat(
                                Stream.of(1, 7, 8, 15, 16, 17, 64, 577, 4099)
                                        .map(width ->
                                                Arguments.of(
                                                        "int8 of width " + width,
                                                        dtype,
                                                        made(ops -> int8(ops, 37, width)))),
                                Stream.of(
                                        Arguments.of(
                                                "NF4, plain scales",
                                                dtype,
                                                made(ops -> nf4(ops, 70, 192, false))),
                                        Arguments.of(
                                                "NF4, scales in 8 bits",
                                                dtype,
                                                made(ops -> nf4(ops, 70, 192, true))),
                                        Arguments.of(
                                                "NF4, whole groups of scales",
                                                dtype,
                                                made(ops -> nf4(ops, 256, 512, true))))));
    }

    private static Function<Ops, QuantizedMatrix> made(Function<Ops, QuantizedMatrix> matrix) {
        return matrix;
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("matrices")
    void theBitsAreTheReferences(String name, DType dtype, Function<Ops, QuantizedMatrix> matrix) {
        byte[] expected = writtenOut(TorchOps.cpuReference(1), matrix, dtype);
        for (int threads = 1; threads <= 2; threads++) {
            assertThat(writtenOut(TorchOps.cpu(threads), matrix, dtype)).isEqualTo(expected);
        }
    }

    private static byte[] writtenOut(Ops ops, Function<Ops, QuantizedMatrix> matrix, DType dtype) {
        try (ops;
                Scope _ = ops.scope()) {
            return ops.bytes(ops.dequantize(matrix.apply(ops), dtype));
        }
    }

    /** Every element there is, in rows of all magnitudes, one of them of zeros. */
    static Int8 int8(Ops ops, int rows, int width) {
        Random random = new Random(SEED);
        byte[] elements = new byte[rows * width];
        float[] absmax = new float[rows];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (byte) (random.nextInt(255) - 127);
        }
        for (int i = 1; i < rows; i++) {
            absmax[i] = (float) Math.exp(10 * random.nextGaussian());
        }
        return new Int8(
                ops.upload(MemorySegment.ofArray(elements), DType.I8, Shape.of(rows, width)),
                ops.ofFloats(absmax, rows));
    }

    /** Every pair of codes there is. */
    static Nf4 nf4(Ops ops, int rows, int width, boolean doubled) {
        Random random = new Random(SEED);
        byte[] packed = new byte[rows * width / 2];
        random.nextBytes(packed);
        int blocks = 2 * packed.length / Nf4.BLOCK;
        return new Nf4(
                Shape.of(rows, width),
                bytes(ops, packed),
                doubled
                        ? doubledScales(ops, random, blocks)
                        : new Nf4.Scales.Plain(floats(ops, random, blocks)));
    }

    private static Nf4.Scales doubledScales(Ops ops, Random random, int blocks) {
        byte[] codes = new byte[blocks];
        random.nextBytes(codes);
        return new Nf4.Scales.Quantized(
                bytes(ops, codes),
                floats(ops, random, Math.ceilDiv(blocks, Nf4.SCALE_BLOCK)),
                floats(ops, random, 256),
                0.37f);
    }

    private static Tensor bytes(Ops ops, byte[] bytes) {
        return ops.upload(MemorySegment.ofArray(bytes), DType.U8, Shape.of(bytes.length));
    }

    private static Tensor floats(Ops ops, Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.exp(3 * random.nextGaussian());
        }
        return ops.ofFloats(values, count);
    }
}
