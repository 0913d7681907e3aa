package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.Activation;
import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.DType;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The processor's kernels, in Java. */
@Tag("unit")
final class CpuKernelsTest extends KernelsAgreement {

    @Override
    Engine engine() {
        TorchRuntime.load();
        TorchPrimitives primitives = new TorchPrimitives();
        CpuKernels two = new CpuKernels(new ComposedKernels(primitives), 2);
        return new Engine(primitives, two, two);
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
            Tensor noisy = normal(dtype, random, n, d);
            k.addNoise(noisy, uniform(0, 1, random, n), 5);
            outputs.add(noisy);
            Tensor factors = uniform(0, 2, random, d);
            Tensor scaled = normal(dtype, random, n, d);
            k.scaleColumns(x, factors, scaled);
            Tensor dScaled = normal(dtype, random, n, d);
            k.scaleColumnsBackward(scaled, x, factors, dScaled, dWeight);
            outputs.addAll(List.of(scaled, dScaled));
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

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void noiseIsSpreadEvenlyWithinTheBoundOfItsRow(DType dtype) {
        int n = 60;
        int d = 1031;
        float[] bounds = new float[n];
        for (int row = 0; row < n; row++) {
            bounds[row] = row % 4 == 3 ? 0 : 1 << row % 4;
        }
        for (Kernels k : List.of(kernels, reference)) {
            try (Scope _ = p.scopes().open()) {
                Tensor x = p.full(dtype, Shape.of(n, d), 0);
                k.addNoise(x, p.upload(MemorySegment.ofArray(bounds), DType.F32, Shape.of(n)), 77);
                double[] found = values(x);
                double[] parts = new double[8];
                double[] neighbours = new double[40];
                for (int row = 0; row < n; row++) {
                    for (int i = 0; i < d; i++) {
                        double value = found[row * d + i];
                        if (bounds[row] == 0) {
                            assertThat(value).isZero();
                            continue;
                        }
                        assertThat(Math.abs(value)).isLessThanOrEqualTo(bounds[row]);
                        double share = value / bounds[row];
                        parts[(int) Math.min(7, (share + 1) * 4)]++;
                        for (int lag = 1; lag < neighbours.length && lag <= i; lag++) {
                            neighbours[lag] += share * found[row * d + i - lag] / bounds[row];
                        }
                    }
                }
                double drawn = 45.0 * d;
                for (double part : parts) {
                    assertThat(Math.abs(part - drawn / 8))
                            .as("drawn into an eighth")
                            .isLessThan(4 * Math.sqrt(drawn * 7 / 64) + drawn / 512);
                }
                for (double sum : neighbours) {
                    assertThat(Math.abs(sum))
                            .as("product with a neighbour")
                            .isLessThan(4.5 * Math.sqrt(drawn) / 3);
                }
            }
        }
    }

    @Test
    void noiseFollowsFromTheSeedAlone() {
        try (Scope _ = p.scopes().open()) {
            Tensor bounds = p.full(DType.F32, Shape.of(9), 1);
            List<double[]> found = new ArrayList<>();
            for (long seed : new long[] {3, 3, 4}) {
                Tensor x = p.full(DType.F32, Shape.of(9, 70), 0);
                kernels.addNoise(x, bounds, seed);
                found.add(values(x));
            }
            assertThat(found.get(1)).isEqualTo(found.get(0));
            assertThat(found.get(2)).isNotEqualTo(found.get(0));
            assertThat(Arrays.stream(found.get(0)).distinct().count()).isGreaterThan(620);
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
}
