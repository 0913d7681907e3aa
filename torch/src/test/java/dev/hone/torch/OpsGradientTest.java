package dev.hone.torch;

import static dev.hone.torch.Autograd.concatenate;
import static dev.hone.torch.Autograd.constant;
import static dev.hone.torch.Autograd.gradients;
import static dev.hone.torch.Autograd.indices;
import static dev.hone.torch.Autograd.leaf;
import static dev.hone.torch.Autograd.scalar;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.Activation;
import dev.hone.tensor.AttentionSpec;
import dev.hone.tensor.DType;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateSlot;
import dev.hone.tensor.UpdateStep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation's value and gradients in fp64 against the same formula under libtorch's autograd,
 * and some against differences of their own forward.
 */
@Tag("unit")
final class OpsGradientTest {
    private static final double TOLERANCE = 1e-11;
    private static final double DIFFERENCE_TOLERANCE = 1e-6;
    private static final double STEP = 1e-5;

    private final SplittableRandom random = new SplittableRandom(20261122);
    private PointerScope pointers;
    private TorchOps ops;

    @BeforeEach
    void open() {
        TorchRuntime.load();
        pointers = new PointerScope();
        ops = TorchOps.cpuReference(1);
    }

    @AfterEach
    void close() {
        ops.close();
        pointers.close();
    }

    private double[] normal(int count) {
        return random.doubles(count).map(_ -> random.nextGaussian()).toArray();
    }

    private Tensor tensor(double[] values, long... dims) {
        return ops.upload(MemorySegment.ofArray(values), DType.F64, Shape.of(dims));
    }

    private double[] values(Tensor tensor) {
        double[] values = new double[Math.toIntExact(tensor.elements())];
        ops.download(tensor, MemorySegment.ofArray(values));
        return values;
    }

    /** The largest difference in proportion to the largest expected value. */
    private static void same(String what, double[] found, double[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double scale = 0;
        double difference = 0;
        for (int i = 0; i < found.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(found[i] - expected[i])); // NaN stays
        }
        System.out.printf("%s: largest difference %.1e of %.1e%n", what, difference, scale);
        assertThat(scale).as(what + ": something to compare").isPositive();
        assertThat(difference / scale).as(what).isLessThan(TOLERANCE);
    }

    @Test
    void rmsNorm() {
        double[] x = normal(5 * 7);
        double[] weight = normal(7);
        double[] dOut = normal(5 * 7);
        var xLeaf = leaf(x, 5, 7);
        var weightLeaf = leaf(weight, 7);
        var out = xLeaf.mul(rstd(xLeaf, 1e-5)).mul(weightLeaf);
        List<double[]> expected = gradients(out, dOut, xLeaf, weightLeaf);

        Tensor xs = tensor(x, 5, 7);
        Tensor weights = tensor(weight, 7);
        var normed = ops.rmsNorm(xs, weights, 1e-5);
        Tensor dX = ops.zeros(DType.F64, xs.shape());
        Tensor dWeight = ops.zeros(DType.F64, weights.shape());
        ops.rmsNormBackward(tensor(dOut, 5, 7), xs, weights, normed.rstd(), dX, dWeight);
        same("out", values(normed.out()), Autograd.values(out));
        same("out again", values(ops.rmsNormAgain(xs, weights, 1e-5)), Autograd.values(out));
        same("rstd", values(normed.rstd()), Autograd.values(rstd(xLeaf, 1e-5)));
        same("dX", values(dX), expected.get(0));
        same("dWeight", values(dWeight), expected.get(1));
    }

    private static org.bytedeco.pytorch.Tensor rstd(org.bytedeco.pytorch.Tensor x, double eps) {
        return torch.add(x.mul(x).mean(new long[] {-1}, true, null), scalar(eps)).rsqrt();
    }

