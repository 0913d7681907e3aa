package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.hone.tensor.Activation;
import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Kernels;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Scope;
import dev.hone.tensor.ScoreTile;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernels against {@link ComposedKernels} in fp64 on the very same inputs, so that what is left of
 * a difference is rounding: half a unit of bf16, or some units of fp32.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KernelsAgreement {
    TorchPrimitives p;
    Kernels kernels;
    Kernels reference;
    private @Nullable Engine engine;

    @FunctionalInterface
    interface Call {
        void run(Kernels kernels, Tensor[] tensors);
    }

    /**
     * What is compared.
     *
     * @param primitives where tensors are
     * @param held closed afterwards
     */
    record Engine(TorchPrimitives primitives, Kernels kernels, AutoCloseable held) {}

    abstract Engine engine();

    @BeforeAll
    void open() {
        Engine opened = engine();
        engine = opened;
        p = opened.primitives();
        reference = new ComposedKernels(p);
        kernels = opened.kernels();
    }

    @AfterAll
    void close() throws Exception {
        if (engine != null) { // not left out for want of a compiler
            p.close();
            engine.held().close();
        }
    }

    static Stream<Arguments> widths() {
        return Stream.of(DType.F32, DType.BF16)
                .flatMap(dtype ->
                        Stream.of(1, 7, 31, 33, 64, 577, 1030)
                                .map(width -> Arguments.of(dtype, width)));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void rmsNormAgrees(DType dtype, int d) {
        for (int n : new int[] {1, 3, 70}) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(d + n);
                agree(
                        "rmsNorm",
                        2,
                        (k, t) -> k.rmsNorm(t[2], t[3], 1e-5, t[0], t[1]),
                        normal(dtype, random, n, d),
                        normal(DType.F32, random, n),
                        normal(dtype, random, n, d),
                        normal(dtype, random, d));
                agree(
                        "rmsNorm without rstd",
                        1,
                        (k, t) -> k.rmsNorm(t[1], t[2], 1e-5, t[0], null),
                        normal(dtype, random, n, d),
                        normal(dtype, random, n, d),
                        normal(dtype, random, d));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void rmsNormBackwardAgrees(DType dtype, int d) {
        for (int n : new int[] {1, 3, 70}) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(d + n);
                agree(
                        "rmsNormBackward",
                        2,
                        (k, t) -> k.rmsNormBackward(t[2], t[3], t[4], t[5], t[0], t[1]),
                        normal(dtype, random, n, d),
                        normal(DType.F32, random, d),
                        normal(dtype, random, n, d),
                        normal(dtype, random, n, d),
                        normal(dtype, random, d),
                        uniform(0.5, 2, random, n));
                agree(
                        "rmsNormBackward of frozen weights",
                        1,
                        (k, t) -> k.rmsNormBackward(t[1], t[2], t[3], t[4], t[0], null),
                        normal(dtype, random, n, d),
                        normal(dtype, random, n, d),
                        normal(dtype, random, n, d),
                        normal(dtype, random, d),
                        uniform(0.5, 2, random, n));
            }
        }
    }

    static Stream<Arguments> halves() {
        return Stream.of(DType.F32, DType.BF16)
                .flatMap(dtype ->
                        Stream.of(1, 4, 16, 20, 32, 33)
                                .flatMap(half ->
                                        Stream.of(2 * half, 2 * half + 5)
                                                .map(e -> Arguments.of(dtype, half, e))));
    }

    @ParameterizedTest
    @MethodSource("halves")
    void ropeAgreesBothWaysAndLeavesTheRestOfAHead(DType dtype, int half, int e) {
        for (boolean inverse : new boolean[] {false, true}) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(half);
                agree(
                        "rope",
                        1,
                        (k, t) -> k.rope(t[0], t[1], t[2], inverse),
                        normal(dtype, random, 13, 3, e),
                        uniform(-1, 1, random, 13, half),
                        uniform(-1, 1, random, 13, half));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void gatedActivationsAgree(DType dtype, int f) {
        for (Activation activation : Activation.values()) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(f);
                agree(
                        "gatedActivation " + activation,
                        1,
                        (k, t) -> k.gatedActivation(activation, t[1], t[2], t[0]),
                        normal(dtype, random, 5, f),
                        scaled(4, dtype, random, 5, f),
                        normal(dtype, random, 5, f));
                agree(
                        "gatedActivationBackward " + activation,
                        2,
                        (k, t) ->
                                k.gatedActivationBackward(activation, t[2], t[3], t[4], t[0], t[1]),
                        normal(dtype, random, 5, f),
                        normal(dtype, random, 5, f),
                        normal(dtype, random, 5, f),
                        scaled(4, dtype, random, 5, f),
                        normal(dtype, random, 5, f));
                agree(
                        "gatedActivationBackward in place " + activation,
                        2,
                        (k, t) ->
                                k.gatedActivationBackward(activation, t[2], t[0], t[1], t[0], t[1]),
                        scaled(4, dtype, random, 5, f),
                        normal(dtype, random, 5, f),
                        normal(dtype, random, 5, f));
            }
        }
    }

    static Stream<Arguments> tiles() {
        return Stream.of(DType.F32, DType.BF16)
                .flatMap(dtype ->
                        Stream.of(
                                        new ScoreTile(0, 1, 0, 1, 0),
                                        new ScoreTile(0, 33, 0, 33, 0),
                                        new ScoreTile(100, 7, 0, 107, 0),
                                        new ScoreTile(0, 70, 0, 70, 5),
                                        new ScoreTile(90, 31, 60, 61, 31),
                                        new ScoreTile(512, 65, 0, 577, 0))
                                .map(tile -> Arguments.of(dtype, tile)));
    }

    @ParameterizedTest
    @MethodSource("tiles")
    void attentionSoftmaxAgrees(DType dtype, ScoreTile tile) {
        for (int groups : new int[] {1, 3}) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(tile.keys());
                int rows = groups * tile.queries();
                agree(
                        "attentionSoftmax",
                        2,
                        (k, t) -> k.attentionSoftmax(tile, 0.7, t[0], t[1]),
                        scaled(5, dtype, random, 2, rows, tile.keys()),
                        normal(DType.F32, random, 2, rows));
                agree(
                        "attentionSoftmaxBackward",
                        2,
                        (k, t) -> k.attentionSoftmaxBackward(tile, 0.7, t[0], t[1], t[2], t[3]),
                        normal(dtype, random, 2, rows, tile.keys()),
                        normal(dtype, random, 2, rows, tile.keys()),
                        uniform(4, 6, random, 2, rows),
                        normal(DType.F32, random, 2, rows));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void rowDotsAgree(DType dtype, int e) {
        try (Scope _ = p.scopes().open()) {
            Random random = new Random(e);
            agree(
                    "rowDots",
                    1,
                    (k, t) -> k.rowDots(t[1], t[2], t[0]),
                    normal(DType.F32, random, 37),
                    normal(dtype, random, 37, e),
                    normal(dtype, random, 37, e));
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void scaledColumnsAgree(DType dtype, int d) {
        for (int n : new int[] {1, 3, 70}) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(d + n);
                agree(
                        "scaleColumns",
                        1,
                        (k, t) -> k.scaleColumns(t[1], t[2], t[0]),
                        normal(dtype, random, n, d),
                        normal(dtype, random, n, d),
                        uniform(-2, 2, random, d));
                agree(
                        "scaleColumnsBackward",
                        2,
                        (k, t) -> k.scaleColumnsBackward(t[2], t[3], t[4], t[0], t[1]),
                        normal(dtype, random, n, d),
                        normal(DType.F32, random, d),
                        normal(dtype, random, n, d),
                        normal(dtype, random, n, d),
                        uniform(-2, 2, random, d));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void addRowsAddsAllRowsOfAnIndex(DType dtype, int d) {
        for (int n : new int[] {1, 3, 600}) {
            try (Scope _ = p.scopes().open()) {
                Random random = new Random(d + n);
                agree(
                        "addRows",
                        1,
                        (k, t) -> k.addRows(t[0], t[1], t[2]),
                        normal(DType.F32, random, 7, d),
                        indices(random, n, 7),
                        normal(dtype, random, n, d));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void tokenLogProbsAgree(DType dtype, int width) {
        int v = width * 5;
        try (Scope _ = p.scopes().open()) {
            Random random = new Random(v);
            agree(
                    "tokenLogProbs",
                    2,
                    (k, t) -> k.tokenLogProbs(t[2], t[3], t[0], t[1]),
                    normal(DType.F32, random, 9),
                    normal(DType.F32, random, 9),
                    scaled(6, dtype, random, 9, v),
                    indices(random, 9, v));
            agree(
                    "tokenLogProbsBackward",
                    1,
                    (k, t) -> k.tokenLogProbsBackward(t[0], t[1], t[2], t[3]),
                    normal(dtype, random, 9, v),
                    indices(random, 9, v),
                    uniform(Math.log(v) + 0.5, Math.log(v) + 1, random, 9),
                    normal(DType.F32, random, 9));
        }
    }

    @Test
    void logitsFarFromZeroDoNotOverflow() {
        try (Scope _ = p.scopes().open()) {
            Tensor logits = doubles(DType.F32, new double[] {1e4, 1e4 - 1, -1e4, 0}, 1, 4);
            agree(
                    "tokenLogProbs",
                    2,
                    (k, t) -> k.tokenLogProbs(t[2], t[3], t[0], t[1]),
                    normal(DType.F32, new Random(1), 1),
                    normal(DType.F32, new Random(1), 1),
                    logits,
                    indices(new Random(1), 1, 4));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void matricesInFourBitsAreWrittenOutToTheSameBits(DType dtype) {
        try (Scope _ = p.scopes().open()) {
            Random random = new Random(5);
            int rows = 130;
            int blocks = 3 * rows; // of which the last group of scales is not full
            Shape shape = Shape.of(rows, 3L * Nf4.BLOCK);
            byte[] packed = new byte[Math.toIntExact(shape.elements() / 2)];
            random.nextBytes(packed);
            byte[] codes = new byte[blocks];
            random.nextBytes(codes);
            Tensor bytes = bytes(packed);
            Nf4.Scales doubled =
                    new Nf4.Scales.Quantized(
                            bytes(codes),
                            uniform(0.001, 0.002, random, 2),
                            uniform(-1, 1, random, 256),
                            0.01f);
            Nf4.Scales plain = new Nf4.Scales.Plain(uniform(0, 0.05, random, blocks));
            for (Nf4.Scales scales : List.of(plain, doubled)) {
                Nf4 matrix = new Nf4(shape, bytes, scales);
                Tensor found = p.empty(dtype, shape);
                Tensor expected = p.empty(dtype, shape);
                kernels.dequantize(matrix, found);
                reference.dequantize(matrix, expected);
                assertThat(values(found)).isEqualTo(values(expected));
            }
        }
    }

    private Tensor bytes(byte[] values) {
        return p.upload(MemorySegment.ofArray(values), DType.U8, Shape.of(values.length));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void matricesInEightBitsAreWrittenOutToTheSameBits(DType dtype, int d) {
        try (Scope _ = p.scopes().open()) {
            Random random = new Random(d);
            byte[] elements = new byte[37 * d];
            random.nextBytes(elements);
            Shape shape = Shape.of(37, d);
            Tensor bytes = p.upload(MemorySegment.ofArray(elements), DType.I8, shape);
            Int8 matrix = new Int8(bytes, uniform(0.01, 2, random, 37));
            Tensor found = p.empty(dtype, shape);
            Tensor expected = p.empty(dtype, shape);
            kernels.dequantize(matrix, found);
            reference.dequantize(matrix, expected);
            assertThat(values(found)).isEqualTo(values(expected));
        }
    }

    /**
     * Calls a kernel, which writes the first {@code outputs} of the tensors, fused and, in fp64,
     * composed; compares.
     */
    final void agree(String name, int outputs, Call call, Tensor... tensors) {
        Tensor[] wide = new Tensor[tensors.length];
        for (int i = 0; i < wide.length; i++) {
            Tensor tensor = tensors[i];
            wide[i] = tensor.dtype() == DType.I64 ? tensor : p.cast(tensor, DType.F64);
        }
        double[][] before = Stream.of(tensors).map(this::values).toArray(double[][]::new);
        call.run(kernels, tensors);
        call.run(reference, wide);
        for (int i = 0; i < wide.length; i++) {
            double[] found = values(tensors[i]);
            if (i >= outputs) {
                assertThat(found).as("%s: input %d stays", name, i).isEqualTo(before[i]);
                continue;
            }
            double[] truth = values(wide[i]);
            double largest = 0;
            double greatest = 0;
            for (double value : truth) {
                greatest = Math.max(greatest, Math.abs(value));
            }
            // A bf16 result is rounded once; fp32 arithmetic cancels against the largest terms.
            double relative = tensors[i].dtype() == DType.BF16 ? 0x1.01p-8 : 4e-6;
            double floor = 4e-6 * Math.max(greatest, 1e-2);
            for (int j = 0; j < truth.length; j++) {
                double difference = Math.abs(found[j] - truth[j]);
                largest = Math.max(largest, difference);
                if (!(difference <= relative * Math.abs(truth[j]) + floor)) {
                    fail(
                            "%s, %s, output %d at %d: %s for %s",
                            name, tensors[i], i, j, found[j], truth[j]);
                }
            }
            System.out.printf(
                    "%s output %d %s: largest difference %.3g of %.3g%n",
                    name, i, tensors[i], largest, greatest);
        }
    }

    final double[] values(Tensor tensor) {
        if (tensor.dtype() == DType.I64) {
            long[] indices = new long[Math.toIntExact(tensor.elements())];
            p.download(tensor, MemorySegment.ofArray(indices));
            return Arrays.stream(indices).asDoubleStream().toArray();
        }
        try (Scope _ = p.scopes().open()) {
            double[] values = new double[Math.toIntExact(tensor.elements())];
            p.download(p.cast(tensor, DType.F64), MemorySegment.ofArray(values));
            return values;
        }
    }

    final Tensor doubles(DType dtype, double[] values, long... dims) {
        return p.cast(p.upload(MemorySegment.ofArray(values), DType.F64, Shape.of(dims)), dtype);
    }

    final Tensor normal(DType dtype, Random random, long... dims) {
        return scaled(1, dtype, random, dims);
    }

    final Tensor scaled(double deviation, DType dtype, Random random, long... dims) {
        double[] values = new double[Math.toIntExact(Shape.of(dims).elements())];
        Arrays.setAll(values, _ -> deviation * random.nextGaussian());
        return doubles(dtype, values, dims);
    }

    final Tensor uniform(double low, double high, Random random, long... dims) {
        double[] values = new double[Math.toIntExact(Shape.of(dims).elements())];
        Arrays.setAll(values, _ -> random.nextDouble(low, high));
        return doubles(DType.F32, values, dims);
    }

    final Tensor indices(Random random, int n, int bound) {
        long[] values = random.longs(n, 0, bound).toArray();
        return p.upload(MemorySegment.ofArray(values), DType.I64, Shape.of(n));
    }
}
