package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.hone.tensor.Activation;
import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Kernels;
import dev.hone.tensor.Scope;
import dev.hone.tensor.ScoreTile;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kernel against {@link ComposedKernels} in fp64 on the very same inputs, so that what is
 * left of a difference is rounding: half a unit of bf16, or some units of fp32.
 */
@Tag("unit")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CpuKernelsTest {
    private TorchPrimitives p;
    private Kernels reference;
    private CpuKernels kernels;

    @FunctionalInterface
    private interface Call {
        void run(Kernels kernels, Tensor[] tensors);
    }

    @BeforeAll
    void open() {
        TorchRuntime.load();
        p = new TorchPrimitives(Device.CPU);
        reference = new ComposedKernels(p);
        kernels = new CpuKernels(reference, 2);
    }

    @AfterAll
    void close() {
        kernels.close();
        p.close();
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
    void resultsAreTheSameBitsForEveryNumberOfThreads(DType dtype) {
        try (CpuKernels one = new CpuKernels(reference, 1);
                CpuKernels three = new CpuKernels(reference, 3)) {
            List<double[]> expected = everything(one, dtype);
            assertThat(everything(kernels, dtype)).usingRecursiveComparison().isEqualTo(expected);
            assertThat(everything(three, dtype)).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    /** What each kernel writes, on tensors large enough to be shared among threads. */
    private List<double[]> everything(Kernels k, DType dtype) {
        List<Tensor> outputs = new ArrayList<>();
        try (Scope _ = p.scopes().open()) {
            Random random = new Random(3);
            int n = 301;
            int d = 577;
            Tensor x = normal(dtype, random, n, d);
            Tensor weight = normal(dtype, random, d);
            Tensor rstd = normal(DType.F32, random, n);
            Tensor out = normal(dtype, random, n, d);
            k.rmsNorm(x, weight, 1e-5, out, rstd);
            outputs.addAll(List.of(out, rstd));
            Tensor dX = normal(dtype, random, n, d);
            Tensor dWeight = normal(DType.F32, random, d);
            k.rmsNormBackward(out, x, weight, rstd, dX, dWeight);
            outputs.addAll(List.of(dX, dWeight));
            Tensor turned = normal(dtype, random, n, 9, 64);
            Tensor angles = uniform(-1, 1, random, n, 32);
            k.rope(turned, angles, angles, false);
            outputs.add(turned);
            Tensor gated = normal(dtype, random, n, d);
            k.gatedActivation(Activation.SILU, x, out, gated);
            outputs.add(gated);
            Tensor dropped = normal(dtype, random, n, d);
            k.dropout(x, 0.1, 7, dropped);
            outputs.add(dropped);
            Tensor dots = normal(DType.F32, random, n);
            k.rowDots(x, out, dots);
            outputs.add(dots);
            Tensor scores = normal(dtype, random, 3, n, n);
            Tensor logSumExp = normal(DType.F32, random, 3, n);
            k.attentionSoftmax(new ScoreTile(0, n, 0, n, 50), 0.5, scores, logSumExp);
            outputs.addAll(List.of(scores, logSumExp));
            Tensor targets = indices(random, n, d);
            Tensor logProbs = normal(DType.F32, random, n);
            Tensor sums = normal(DType.F32, random, n);
            k.tokenLogProbs(x, targets, logProbs, sums);
            outputs.addAll(List.of(logProbs, sums));
            k.tokenLogProbsBackward(x, targets, sums, logProbs);
            outputs.add(x);
            return outputs.stream().map(this::values).toList();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void dropoutKeepsTheWantedShareScaledAndIndependently(DType dtype) {
        try (Scope _ = p.scopes().open()) {
            int n = 200_001;
            Tensor ones = p.full(dtype, Shape.of(n), 1);
            for (double drop : new double[] {0, 0.1, 0.5}) {
                Tensor out = p.empty(dtype, Shape.of(n));
                kernels.dropout(ones, drop, 11, out);
                double[] found = values(out);
                Tensor scale = doubles(dtype, new double[] {1 / (1 - drop)}, 1);
                double factor = values(scale)[0];
                int kept = 0;
                int[] pairs = new int[40];
                for (int i = 0; i < n; i++) {
                    kept += found[i] > 0 ? 1 : 0;
                    for (int lag = 1; lag < pairs.length && lag <= i; lag++) {
                        pairs[lag] += found[i] > 0 && found[i - lag] > 0 ? 1 : 0;
                    }
                }
                assertThat(Arrays.stream(found).distinct()).isSubsetOf(0.0, factor);
                double keep = 1 - drop;
                double sigma = Math.sqrt(n * keep * drop);
                assertThat(Math.abs(kept - n * keep)).isLessThanOrEqualTo(4 * sigma);
                for (int lag = 1; lag < pairs.length; lag++) {
                    assertThat(Math.abs(pairs[lag] - (n - lag) * keep * keep))
                            .as("kept together with their neighbour %d away", lag)
                            .isLessThanOrEqualTo(8 * sigma);
                }
            }
        }
    }

    @Test
    void dropoutDependsOnTheSeedAloneAndTheBackwardHasTheSameMask() {
        try (Scope _ = p.scopes().open()) {
            Tensor x = p.full(DType.F32, Shape.of(5000), 1);
            Tensor dOut = p.full(DType.F32, Shape.of(5000), 3);
            Tensor a = p.empty(DType.F32, x.shape());
            Tensor b = p.empty(DType.F32, x.shape());
            Tensor c = p.empty(DType.F32, x.shape());
            kernels.dropout(x, 0.5, 1, a);
            kernels.dropout(dOut, 0.5, 1, b);
            kernels.dropout(x, 0.5, 2, c);
            double[] tripled = Arrays.stream(values(a)).map(value -> 3 * value).toArray();
            assertThat(values(b)).isEqualTo(tripled);
            double[] other = values(c);
            double[] first = values(a);
            long same = IntStream.range(0, 5000).filter(i -> first[i] == other[i]).count();
            assertThat(same).isBetween(2350L, 2650L);
        }
    }

    @Test
    void otherDtypesAreRefused() {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.full(DType.F64, Shape.of(2, 3), 1);
            Tensor f32 = p.full(DType.F32, Shape.of(2, 3), 1);
            Tensor bf16 = p.full(DType.BF16, Shape.of(2, 3), 1);
            assertThatThrownBy(() -> kernels.dropout(wide, 0.1, 1, wide))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(
                            "dropout got F64[2, 3]@cpu: the fused CPU kernels compute with F32 and BF16; use TorchOps.cpuReference for others");
            assertThatThrownBy(() -> kernels.gatedActivation(Activation.SILU, f32, bf16, f32))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "gatedActivation wants tensors of one dtype, but got F32[2, 3]@cpu and BF16[2, 3]@cpu");
            assertThatThrownBy(() -> kernels.rowDots(bf16, bf16, bf16))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(
                            "rowDots wants F32 here, but got BF16[2, 3]@cpu; use TorchOps.cpuReference for other dtypes");
        }
    }

    @Test
    void argumentsThatWouldReachOutsideOfMemoryAreRefused() {
        try (Scope _ = p.scopes().open()) {
            Tensor logits = p.full(DType.F32, Shape.of(2, 3), 1);
            Tensor rows = p.full(DType.F32, Shape.of(2), 1);
            Tensor targets =
                    p.upload(MemorySegment.ofArray(new long[] {2, 3}), DType.I64, Shape.of(2));
            assertThatThrownBy(() -> kernels.tokenLogProbs(logits, targets, rows, rows))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("target 3 of row 1 is outside the vocabulary of 3 tokens");
            assertThatThrownBy(() ->
                            kernels.attentionSoftmax(new ScoreTile(0, 2, 0, 3, 0), 0, logits, rows))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("attentionSoftmax wants a positive scale, but got 0.0");
        }
    }

    @Test
    void descriptionSaysWhatRuns() {
        assertThat(kernels.description())
                .isEqualTo(
                        "fused Java kernels, "
                                + CpuVectors.FLOATS.vectorBitSize()
                                + "-bit vectors, 2 threads");
    }

    /**
     * Calls a kernel, which writes the first {@code outputs} of the tensors, fused and, in fp64,
     * composed; compares.
     */
    private void agree(String name, int outputs, Call call, Tensor... tensors) {
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

    private double[] values(Tensor tensor) {
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

    private Tensor doubles(DType dtype, double[] values, long... dims) {
        return p.cast(p.upload(MemorySegment.ofArray(values), DType.F64, Shape.of(dims)), dtype);
    }

    private Tensor normal(DType dtype, Random random, long... dims) {
        return scaled(1, dtype, random, dims);
    }

    private Tensor scaled(double deviation, DType dtype, Random random, long... dims) {
        double[] values = new double[Math.toIntExact(Shape.of(dims).elements())];
        Arrays.setAll(values, _ -> deviation * random.nextGaussian());
        return doubles(dtype, values, dims);
    }

    private Tensor uniform(double low, double high, Random random, long... dims) {
        double[] values = new double[Math.toIntExact(Shape.of(dims).elements())];
        Arrays.setAll(values, _ -> random.nextDouble(low, high));
        return doubles(DType.F32, values, dims);
    }

    private Tensor indices(Random random, int n, int bound) {
        long[] values = random.longs(n, 0, bound).toArray();
        return p.upload(MemorySegment.ofArray(values), DType.I64, Shape.of(n));
    }
}