    @Test
    void rmsNormBackwardAddsToWhatTheGradientsHold() {
        Tensor x = tensor(normal(6), 2, 3);
        Tensor weight = tensor(normal(3), 3);
        Tensor rstd = ops.rmsNorm(x, weight, 1e-5).rstd();
        Tensor dX = ops.zeros(DType.F64, x.shape());
        Tensor dWeight = ops.zeros(DType.F64, weight.shape());
        ops.rmsNormBackward(x, x, weight, rstd, dX, dWeight);
        double[] once = values(dX);
        double[] weightOnce = values(dWeight);
        ops.rmsNormBackward(x, x, weight, rstd, dX, dWeight);
        same("dX", values(dX), doubled(once));
        same("dWeight", values(dWeight), doubled(weightOnce));
    }

    private static double[] doubled(double[] values) {
        return java.util.Arrays.stream(values).map(v -> 2 * v).toArray();
    }

    @Test
    void linearWithAnAdapterBesideIt() {
        double[] x = normal(5 * 6);
        double[] weight = normal(4 * 6);
        double[] a = normal(2 * 6);
        double[] b = normal(4 * 2);
        double[] dOut = normal(5 * 4);
        double scale = 0.7;
        var xLeaf = leaf(x, 5, 6);
        var weightLeaf = leaf(weight, 4, 6);
        var aLeaf = leaf(a, 2, 6);
        var bLeaf = leaf(b, 4, 2);
        var low = xLeaf.matmul(aLeaf.t());
        var out = torch.add(xLeaf.matmul(weightLeaf.t()), low.matmul(bLeaf.t()).mul(scalar(scale)));
        List<double[]> expected = gradients(out, dOut, xLeaf, weightLeaf, aLeaf, bLeaf);

        Tensor xs = tensor(x, 5, 6);
        Tensor weights = tensor(weight, 4, 6);
        Tensor as = tensor(a, 2, 6);
        Tensor bs = tensor(b, 4, 2);
        Tensor down = ops.linear(xs, as);
        Tensor y = ops.linear(xs, weights);
        ops.linearInto(y, down, bs, scale);
        Tensor dY = tensor(dOut, 5, 4);
        Tensor dX = ops.linearBackward(dY, weights);
        Tensor dDown = ops.linearBackward(dY, bs);
        ops.linearBackwardInto(dX, dDown, as, scale);
        Tensor dWeight = ops.zeros(DType.F64, weights.shape());
        Tensor dA = ops.zeros(DType.F64, as.shape());
        Tensor dB = ops.zeros(DType.F64, bs.shape());
        ops.linearWeightGradient(dWeight, dY, xs, 1);
        ops.linearWeightGradient(dA, dDown, xs, scale);
        ops.linearWeightGradient(dB, dY, down, scale);
        same("out", values(y), Autograd.values(out));
        same("dX", values(dX), expected.get(0));
        same("dWeight", values(dWeight), expected.get(1));
        same("dA", values(dA), expected.get(2));
        same("dB", values(dB), expected.get(3));
    }

    @Test
    void adaptedNormsAreThoseOfTheRowsFormed() {
        double[] weight = normal(9 * 6);
        double[] a = normal(2 * 6);
        double[] b = normal(9 * 2);
        java.util.Arrays.fill(weight, 0, 6, 0);
        java.util.Arrays.fill(b, 0, 2, 0);
        double scale = 0.7;
        double[] expected = new double[9];
        for (int row = 0; row < 9; row++) {
            for (int i = 0; i < 6; i++) {
                double delta = b[2 * row] * a[i] + b[2 * row + 1] * a[6 + i];
                expected[row] += Math.pow(weight[6 * row + i] + scale * delta, 2);
            }
            expected[row] = Math.sqrt(expected[row]);
        }
        Tensor weights = tensor(weight, 9, 6);
        double[] norms =
                values(
                        ops.adaptedNorms(
                                weights,
                                ops.rowSquares(weights),
                                tensor(a, 2, 6),
                                tensor(b, 9, 2),
                                scale));
        same("norms", norms, expected);
        assertThat(norms[0]).as("of a row of zeros").isEqualTo(1e-15);
    }

