package dev.hone.torch;

import dev.hone.tensor.Activation;
import dev.hone.tensor.Adafactor;
import dev.hone.tensor.AdamW;
import dev.hone.tensor.AdamW8Bit;
import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Kernels;
import dev.hone.tensor.Lion;
import dev.hone.tensor.Muon;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.ScheduleFreeAdamW;
import dev.hone.tensor.ScoreTile;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateRule;
import dev.hone.tensor.UpdateSlot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels for processors, in Java on the Vector API: one pass over memory each, fp32 in
 * registers, no temporary tensors. Tensors are F32 or BF16.
 *
 * <p>Results are the same bits for every number of threads and from run to run. Used from one
 * thread, as all of an engine is.
 */
final class CpuKernels implements Kernels, AutoCloseable {
    /** Most blocks of rows that a sum over rows is made of. */
    private static final int BLOCKS = 32;

    private final CpuTeam team;
    private final Kernels composed;
    private final CpuScratch parts = new CpuScratch();

    /**
     * @param composed for what has no fused kernel: updates that are mostly matrix products
     * @param threads how many share the work, the caller among them
     */
    CpuKernels(Kernels composed, int threads) {
        this.composed = composed;
        this.team = CpuTeam.of(threads);
    }

    @Override
    public String description() {
        return "fused Java kernels, %d-bit vectors, %d thread%s"
                .formatted(
                        CpuVectors.FLOATS.vectorBitSize(),
                        team.threads(),
                        team.threads() == 1 ? "" : "s");
    }

    @Override
    public void close() {
        team.close();
        parts.close();
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, double eps, Tensor out, @Nullable Tensor rstd) {
        boolean bf16 = bf16("rmsNorm", x, weight, out);
        int d = Math.toIntExact(x.dim(-1));
        if (rstd != null) {
            requireFp32("rmsNorm", rstd);
        }
        long xs = address(x);
        long ws = address(weight);
        long outs = address(out);
        long rstds = rstd == null ? 0 : address(rstd);
        team.run(
                rows(x),
                x.elements(),
                (scratch, from, to) ->
                        CpuRmsNorm.forward(
                                scratch, from, to, bf16, d, xs, ws, (float) eps, outs, rstds));
    }

    @Override
    public void rmsNormBackward(
            Tensor dOut,
            Tensor x,
            Tensor weight,
            Tensor rstd,
            Tensor dX,
            @Nullable Tensor dWeight) {
        boolean bf16 = bf16("rmsNormBackward", dOut, x, weight, dX);
        requireFp32("rmsNormBackward", rstd);
        int d = Math.toIntExact(x.dim(-1));
        int rows = rows(x);
        int height = Math.max(1, Math.ceilDiv(rows, BLOCKS));
        int blocks = Math.ceilDiv(rows, height);
        long dOuts = address(dOut);
        long xs = address(x);
        long ws = address(weight);
        long rstds = address(rstd);
        long dXs = address(dX);
        if (dWeight != null) {
            requireFp32("rmsNormBackward", dWeight);
            parts.reserve(blocks + 1, d);
        }
        team.run(
                blocks,
                x.elements(),
                (scratch, from, to) -> {
                    for (int block = from; block < to; block++) {
                        long part = dWeight == null ? 0 : parts.buffer(block);
                        if (part != 0) {
                            CpuRmsNorm.clear(part, d);
                        }
                        int first = block * height;
                        int last = Math.min(rows, first + height);
                        CpuRmsNorm.backward(
                                scratch, first, last, bf16, d, dOuts, xs, ws, rstds, dXs, part);
                    }
                });
        if (dWeight != null && rows > 0) {
            CpuRmsNorm.addParts(parts, blocks, d, address(dWeight));
        }
    }

    @Override
    public void rope(Tensor x, Tensor cos, Tensor sin, boolean inverse) {
        boolean bf16 = bf16("rope", x);
        requireFp32("rope", cos, sin);
        int heads = Math.toIntExact(x.dim(1));
        int e = Math.toIntExact(x.dim(2));
        int half = Math.toIntExact(cos.dim(-1));
        long xs = address(x);
        long coss = address(cos);
        long sins = address(sin);
        float sign = inverse ? -1 : 1;
        team.run(
                Math.toIntExact(x.dim(0)),
                x.elements(),
                (scratch, from, to) ->
                        CpuRope.run(scratch, from, to, bf16, heads, e, half, xs, coss, sins, sign));
    }

