package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels as plain array arithmetic on {@link Primitives}: the reference that every faster
 * implementation is tested against, what runs where none exists, and, on paper, an exact account of
 * the temporaries this takes.
 */
public final class ComposedKernels implements Kernels {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private final Primitives p;
    private final ComposedUpdates updates;

    public ComposedKernels(Primitives primitives) {
        this.p = primitives;
        this.updates = new ComposedUpdates(primitives);
    }

    @Override
    public String description() {
        return "composed of plain operations";
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, double eps, Tensor out, @Nullable Tensor rstdOut) {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.cast(x, compute(x));
            Tensor rstd = rstd(wide, eps);
            if (rstdOut != null) {
                p.copy(p.view(rstd, rstdOut.shape()), rstdOut);
            }
            p.mulInPlace(wide, rstd);
            p.mulInPlace(wide, p.cast(weight, wide.dtype()));
            p.copy(wide, out);
        }
    }

    private Tensor rstd(Tensor wide, double eps) {
        Tensor mean = p.sum(p.mul(wide, wide), -1); // [N, 1]
        p.affineInPlace(mean, 1.0 / wide.dim(-1), eps);
        return p.rsqrt(mean);
    }

    @Override
    public void rmsNormBackward(
            Tensor dOut,
            Tensor x,
            Tensor weight,
            Tensor rstd,
            Tensor dX,
            @Nullable Tensor dWeight) {
        try (Scope _ = p.scopes().open()) {
            DType wide = compute(x);
            Tensor column = p.view(rstd, Shape.of(x.dim(0), 1));
            Tensor normed = p.cast(x, wide);
            p.mulInPlace(normed, column);
            Tensor g = p.cast(dOut, wide);
            if (dWeight != null) {
                p.addInPlace(dWeight, p.view(p.sum(p.mul(g, normed), 0), dWeight.shape()), 1);
            }
            p.mulInPlace(g, p.cast(weight, wide));
            Tensor mean = p.sum(p.mul(g, normed), -1); // [N, 1]
            p.affineInPlace(mean, 1.0 / x.dim(-1), 0);
            p.mulInPlace(normed, mean);
            p.addInPlace(g, normed, -1);
            p.mulInPlace(g, column);
            p.addInPlace(dX, g, 1);
        }
    }

    @Override
    public void rope(Tensor x, Tensor cos, Tensor sin, boolean inverse) {
        try (Scope _ = p.scopes().open()) {
            DType wide = compute(x);
            long half = cos.dim(-1);
            Shape column = Shape.of(cos.dim(0), 1, half);
            Tensor c = p.view(p.cast(cos, wide), column);
            Tensor s = p.view(p.cast(sin, wide), column);
            Tensor a = p.slice(x, -1, 0, half);
            Tensor b = p.slice(x, -1, half, 2 * half);
            Tensor wideA = p.cast(a, wide);
            Tensor wideB = p.cast(b, wide);
            double sign = inverse ? -1 : 1;
            Tensor newA = p.mul(wideA, c);
            p.addInPlace(newA, p.mul(wideB, s), -sign);
            Tensor newB = p.mul(wideB, c);
            p.addInPlace(newB, p.mul(wideA, s), sign);
            p.copy(newA, a);
            p.copy(newB, b);
        }
    }

    @Override
    public void gatedActivation(Activation activation, Tensor gate, Tensor up, Tensor out) {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.cast(gate, compute(gate));
            Tensor activated = p.mul(wide, slope(activation, wide));
            p.mulInPlace(activated, p.cast(up, wide.dtype()));
            p.copy(activated, out);
        }
    }

    /** act(x)/x: σ(x), or σ's counterpart 0.5·(1 + tanh(…)). */
    private Tensor slope(Activation activation, Tensor wide) {
        return switch (activation) {
            case SILU -> p.sigmoid(wide);
            case GELU_TANH -> {
                Tensor inner = p.mul(wide, wide);
                p.affineInPlace(inner, 0.044715 * SQRT_2_OVER_PI, SQRT_2_OVER_PI);
                p.mulInPlace(inner, wide);
                Tensor slope = p.tanh(inner);
                p.affineInPlace(slope, 0.5, 0.5);
                yield slope;
            }
        };
    }

    @Override
    public void gatedActivationBackward(
            Activation activation, Tensor dOut, Tensor gate, Tensor up, Tensor dGate, Tensor dUp) {
        try (Scope _ = p.scopes().open()) {
            DType wide = compute(gate);
            Tensor x = p.cast(gate, wide);
            Tensor g = p.cast(dOut, wide);
            Tensor slope = slope(activation, x);
            // act'(x) = slope + x · slope'(x)
            Tensor derivative = p.mul(slope, slope);
            p.affineInPlace(derivative, -1, 0);
            p.addInPlace(derivative, slope, 1); // s·(1 − s)
            p.mulInPlace(derivative, x);
            if (activation == Activation.GELU_TANH) {
                Tensor inner = p.mul(x, x);
                p.affineInPlace(inner, 6 * 0.044715 * SQRT_2_OVER_PI, 2 * SQRT_2_OVER_PI);
                p.mulInPlace(derivative, inner);
            }
            p.addInPlace(derivative, slope, 1);
            p.mulInPlace(derivative, g);
            p.mulInPlace(derivative, p.cast(up, wide));
            p.mulInPlace(g, p.mul(x, slope));
            p.copy(derivative, dGate);
            p.copy(g, dUp);
        }
    }

    @Override
    public void attentionSoftmax(ScoreTile tile, double scale, Tensor scores, Tensor logSumExp) {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.cast(scores, compute(scores));
            p.affineInPlace(wide, scale, 0);
            mask(tile, wide, Double.NEGATIVE_INFINITY);
            Tensor max = p.max(wide, -1);
            p.addInPlace(wide, max, -1);
            Tensor exp = p.exp(wide);
            Tensor sum = p.sum(exp, -1);
            p.divInPlace(exp, sum);
            p.copy(exp, scores);
            Tensor log = p.log(sum);
            p.addInPlace(log, max, 1);
            p.copy(p.view(log, logSumExp.shape()), logSumExp);
        }
    }

    private void mask(ScoreTile tile, Tensor wide, double value) {
        long groups = wide.dim(1) / tile.queries();
        for (long group = 0; group < groups; group++) {
            Tensor part = p.slice(wide, 1, group * tile.queries(), (group + 1) * tile.queries());
            long diagonal = (long) tile.firstQuery() - tile.firstKey(); // column − row of "itself"
            long low = tile.window() <= 0 ? Long.MIN_VALUE : diagonal - tile.window();
            p.fillOutsideBand(part, low, diagonal, value);
        }
    }

    @Override
    public void attentionSoftmaxBackward(
            ScoreTile tile,
            double scale,
            Tensor scores,
            Tensor dProbs,
            Tensor logSumExp,
            Tensor delta) {
        try (Scope _ = p.scopes().open()) {
            DType wide = compute(scores);
            Shape column = Shape.of(scores.dim(0), scores.dim(1), 1);
            Tensor s = p.cast(scores, wide);
            p.affineInPlace(s, scale, 0);
            p.addInPlace(s, p.view(logSumExp, column), -1);
            mask(tile, s, Double.NEGATIVE_INFINITY);
            Tensor probs = p.exp(s);
            Tensor d = p.cast(dProbs, wide);
            p.addInPlace(d, p.view(delta, column), -1);
            p.mulInPlace(d, probs);
            p.affineInPlace(d, scale, 0);
            p.copy(probs, scores);
            p.copy(d, dProbs);
        }
    }

    @Override
    public void rowDots(Tensor a, Tensor b, Tensor out) {
        try (Scope _ = p.scopes().open()) {
            Tensor product = p.mul(p.cast(a, out.dtype()), p.cast(b, out.dtype()));
            p.copy(p.view(p.sum(product, -1), out.shape()), out);
        }
    }

    @Override
    public void tokenLogProbs(Tensor logits, Tensor targets, Tensor logProbs, Tensor logSumExp) {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.cast(logits, compute(logits));
            Tensor max = p.max(wide, -1); // [N, 1]
            p.addInPlace(wide, max, -1);
            Tensor log = p.log(p.sum(p.exp(wide), -1));
            Tensor picked = p.pick(wide, targets);
            p.addInPlace(picked, log, -1);
            p.copy(p.view(picked, logProbs.shape()), logProbs);
            p.addInPlace(log, max, 1);
            p.copy(p.view(log, logSumExp.shape()), logSumExp);
        }
    }

    @Override
    public void tokenLogProbsBackward(
            Tensor logits, Tensor targets, Tensor logSumExp, Tensor dLogProbs) {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.cast(logits, compute(logits));
            Shape column = Shape.of(logits.dim(0), 1);
            p.addInPlace(wide, p.view(logSumExp, column), -1);
            Tensor probs = p.exp(wide);
            Tensor d = p.view(dLogProbs, column);
            p.mulInPlace(probs, d);
            p.affineInPlace(probs, -1, 0);
            p.addAt(probs, targets, d);
            p.copy(probs, logits);
        }
    }

    @Override
    public void scaleColumns(Tensor x, Tensor factors, Tensor out) {
        try (Scope _ = p.scopes().open()) {
            Tensor wide = p.cast(x, compute(x));
            p.mulInPlace(wide, factors);
            p.copy(wide, out);
        }
    }

    @Override
    public void scaleColumnsBackward(
            Tensor dOut, Tensor x, Tensor factors, Tensor dX, Tensor dFactors) {
        try (Scope _ = p.scopes().open()) {
            DType wide = compute(x);
            Tensor g = p.cast(dOut, wide);
            Tensor sums = p.sum(p.mul(g, p.cast(x, wide)), 0);
            p.addInPlace(dFactors, p.view(sums, dFactors.shape()), 1);
            p.mulInPlace(g, factors);
            p.copy(g, dX);
        }
    }

    @Override
    public void addNoise(Tensor x, Tensor bounds, long seed) {
        try (Scope _ = p.scopes().open()) {
            DType wide = compute(x);
            Tensor noise = p.uniform(wide, x.shape(), seed);
            p.affineInPlace(noise, 2, -1);
            p.mulInPlace(noise, p.view(p.cast(bounds, wide), Shape.of(x.dim(0), 1)));
            p.addInPlace(x, noise, 1);
        }
    }

    @Override
    public void dropout(Tensor x, double probability, long seed, Tensor out) {
        try (Scope _ = p.scopes().open()) {
            Tensor mask = p.bernoulli(x.dtype(), x.shape(), 1 - probability, seed);
            p.affineInPlace(mask, 1 / (1 - probability), 0);
            p.mulInPlace(mask, x);
            p.copy(mask, out);
        }
    }

    @Override
    public void dequantize(QuantizedMatrix matrix, Tensor out) {
        try (Scope _ = p.scopes().open()) {
            Tensor values =
                    switch (matrix) {
                        case Nf4 nf4 -> values(nf4);
                        case Int8 int8 -> values(int8);
                    };
            p.copy(p.view(values, out.shape()), out);
        }
    }

    /** fp32 [out, in] */
    private Tensor values(Int8 matrix) {
        Tensor values = p.cast(matrix.elements(), DType.F32);
        p.mulInPlace(values, p.view(matrix.absmax(), Shape.of(matrix.shape().dim(0), 1)));
        p.affineInPlace(values, Int8.STEP, 0);
        return values;
    }

    /** fp32 [blocks, BLOCK] */
    private Tensor values(Nf4 matrix) {
        Tensor bytes = p.cast(matrix.packed(), DType.I64);
        Tensor pairs = p.indexRows(pairsOfCodes(), bytes); // [elements/2, 2]
        Tensor values = p.view(pairs, Shape.of(matrix.blocks(), Nf4.BLOCK));
        p.mulInPlace(values, p.view(scales(matrix), Shape.of(matrix.blocks(), 1)));
        return values;
    }

    /** Of every byte, the values of its high and its low four bits: [256, 2] fp32. */
    private Tensor pairsOfCodes() {
        float[] pairs = new float[512];
        for (int b = 0; b < 256; b++) {
            pairs[2 * b] = Nf4.code(b >>> 4);
            pairs[2 * b + 1] = Nf4.code(b & 15);
        }
        return p.upload(MemorySegment.ofArray(pairs), DType.F32, Shape.of(256, 2));
    }

    /** Scales as fp32 [blocks, …]. */
    private Tensor scales(Nf4 matrix) {
        return switch (matrix.scales()) {
            case Nf4.Scales.Plain(Tensor absmax) -> absmax;
            case Nf4.Scales.Quantized q when matrix.blocks() % Nf4.SCALE_BLOCK == 0 -> {
                Tensor scales = p.indexRows(q.map(), p.cast(q.codes(), DType.I64));
                long groups = matrix.blocks() / Nf4.SCALE_BLOCK;
                p.mulInPlace(
                        p.view(scales, Shape.of(groups, Nf4.SCALE_BLOCK)),
                        p.view(q.nested(), Shape.of(groups, 1)));
                p.affineInPlace(scales, 1, q.offset());
                yield scales;
            }
            case Nf4.Scales.Quantized q -> {
                long[] group = new long[Math.toIntExact(matrix.blocks())];
                for (int i = 0; i < group.length; i++) {
                    group[i] = i / Nf4.SCALE_BLOCK;
                }
                Tensor groups =
                        p.upload(
                                MemorySegment.ofArray(group), DType.I64, Shape.of(matrix.blocks()));
                Tensor scales = p.indexRows(q.map(), p.cast(q.codes(), DType.I64));
                p.mulInPlace(scales, p.indexRows(q.nested(), groups));
                p.affineInPlace(scales, 1, q.offset());
                yield scales;
            }
        };
    }

    @Override
    public void addRows(Tensor into, Tensor index, Tensor rows) {
        try (Scope _ = p.scopes().open()) {
            Tensor same = rows.dtype() == into.dtype() ? rows : p.cast(rows, into.dtype());
            p.addRows(into, index, same);
        }
    }

    @Override
    public void update(UpdateRule rule, List<UpdateSlot> slots) {
        updates.update(rule, slots);
    }

    @Override
    public void sumOfSquares(List<Tensor> tensors, Tensor into) {
        updates.sumOfSquares(tensors, into);
    }

    /** The dtype that arithmetic on {@code tensor} runs in. */
    static DType compute(Tensor tensor) {
        return tensor.dtype() == DType.F64 ? DType.F64 : DType.F32;
    }
}