    @Test
    void scaledColumns() {
        double[] x = normal(5 * 3);
        double[] factors = normal(3);
        double[] dOut = normal(5 * 3);
        var xLeaf = leaf(x, 5, 3);
        var factorLeaf = leaf(factors, 3);
        var out = xLeaf.mul(factorLeaf);
        List<double[]> expected = gradients(out, dOut, xLeaf, factorLeaf);
        Tensor xs = tensor(x, 5, 3);
        Tensor fs = tensor(factors, 3);
        Tensor dFactors = ops.zeros(DType.F64, Shape.of(3));
        same("out", values(ops.scaleColumns(xs, fs)), Autograd.values(out));
        same(
                "dX",
                values(ops.scaleColumnsBackward(tensor(dOut, 5, 3), xs, fs, dFactors)),
                expected.get(0));
        same("dFactors", values(dFactors), expected.get(1));
    }

    @Test
    void biasGradientIsTheSumOfColumns() {
        double[] x = normal(5 * 3);
        double[] dOut = normal(5 * 3);
        var bias = leaf(normal(3), 3);
        List<double[]> expected = gradients(torch.add(constant(x, 5, 3), bias), dOut, bias);
        Tensor dBias = ops.zeros(DType.F64, Shape.of(3));
        ops.addColumnSums(tensor(dOut, 5, 3), dBias);
        same("dBias", values(dBias), expected.get(0));
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(ints = {4, 3})
    void ropeTurnsTheFirstEntriesOfEachHead(int half) {
        double[] x = normal(5 * 2 * 8);
        double[] cos = normal(5 * half);
        double[] sin = normal(5 * half);
        double[] dOut = normal(5 * 2 * 8);
        var xLeaf = leaf(x, 5, 2, 8);
        var c = constant(cos, 5, 1, half);
        var s = constant(sin, 5, 1, half);
        var first = xLeaf.narrow(2, 0, half);
        var second = xLeaf.narrow(2, half, half);
        var out =
                concatenate(
                        2,
                        List.of(
                                torch.subtract(first.mul(c), second.mul(s)),
                                torch.add(second.mul(c), first.mul(s)),
                                xLeaf.narrow(2, 2L * half, 8 - 2L * half)));
        List<double[]> expected = gradients(out, dOut, xLeaf);

        Tensor turned = tensor(x, 5, 2, 8);
        Tensor cosines = tensor(cos, 5, half);
        Tensor sines = tensor(sin, 5, half);
        ops.rope(turned, cosines, sines);
        Tensor dX = tensor(dOut, 5, 2, 8);
        ops.ropeBackward(dX, cosines, sines);
        same("out", values(turned), Autograd.values(out));
        same("dX", values(dX), expected.get(0));
    }

    static Stream<Arguments> attention() {
        Sequences packed = Sequences.of(0, 4, 5, 12);
        return Stream.of(
                Arguments.of("one sequence", 2, 2, Sequences.of(0, 6), 0),
                Arguments.of("three sequences", 2, 2, packed, 0),
                Arguments.of("grouped query heads", 6, 2, packed, 0),
                Arguments.of("one key-value head", 4, 1, packed, 0),
                Arguments.of("a window of 3", 4, 2, packed, 3),
                Arguments.of("a window of 2", 2, 1, packed, 2),
                Arguments.of("cached keys", 4, 2, Sequences.cached(3, 9), 0),
                Arguments.of("cached keys and a window", 4, 2, Sequences.cached(3, 9), 4),
                Arguments.of(
                        "several caches",
                        2,
                        1,
                        new Sequences(new int[] {0, 1, 4}, new int[] {0, 5, 9}),
                        0),
                // more tokens than one tile of 2^21 scores holds
                Arguments.of("several tiles", 64, 8, Sequences.of(0, 200), 0),
                Arguments.of("several tiles and a window", 64, 8, Sequences.of(0, 200), 20));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void attention(String name, int heads, int keyHeads, Sequences sequences, int window) {
        int e = 4;
        AttentionSpec spec = new AttentionSpec(0.6, window);
        long t = sequences.queries();
        long s = sequences.keys();
        double[] q = normal((int) t * heads * e);
        double[] k = normal((int) s * keyHeads * e);
        double[] v = normal((int) s * keyHeads * e);
        double[] dOut = normal((int) t * heads * e);
        var qLeaf = leaf(q, t, heads, e);
        var kLeaf = leaf(k, s, keyHeads, e);
        var vLeaf = leaf(v, s, keyHeads, e);
        var out = attended(qLeaf, kLeaf, vLeaf, heads / keyHeads, sequences, spec);
        List<double[]> expected = gradients(out, dOut, qLeaf, kLeaf, vLeaf);

        Tensor qs = tensor(q, t, heads, e);
        Tensor ks = tensor(k, s, keyHeads, e);
        Tensor vs = tensor(v, s, keyHeads, e);
        var attended = ops.attention(qs, ks, vs, sequences, spec);
        var found =
                ops.attentionBackward(
                        tensor(dOut, t, heads, e), qs, ks, vs, attended, sequences, spec);
        same("out", values(attended.out()), Autograd.values(out));
        same("dQ", values(found.dQ()), expected.get(0));
        same("dK", values(found.dK()), expected.get(1));
        same("dV", values(found.dV()), expected.get(2));
    }

    /** Attention as the textbook has it, one sequence at a time, with all scores at once. */
    private static org.bytedeco.pytorch.Tensor attended(
            org.bytedeco.pytorch.Tensor q,
            org.bytedeco.pytorch.Tensor k,
            org.bytedeco.pytorch.Tensor v,
            int groups,
            Sequences sequences,
            AttentionSpec spec) {
        List<org.bytedeco.pytorch.Tensor> parts = new ArrayList<>();
        for (int i = 0; i < sequences.count(); i++) {
            int queries = sequences.queryEnd(i) - sequences.queryStart(i);
            int keys = sequences.keyEnd(i) - sequences.keyStart(i);
            var query = q.narrow(0, sequences.queryStart(i), queries).permute(1, 0, 2);
            var key = repeated(k.narrow(0, sequences.keyStart(i), keys), groups);
            var value = repeated(v.narrow(0, sequences.keyStart(i), keys), groups);
            var scores = query.matmul(key.transpose(1, 2)).mul(scalar(spec.scale()));
            var probs = torch.add(scores, visible(queries, keys, spec.window())).softmax(-1);
            parts.add(probs.matmul(value).permute(1, 0, 2));
        }
        return concatenate(0, parts);
    }

    /** [S, K, E] as [H, S, E]. */
    private static org.bytedeco.pytorch.Tensor repeated(
            org.bytedeco.pytorch.Tensor tokens, int groups) {
        return tokens.permute(1, 0, 2)
                .repeat_interleave(groups, new LongOptional(0), new LongOptional());
    }

    /** 0 where a query sees a key, else −∞. */
    private static org.bytedeco.pytorch.Tensor visible(int queries, int keys, int window) {
        double[] mask = new double[queries * keys];
        for (int i = 0; i < queries; i++) {
            int position = keys - queries + i;
            for (int j = 0; j < keys; j++) {
                boolean seen = j <= position && (window <= 0 || position - j < window);
                mask[i * keys + j] = seen ? 0 : Double.NEGATIVE_INFINITY;
            }
        }
        return constant(mask, queries, keys);
    }

    @ParameterizedTest
    @EnumSource
    void gatedActivation(Activation activation) {
        double[] gate = normal(5 * 9);
        double[] up = normal(5 * 9);
        double[] dOut = normal(5 * 9);
        var gateLeaf = leaf(gate, 5, 9);
        var upLeaf = leaf(up, 5, 9);
        var activated =
                switch (activation) {
                    case SILU -> torch.silu(gateLeaf);
                    case GELU_TANH -> torch.gelu(gateLeaf, "tanh");
                };
        var out = activated.mul(upLeaf);
        List<double[]> expected = gradients(out, dOut, gateLeaf, upLeaf);

        Tensor gates = tensor(gate, 5, 9);
        Tensor ups = tensor(up, 5, 9);
        same("out", values(ops.gatedActivation(activation, gates, ups)), Autograd.values(out));
        ops.gatedActivationBackward(activation, tensor(dOut, 5, 9), gates, ups);
        same("dGate", values(gates), expected.get(0));
        same("dUp", values(ups), expected.get(1));
    }

    static Stream<Arguments> tokenLogProbs() {
        return Stream.of(
                Arguments.of("few rows", 5, 11),
                // 32 MiB of fp64 logits hold fewer than 16 rows of so many columns
                Arguments.of("rows in two chunks", 20, 263_000));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tokenLogProbs(String name, int n, int vocabulary) {
        int d = 3;
        double[] hidden = normal(n * d);
        double[] head = normal(vocabulary * d);
        double[] dLogProbs = normal(n);
        int[] targets = random.ints(n, 0, vocabulary).toArray();
        var hiddenLeaf = leaf(hidden, n, d);
        var headLeaf = leaf(head, vocabulary, d);
        var logits = hiddenLeaf.matmul(headLeaf.t());
        var out = logits.log_softmax(-1).gather(1, indices(targets).unsqueeze(1));
        List<double[]> expected = gradients(out, dLogProbs, hiddenLeaf, headLeaf);

        Tensor hiddens = tensor(hidden, n, d);
        Tensor heads = tensor(head, vocabulary, d);
        Tensor ids = ops.ofIndices(targets);
        Tensor dHidden = ops.empty(DType.F64, n, d);
        Tensor dHead = ops.zeros(DType.F64, heads.shape());
        Tensor logProbs =
                ops.tokenLogProbsBackward(
                        hiddens, heads, ids, tensor(dLogProbs, n), dHidden, dHead);
        same("logProbs", values(ops.tokenLogProbs(hiddens, heads, ids)), Autograd.values(out));
        same("logProbs of the backward", values(logProbs), Autograd.values(out));
        same("dHidden", values(dHidden), expected.get(0));
        same("dHead", values(dHead), expected.get(1));
    }

    @Test
    void embeddingAddsTheGradientsOfATokenThatOccursTwice() {
        double[] table = normal(6 * 3);
        double[] dOut = normal(4 * 3);
        int[] ids = {2, 5, 2, 0};
        var tableLeaf = leaf(table, 6, 3);
        var out = torch.embedding(tableLeaf, indices(ids));
        List<double[]> expected = gradients(out, dOut, tableLeaf);

        Tensor index = ops.ofIndices(ids);
        Tensor dTable = ops.zeros(DType.F64, Shape.of(6, 3));
        ops.embeddingBackward(tensor(dOut, 4, 3), index, dTable);
        same("out", values(ops.embedding(tensor(table, 6, 3), index)), Autograd.values(out));
        same("dTable", values(dTable), expected.get(0));
    }

    @Test
    void dropoutIsItsOwnGradientForTheSameSeed() {
        int n = 1000;
        double[] ones = new double[n];
        java.util.Arrays.fill(ones, 1);
        double[] mask = values(ops.dropout(tensor(ones, n), 0.25, 11));
        assertThat(mask).containsOnly(0, 1 / 0.75);
        assertThat(java.util.Arrays.stream(mask).filter(m -> m > 0).count()).isBetween(700L, 800L);
        assertThat(values(ops.dropout(tensor(ones, n), 0.25, 12))).isNotEqualTo(mask);
        double[] x = normal(n);
        double[] dOut = normal(n);
        var xLeaf = leaf(x, n);
        var out = xLeaf.mul(constant(mask, n));
        List<double[]> expected = gradients(out, dOut, xLeaf);
        same("out", values(ops.dropout(tensor(x, n), 0.25, 11)), Autograd.values(out));
        same("dX", values(ops.dropout(tensor(dOut, n), 0.25, 11)), expected.get(0));
    }

    @Test
    void adamWIsLibtorchs() {
        double[] start = normal(40);
        var leaf = leaf(start, 40);
        AdamWOptions options = new AdamWOptions(0.01);
        options.weight_decay().put(0.1);
        options.eps().put(1e-7);
        AdamW oracle = new AdamW(new TensorVector(leaf), options);
        Tensor parameter = tensor(start, 40);
        Tensor m = ops.zeros(DType.F64, Shape.of(40));
        Tensor v = ops.zeros(DType.F64, Shape.of(40));
        for (int step = 1; step <= 3; step++) {
            double[] gradient = normal(40);
            oracle.zero_grad();
            gradients(leaf, gradient);
            oracle.step();
            // The gradient comes doubled and is halved as it is read.
            ops.update(
                    new dev.hone.tensor.AdamW(new UpdateStep(step, 0.01, 0.5, 0), 0.9, 0.999, 1e-7),
                    List.of(
                            new UpdateSlot(
                                    parameter,
                                    parameter,
                                    tensor(doubled(gradient), 40),
                                    List.of(m, v),
                                    1,
                                    0.1,
                                    0)));
            same("parameter after step " + step, values(parameter), Autograd.values(leaf));
        }
    }

    // Differences: (f(x + h) − f(x − h)) / 2h of a forward, against its own backward

    @Test
    void rmsNormMatchesDifferencesOfItsForward() {
        double[] x = normal(3 * 5);
        double[] dOut = normal(3 * 5);
        Tensor weight = tensor(normal(5), 5);
        Tensor xs = tensor(x, 3, 5);
        Tensor dX = ops.zeros(DType.F64, xs.shape());
        Tensor rstd = ops.rmsNorm(xs, weight, 1e-5).rstd();
        ops.rmsNormBackward(tensor(dOut, 3, 5), xs, weight, rstd, dX, null);
        differences(
                x, values(dX), p -> dot(ops.rmsNorm(tensor(p, 3, 5), weight, 1e-5).out(), dOut));
    }

    @ParameterizedTest
    @EnumSource
    void gatedActivationMatchesDifferencesOfItsForward(Activation activation) {
        double[] gate = normal(12);
        double[] up = normal(12);
        double[] dOut = normal(12);
        Tensor gates = tensor(gate, 3, 4);
        Tensor ups = tensor(up, 3, 4);
        ops.gatedActivationBackward(activation, tensor(dOut, 3, 4), gates, ups);
        differences(
                gate,
                values(gates),
                p -> dot(ops.gatedActivation(activation, tensor(p, 3, 4), tensor(up, 3, 4)), dOut));
    }

    @Test
    void attentionMatchesDifferencesOfItsForward() {
        Sequences sequences = Sequences.of(0, 3, 7);
        AttentionSpec spec = new AttentionSpec(0.5, 3);
        double[] k = normal(7 * 4);
        double[] dOut = normal(7 * 2 * 4);
        Tensor q = tensor(normal(7 * 2 * 4), 7, 2, 4);
        Tensor v = tensor(normal(7 * 4), 7, 1, 4);
        Tensor ks = tensor(k, 7, 1, 4);
        var kept = ops.attention(q, ks, v, sequences, spec);
        var found = ops.attentionBackward(tensor(dOut, 7, 2, 4), q, ks, v, kept, sequences, spec);
        differences(
                k,
                values(found.dK()),
                p -> dot(ops.attention(q, tensor(p, 7, 1, 4), v, sequences, spec).out(), dOut));
    }

    @Test
    void tokenLogProbsMatchDifferencesOfTheirForward() {
        double[] hidden = normal(4 * 3);
        double[] dOut = normal(4);
        Tensor head = tensor(normal(6 * 3), 6, 3);
        Tensor targets = ops.ofIndices(new int[] {0, 5, 2, 2});
        Tensor dHidden = ops.empty(DType.F64, 4, 3);
        ops.tokenLogProbsBackward(
                tensor(hidden, 4, 3), head, targets, tensor(dOut, 4), dHidden, null);
        differences(
                hidden,
                values(dHidden),
                p -> dot(ops.tokenLogProbs(tensor(p, 4, 3), head, targets), dOut));
    }

    private double dot(Tensor out, double[] dOut) {
        double sum = 0;
        double[] values = values(out);
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * dOut[i];
        }
        return sum;
    }

    private static void differences(
            double[] x, double[] gradient, ToDoubleFunction<double[]> function) {
        for (int i = 0; i < x.length; i++) {
            double[] above = x.clone();
            double[] below = x.clone();
            above[i] += STEP;
            below[i] -= STEP;
            double slope =
                    (function.applyAsDouble(above) - function.applyAsDouble(below)) / (2 * STEP);
            assertThat(gradient[i])
                    .as("entry " + i)
                    .isCloseTo(slope, org.assertj.core.data.Offset.offset(DIFFERENCE_TOLERANCE));
        }
    }
}
