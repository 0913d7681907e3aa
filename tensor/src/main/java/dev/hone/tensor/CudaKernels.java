package dev.hone.tensor;

import dev.hone.tensor.KernelLauncher.Argument;
import dev.hone.tensor.KernelLauncher.Argument.Float32;
import dev.hone.tensor.KernelLauncher.Argument.In;
import dev.hone.tensor.KernelLauncher.Argument.InOut;
import dev.hone.tensor.KernelLauncher.Argument.Int32;
import dev.hone.tensor.KernelLauncher.Argument.Int64;
import dev.hone.tensor.KernelLauncher.Argument.None;
import dev.hone.tensor.KernelLauncher.Argument.Out;
import dev.hone.tensor.KernelLauncher.Argument.Some;
import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of CUDA cards: which of our own is started on what, for tensors of F32 and BF16;
 * those of F64 are composed. It runs on a card and, with a launcher that only counts, on paper, so
 * that the temporaries it takes are the same in both.
 */
public final class CudaKernels implements Kernels {
    private static final int THREADS = 256;

    /** Threads for a row of logits. */
    private static final int WIDE = 512;

    private static final int WARP = 32;

    /** Most blocks of a kernel whose threads go on until nothing is left: some for each core. */
    private static final long MOST_BLOCKS = 4096;

    /** Elements that a thread takes at once. */
    private static final int RUN = 8;

    /** Longest row that one warp has to itself, as norm.cu says. */
    private static final long WARP_ROW = 1024;

    /** Most parts that a sum over rows is made of. */
    private static final int PARTS = 128;

    private final Primitives p;
    private final KernelLauncher launcher;
    private final Kernels composed;
    private final CudaUpdates updates;
    private final FlashAttention flash;
    private final String description;

    /**
     * @param library attends in one piece, on a card or on paper
     * @param description for people
     */
    public CudaKernels(
            Primitives primitives,
            KernelLauncher launcher,
            FlashAttention.Library library,
            String description) {
        this.p = primitives;
        this.launcher = launcher;
        this.composed = new ComposedKernels(primitives);
        this.updates = new CudaUpdates(primitives, launcher);
        this.flash = new FlashAttention(primitives, library);
        this.description = description;
    }

    @Override
    public String description() {
        return description;
    }

    private static boolean ours(Tensor tensor) {
        return tensor.dtype() == DType.F32 || tensor.dtype() == DType.BF16;
    }

    /** Starts the kernel's form for the element type of {@code typed}. */
    private void launch(
            String kernel, Tensor typed, long blocks, int threads, Argument... arguments) {
        if (blocks > 0) {
            String type = typed.dtype() == DType.BF16 ? "_bf16" : "_f32";
            launcher.launch(kernel + type, blocks, threads, arguments);
        }
    }

    private static Int64 count(long value) {
        return new Int64(value);
    }

    private static Int32 dim(long value) {
        return new Int32(Math.toIntExact(value));
    }

    /** Blocks for {@code n} elements in runs. */
    private static long blocksFor(long n) {
        return Math.min(MOST_BLOCKS, Math.ceilDiv(n, (long) RUN * THREADS));
    }

    /** Blocks for {@code n} rows of {@code d} elements that have a warp or a block each. */
    private static long blocksForRows(long n, long d) {
        return d <= WARP_ROW ? Math.ceilDiv(n, THREADS / WARP) : n;
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, double eps, Tensor out, @Nullable Tensor rstd) {
        if (!ours(x)) {
            composed.rmsNorm(x, weight, eps, out, rstd);
            return;
        }
        launch(
                "rms_norm",
                x,
                blocksForRows(x.dim(0), x.dim(1)),
                THREADS,
                new In(x),
                new In(weight),
                new Float32((float) eps),
                new Out(out),
                rstd == null ? new None() : new Out(rstd),
                count(x.dim(0)),
                dim(x.dim(1)));
    }