    @Override
    public void gatedActivation(Activation activation, Tensor gate, Tensor up, Tensor out) {
        boolean bf16 = bf16("gatedActivation", gate, up, out);
        long n = gate.elements();
        long gates = address(gate);
        long ups = address(up);
        long outs = address(out);
        team.run(
                CpuRows.runs(n),
                n,
                (scratch, from, to) ->
                        CpuGatedActivation.forward(
                                scratch, from, to, bf16, n, activation, gates, ups, outs));
    }

    @Override
    public void gatedActivationBackward(
            Activation activation, Tensor dOut, Tensor gate, Tensor up, Tensor dGate, Tensor dUp) {
        boolean bf16 = bf16("gatedActivationBackward", dOut, gate, up, dGate, dUp);
        long n = gate.elements();
        long dOuts = address(dOut);
        long gates = address(gate);
        long ups = address(up);
        long dGates = address(dGate);
        long dUps = address(dUp);
        team.run(
                CpuRows.runs(n),
                n,
                (scratch, from, to) ->
                        CpuGatedActivation.backward(
                                scratch,
                                from,
                                to,
                                bf16,
                                n,
                                activation,
                                dOuts,
                                gates,
                                ups,
                                dGates,
                                dUps));
    }

    @Override
    public void attentionSoftmax(ScoreTile tile, double scale, Tensor scores, Tensor logSumExp) {
        boolean bf16 = bf16("attentionSoftmax", scores);
        requireFp32("attentionSoftmax", logSumExp);
        requirePositive(scale);
        long scoress = address(scores);
        long lses = address(logSumExp);
        team.run(
                rows(scores),
                scores.elements(),
                (scratch, from, to) ->
                        CpuAttentionSoftmax.forward(
                                scratch, from, to, bf16, tile, (float) scale, scoress, lses));
    }

    @Override
    public void attentionSoftmaxBackward(
            ScoreTile tile,
            double scale,
            Tensor scores,
            Tensor dProbs,
            Tensor logSumExp,
            Tensor delta) {
        boolean bf16 = bf16("attentionSoftmaxBackward", scores, dProbs);
        requireFp32("attentionSoftmaxBackward", logSumExp, delta);
        long scoress = address(scores);
        long dProbss = address(dProbs);
        long lses = address(logSumExp);
        long deltas = address(delta);
        team.run(
                rows(scores),
                scores.elements(),
                (scratch, from, to) ->
                        CpuAttentionSoftmax.backward(
                                scratch,
                                from,
                                to,
                                bf16,
                                tile,
                                (float) scale,
                                scoress,
                                dProbss,
                                lses,
                                deltas));
    }

    @Override
    public void rowDots(Tensor a, Tensor b, Tensor out) {
        boolean bf16 = bf16("rowDots", a, b);
        requireFp32("rowDots", out);
        int e = Math.toIntExact(a.dim(-1));
        long as = address(a);
        long bs = address(b);
        long outs = address(out);
        team.run(
                rows(a),
                a.elements(),
                (scratch, from, to) -> CpuRowDots.run(scratch, from, to, bf16, e, as, bs, outs));
    }

    @Override
    public void tokenLogProbs(Tensor logits, Tensor targets, Tensor logProbs, Tensor logSumExp) {
        boolean bf16 = bf16("tokenLogProbs", logits);
        requireFp32("tokenLogProbs", logProbs, logSumExp);
        int vocabulary = Math.toIntExact(logits.dim(-1));
        requireTargets(targets, vocabulary);
        long logitss = address(logits);
        long targetss = address(targets);
        long logProbss = address(logProbs);
        long lses = address(logSumExp);
        team.run(
                rows(logits),
                logits.elements(),
                (scratch, from, to) ->
                        CpuTokenLogProbs.forward(
                                scratch,
                                from,
                                to,
                                bf16,
                                vocabulary,
                                logitss,
                                targetss,
                                logProbss,
                                lses));
    }