    @Override
    public void rmsNormBackward(
            Tensor dOut,
            Tensor x,
            Tensor weight,
            Tensor rstd,
            Tensor dX,
            @Nullable Tensor dWeight) {
        if (!ours(x)) {
            composed.rmsNormBackward(dOut, x, weight, rstd, dX, dWeight);
            return;
        }
        launch(
                "rms_norm_backward",
                x,
                blocksForRows(x.dim(0), x.dim(1)),
                THREADS,
                new In(dOut),
                new In(x),
                new In(weight),
                new In(rstd),
                new InOut(dX),
                count(x.dim(0)),
                dim(x.dim(1)));
        if (dWeight != null) {
            normWeight(dOut, x, rstd, dWeight);
        }
    }

    private void normWeight(Tensor dOut, Tensor x, Tensor rstd, Tensor dWeight) {
        addSumsOverRows(
                x,
                dWeight,
                (sums, blocks, height) ->
                        launch(
                                "rms_norm_weight_parts",
                                x,
                                blocks,
                                THREADS,
                                new In(dOut),
                                new In(x),
                                new In(rstd),
                                new Out(sums),
                                count(x.dim(0)),
                                dim(x.dim(1)),
                                dim(height)));
    }

    /** A kernel that sums parts of so many rows, in so many blocks. */
    private interface Parts {
        void launch(Tensor sums, long blocks, long height);
    }

    /** Adds to {@code into} [D] what a kernel sums over the rows of x [N, D], in two rounds. */
    private void addSumsOverRows(Tensor x, Tensor into, Parts kernel) {
        if (x.dim(0) == 0) {
            return;
        }
        long d = x.dim(1);
        long height = Math.ceilDiv(x.dim(0), PARTS);
        long parts = Math.ceilDiv(x.dim(0), height);
        long columns = Math.ceilDiv(d, THREADS);
        try (Scope _ = p.scopes().open()) {
            Tensor sums = p.empty(DType.F32, Shape.of(parts, d));
            kernel.launch(sums, parts * columns, height);
            launcher.launch(
                    "add_parts",
                    columns,
                    THREADS,
                    new In(sums),
                    new InOut(into),
                    dim(parts),
                    dim(d));
        }
    }

    @Override
    public void rope(Tensor x, Tensor cos, Tensor sin, boolean inverse) {
        if (!ours(x)) {
            composed.rope(x, cos, sin, inverse);
            return;
        }
        long half = cos.dim(-1);
        launch(
                "rope",
                x,
                blocksFor(x.dim(0) * x.dim(1) * half),
                THREADS,
                new InOut(x),
                new In(cos),
                new In(sin),
                count(x.dim(0)),
                dim(x.dim(1)),
                dim(x.dim(2)),
                dim(half),
                new Float32(inverse ? -1 : 1));
    }

    private static Int32 gelu(Activation activation) {
        return new Int32(activation == Activation.GELU_TANH ? 1 : 0);
    }

    @Override
    public void gatedActivation(Activation activation, Tensor gate, Tensor up, Tensor out) {
        if (!ours(gate)) {
            composed.gatedActivation(activation, gate, up, out);
            return;
        }
        launch(
                "gated_activation",
                gate,
                blocksFor(gate.elements()),
                THREADS,
                new In(gate),
                new In(up),
                new Out(out),
                count(gate.elements()),
                gelu(activation));
    }

    @Override
    public void gatedActivationBackward(
            Activation activation, Tensor dOut, Tensor gate, Tensor up, Tensor dGate, Tensor dUp) {
        if (!ours(gate)) {
            composed.gatedActivationBackward(activation, dOut, gate, up, dGate, dUp);
            return;
        }
        launch(
                "gated_activation_backward",
                gate,
                blocksFor(gate.elements()),
                THREADS,
                new In(dOut),
                new In(gate),
                new In(up),
                new Out(dGate),
                new Out(dUp),
                count(gate.elements()),
                gelu(activation));
    }

    @Override
    public boolean attends(Tensor q, Sequences sequences) {
        return FlashAttention.takes(q, sequences);
    }

    @Override
    public Attended attention(
            Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec) {
        return flash.forward(q, k, v, sequences, spec);
    }