    @Override
    public void tokenLogProbsBackward(
            Tensor logits, Tensor targets, Tensor logSumExp, Tensor dLogProbs) {
        boolean bf16 = bf16("tokenLogProbsBackward", logits);
        requireFp32("tokenLogProbsBackward", logSumExp, dLogProbs);
        int vocabulary = Math.toIntExact(logits.dim(-1));
        requireTargets(targets, vocabulary);
        long logitss = address(logits);
        long targetss = address(targets);
        long lses = address(logSumExp);
        long ds = address(dLogProbs);
        team.run(
                rows(logits),
                logits.elements(),
                (scratch, from, to) ->
                        CpuTokenLogProbs.backward(
                                scratch, from, to, bf16, vocabulary, logitss, targetss, lses, ds));
    }

    @Override
    public void scaleColumns(Tensor x, Tensor factors, Tensor out) {
        boolean bf16 = bf16("scaleColumns", x, out);
        requireFp32("scaleColumns", factors);
        int d = Math.toIntExact(x.dim(-1));
        long xs = address(x);
        long fs = address(factors);
        long outs = address(out);
        team.run(
                rows(x),
                x.elements(),
                (scratch, from, to) ->
                        CpuScaleColumns.forward(scratch, from, to, bf16, d, xs, fs, outs));
    }

    @Override
    public void scaleColumnsBackward(
            Tensor dOut, Tensor x, Tensor factors, Tensor dX, Tensor dFactors) {
        boolean bf16 = bf16("scaleColumnsBackward", dOut, x, dX);
        requireFp32("scaleColumnsBackward", factors, dFactors);
        int d = Math.toIntExact(x.dim(-1));
        int rows = rows(x);
        int height = Math.max(1, Math.ceilDiv(rows, BLOCKS));
        int blocks = Math.ceilDiv(rows, height);
        long dOuts = address(dOut);
        long xs = address(x);
        long fs = address(factors);
        long dXs = address(dX);
        parts.reserve(blocks + 1, d);
        team.run(
                blocks,
                x.elements(),
                (scratch, from, to) -> {
                    for (int block = from; block < to; block++) {
                        long part = parts.buffer(block);
                        CpuRmsNorm.clear(part, d);
                        int first = block * height;
                        int last = Math.min(rows, first + height);
                        CpuScaleColumns.backward(
                                scratch, first, last, bf16, d, dOuts, xs, fs, dXs, part);
                    }
                });
        if (rows > 0) {
            CpuRmsNorm.addParts(parts, blocks, d, address(dFactors));
        }
    }

    @Override
    public void addNoise(Tensor x, Tensor bounds, long seed) {
        boolean bf16 = bf16("addNoise", x);
        requireFp32("addNoise", bounds);
        int d = Math.toIntExact(x.dim(-1));
        long xs = address(x);
        long bs = address(bounds);
        team.run(
                rows(x),
                x.elements(),
                (scratch, from, to) -> CpuNoise.run(scratch, from, to, bf16, d, xs, bs, seed));
    }

    @Override
    public void addRows(Tensor into, Tensor index, Tensor rows) {
        composed.addRows(into, index, rows);
    }

    @Override
    public void dropout(Tensor x, double p, long seed, Tensor out) {
        boolean bf16 = bf16("dropout", x, out);
        long n = x.elements();
        long xs = address(x);
        long outs = address(out);
        team.run(
                CpuRows.runs(n),
                n,
                (scratch, from, to) ->
                        CpuDropout.run(scratch, from, to, bf16, n, xs, p, seed, outs));
    }

    @Override
    public void dequantize(QuantizedMatrix matrix, Tensor out) {
        switch (matrix) {
            case Nf4 nf4 -> dequantize(nf4, out);
            case Int8 int8 -> dequantize(int8, out);
        }
    }

    private void dequantize(Int8 matrix, Tensor out) {
        boolean bf16 = bf16("dequantize", out);
        int columns = Math.toIntExact(matrix.shape().dim(1));
        long elements = address(matrix.elements());
        long absmax = address(matrix.absmax());
        long outs = address(out);
        team.run(
                Math.toIntExact(matrix.shape().dim(0)),
                out.elements(),
                (_, from, to) ->
                        CpuInt8.dequantize(from, to, bf16, columns, elements, absmax, outs));
    }

    private void dequantize(Nf4 matrix, Tensor out) {
        boolean bf16 = bf16("dequantize", out);
        long packed = address(matrix.packed());
        CpuNf4.Scales scales =
                switch (matrix.scales()) {
                    case Nf4.Scales.Plain(Tensor absmax) ->
                            new CpuNf4.Scales(address(absmax), 0, 0, 0);
                    case Nf4.Scales.Quantized q ->
                            new CpuNf4.Scales(
                                    address(q.codes()),
                                    address(q.nested()),
                                    address(q.map()),
                                    q.offset());
                };
        long outs = address(out);
        team.run(
                Math.toIntExact(matrix.blocks()),
                out.elements(),
                (_, from, to) -> CpuNf4.dequantize(from, to, bf16, packed, scales, outs));
    }

    @Override
    public void update(UpdateRule rule, List<UpdateSlot> slots) {
        for (UpdateSlot slot : slots) {
            requireFp32("update", slot.gradient());
            if (slot.master() != null) {
                requireFp32("update", slot.master());
            }
        }
        switch (rule) {
            case AdamW r -> CpuUpdate.run(team, r, new CpuAdamW(r), slots);
            case AdamW8Bit r -> CpuUpdate.run(team, r, new CpuAdamW8Bit(r), slots);
            case ScheduleFreeAdamW r -> CpuUpdate.run(team, r, new CpuScheduleFree(r), slots);
            case Lion r -> CpuUpdate.run(team, r, new CpuLion(r), slots);
            case Adafactor _, Muon _ -> composed.update(rule, slots);
        }
    }

    @Override
    public void sumOfSquares(List<Tensor> tensors, Tensor into) {
        requireFp32("sumOfSquares", tensors.toArray(Tensor[]::new));
        requireFp32("sumOfSquares", into);
        long sum = address(into);
        CpuRows.set(sum, false, (float) (CpuRows.get(sum, false) + CpuSquares.of(team, tensors)));
    }

    /** Whether the tensors, all of one dtype, are BF16 rather than F32. */
    private static boolean bf16(String kernel, Tensor... tensors) {
        DType dtype = tensors[0].dtype();
        for (Tensor tensor : tensors) {
            if (tensor.dtype() != dtype) {
                throw new IllegalArgumentException(
                        "%s wants tensors of one dtype, but got %s and %s"
                                .formatted(kernel, tensors[0], tensor));
            }
        }
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new UnsupportedOperationException(
                    "%s got %s: the fused CPU kernels compute with F32 and BF16; use TorchOps.cpuReference for others"
                            .formatted(kernel, tensors[0]));
        }
        return dtype == DType.BF16;
    }

    private static void requireFp32(String kernel, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (tensor.dtype() != DType.F32) {
                throw new UnsupportedOperationException(
                        "%s wants F32 here, but got %s; use TorchOps.cpuReference for other dtypes"
                                .formatted(kernel, tensor));
            }
        }
    }

    private static void requirePositive(double scale) {
        if (!(scale > 0)) {
            throw new IllegalArgumentException(
                    "attentionSoftmax wants a positive scale, but got " + scale);
        }
    }

    /** Refuses an index that would reach outside of its row. */
    private static void requireTargets(Tensor targets, int vocabulary) {
        long at = address(targets);
        for (int row = 0; row < targets.elements(); row++) {
            long target = CpuTokenLogProbs.target(at, row);
            if (target < 0 || target >= vocabulary) {
                throw new IndexOutOfBoundsException(
                        "target %d of row %d is outside the vocabulary of %d tokens"
                                .formatted(target, row, vocabulary));
            }
        }
    }

    private static long address(Tensor tensor) {
        return ((TorchTensor) tensor).address();
    }

    /** Rows of the last axis. */
    private static int rows(Tensor tensor) {
        return Math.toIntExact(tensor.elements() / Math.max(1, tensor.dim(-1)));
    }
}