    @Override
    public AttentionGradients attentionBackward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Attended kept,
            Sequences sequences,
            AttentionSpec spec) {
        return flash.backward(dOut, q, k, v, kept, sequences, spec);
    }

    private static Argument[] tile(ScoreTile tile, Argument... before) {
        Argument[] all = Arrays.copyOf(before, before.length + 5);
        all[before.length] = new Int32(tile.firstQuery());
        all[before.length + 1] = new Int32(tile.queries());
        all[before.length + 2] = new Int32(tile.firstKey());
        all[before.length + 3] = new Int32(tile.keys());
        all[before.length + 4] = new Int32(tile.window());
        return all;
    }

    private static long rows(Tensor scores) {
        return scores.dim(0) * scores.dim(1);
    }

    @Override
    public void attentionSoftmax(ScoreTile tile, double scale, Tensor scores, Tensor logSumExp) {
        if (!ours(scores)) {
            composed.attentionSoftmax(tile, scale, scores, logSumExp);
            return;
        }
        launch(
                "attention_softmax",
                scores,
                rows(scores),
                THREADS,
                tile(tile, new InOut(scores), new Out(logSumExp), new Float32((float) scale)));
    }

    @Override
    public void attentionSoftmaxBackward(
            ScoreTile tile,
            double scale,
            Tensor scores,
            Tensor dProbs,
            Tensor logSumExp,
            Tensor delta) {
        if (!ours(scores)) {
            composed.attentionSoftmaxBackward(tile, scale, scores, dProbs, logSumExp, delta);
            return;
        }
        launch(
                "attention_softmax_backward",
                scores,
                rows(scores),
                THREADS,
                tile(
                        tile,
                        new InOut(scores),
                        new InOut(dProbs),
                        new In(logSumExp),
                        new In(delta),
                        new Float32((float) scale)));
    }

    @Override
    public void rowDots(Tensor a, Tensor b, Tensor out) {
        if (!ours(a)) {
            composed.rowDots(a, b, out);
            return;
        }
        long rows = a.elements() / a.dim(-1);
        launch(
                "row_dots",
                a,
                Math.ceilDiv(rows, THREADS / WARP),
                THREADS,
                new In(a),
                new In(b),
                new Out(out),
                count(rows),
                dim(a.dim(-1)));
    }

    @Override
    public void tokenLogProbs(Tensor logits, Tensor targets, Tensor logProbs, Tensor logSumExp) {
        if (!ours(logits)) {
            composed.tokenLogProbs(logits, targets, logProbs, logSumExp);
            return;
        }
        launch(
                "token_log_probs",
                logits,
                logits.dim(0),
                WIDE,
                new In(logits),
                new In(targets),
                new Out(logProbs),
                new Out(logSumExp),
                dim(logits.dim(1)));
    }

    @Override
    public void tokenLogProbsBackward(
            Tensor logits, Tensor targets, Tensor logSumExp, Tensor dLogProbs) {
        if (!ours(logits)) {
            composed.tokenLogProbsBackward(logits, targets, logSumExp, dLogProbs);
            return;
        }
        launch(
                "token_log_probs_backward",
                logits,
                logits.dim(0),
                WIDE,
                new InOut(logits),
                new In(targets),
                new In(logSumExp),
                new In(dLogProbs),
                dim(logits.dim(1)));
    }

    @Override
    public void dropout(Tensor x, double probability, long seed, Tensor out) {
        if (!ours(x)) {
            composed.dropout(x, probability, seed, out);
            return;
        }
        launch(
                "dropout",
                x,
                blocksFor(x.elements()),
                THREADS,
                new In(x),
                new Out(out),
                count(x.elements()),
                count(seed),
                new Int32((int) Math.round((1 - probability) * (1 << 24))),
                new Float32((float) (1 / (1 - probability))));
    }

    @Override
    public void scaleColumns(Tensor x, Tensor factors, Tensor out) {
        if (!ours(x)) {
            composed.scaleColumns(x, factors, out);
            return;
        }
        launch(
                "scale_columns",
                x,
                blocksFor(x.elements()),
                THREADS,
                new In(x),
                new In(factors),
                new Out(out),
                count(x.elements()),
                dim(x.dim(-1)));
    }

    @Override
    public void scaleColumnsBackward(
            Tensor dOut, Tensor x, Tensor factors, Tensor dX, Tensor dFactors) {
        if (!ours(x)) {
            composed.scaleColumnsBackward(dOut, x, factors, dX, dFactors);
            return;
        }
        addSumsOverRows(
                x,
                dFactors,
                (sums, blocks, height) ->
                        launch(
                                "scale_columns_backward",
                                x,
                                blocks,
                                THREADS,
                                new In(dOut),
                                new In(x),
                                new In(factors),
                                new Out(dX),
                                new Out(sums),
                                count(x.dim(0)),
                                dim(x.dim(1)),
                                dim(height)));
    }

    @Override
    public void addNoise(Tensor x, Tensor bounds, long seed) {
        if (!ours(x)) {
            composed.addNoise(x, bounds, seed);
            return;
        }
        launch(
                "add_noise",
                x,
                x.dim(0),
                THREADS,
                new InOut(x),
                new In(bounds),
                count(seed),
                dim(x.dim(1)));
    }

    @Override
    public void addRows(Tensor into, Tensor index, Tensor rows) {
        if (!ours(rows) || into.dtype() != DType.F32) {
            composed.addRows(into, index, rows);
            return;
        }
        launch(
                "add_rows",
                rows,
                rows.dim(0),
                THREADS,
                new In(rows),
                new In(index),
                new Some(into, 2 * rows.elements() * into.dtype().bytes()),
                count(rows.dim(0)),
                dim(rows.dim(1)));
    }

    @Override
    public void dequantize(QuantizedMatrix matrix, Tensor out) {
        if (!ours(out)) {
            composed.dequantize(matrix, out);
            return;
        }
        switch (matrix) {
            case Nf4 nf4 -> dequantize(nf4, out);
            case Int8 int8 ->
                    launch(
                            "int8_dequantize",
                            out,
                            blocksFor(out.elements()),
                            THREADS,
                            new In(int8.elements()),
                            new In(int8.absmax()),
                            new Out(out),
                            count(out.elements()),
                            dim(out.dim(-1)),
                            new Float32(Int8.STEP));
        }
    }

    private void dequantize(Nf4 matrix, Tensor out) {
        Argument none = new None();
        Argument[] scales =
                switch (matrix.scales()) {
                    case Nf4.Scales.Plain(Tensor absmax) ->
                            new Argument[] {new In(absmax), none, none, none, new Float32(0)};
                    case Nf4.Scales.Quantized q ->
                            new Argument[] {
                                none,
                                new In(q.codes()),
                                new In(q.nested()),
                                new In(q.map()),
                                new Float32(q.offset())
                            };
                };
        launch(
                "nf4_dequantize",
                out,
                blocksFor(out.elements()),
                THREADS,
                new In(matrix.packed()),
                scales[0],
                scales[1],
                scales[2],
                scales[3],
                scales[4],
                new Out(out),
                count(out.elements()));
    }

    @Override
    public void update(UpdateRule rule, List<UpdateSlot> slots) {
        if (!slots.stream().allMatch(slot -> ours(slot.gradient()))) {
            composed.update(rule, slots);
            return;
        }
        switch (rule) {
            case AdamW adamW -> updates.adamW(adamW, slots);
            case AdamW8Bit adamW -> updates.adamW8Bit(adamW, slots);
            case ScheduleFreeAdamW scheduleFree -> updates.scheduleFree(scheduleFree, slots);
            case Lion lion -> updates.lion(lion, slots);
            case Adafactor _, Muon _ -> composed.update(rule, slots);
        }
    }

    @Override
    public void sumOfSquares(List<Tensor> tensors, Tensor into) {
        if (tensors.stream().allMatch(CudaKernels::ours)) {
            updates.sumOfSquares(tensors, into);
        } else {
            composed.sumOfSquares(tensors, into);
        }
    }
}
