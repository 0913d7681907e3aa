package dev.hone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The operations that models, training and decoding are written in, at the level the mathematics is
 * written at. Each is a pair: the backward stands next to its forward and takes what the forward
 * kept.
 *
 * <p>Written once, over the {@link Primitives} of an engine and its {@link Kernels}. The engine
 * that executes and the one that counts differ in those two only, so what is allocated, kept and
 * freed is the same code for both.
 *
 * <p>Shape letters: T tokens in the batch, D hidden, F MLP width, H query heads, K key-value heads,
 * E head size, V vocabulary, R adapter rank, N rows. Activations and weights share one floating
 * dtype; accumulated gradients of parameters, moments and log-probabilities are fp32 (fp64 when
 * activations are fp64). New tensors belong to the innermost {@link Scope}.
 */
public class Ops implements AutoCloseable {
    /** Most bytes of logits that exist at once on a processor. */
    private static final long LOGIT_BYTES = 32L << 20;

    /** Fewest rows of logits formed at once. */
    private static final long LEAST_LOGIT_ROWS = 16;

    /** The same on a card, where few rows would leave it waiting for the head's weights. */
    private static final long CARD_LOGIT_BYTES = 128L << 20;

    /** Rows that a card multiplies in one go. */
    private static final long CARD_ROWS = 128;

    private final Primitives p;
    private final Kernels kernels;

    public Ops(Primitives primitives, Kernels kernels) {
        this.p = primitives;
        this.kernels = kernels;
    }

    public final Device device() {
        return p.device();
    }

    /** The account of everything allocated here. */
    public final Memory memory() {
        return p.memory();
    }

    /** Which kernels run, for people to read. */
    public final String description() {
        return kernels.description();
    }

    /** Returns when all work that was started is done; only then may a clock be read. */
    public final void finish() {
        p.finish();
    }

    /** Opens a scope that owns what is made until it is closed. */
    public final Scope scope() {
        return p.scopes().open();
    }

    @Override
    public void close() {
        p.close();
    }

    // Making, moving, reading

    /** Undefined content. */
    public final Tensor empty(DType dtype, long... dims) {
        return p.empty(dtype, Shape.of(dims));
    }

    public final Tensor zeros(DType dtype, Shape shape) {
        return p.full(dtype, shape, 0);
    }

    /** A copy of host bytes, little-endian and row-major. */
    public final Tensor upload(MemorySegment bytes, DType dtype, Shape shape) {
        return p.upload(bytes, dtype, shape);
    }

    /** An fp32 tensor of these values. */
    public final Tensor ofFloats(float[] values, long... dims) {
        return p.upload(MemorySegment.ofArray(values), DType.F32, Shape.of(dims));
    }

    /** The same of values that are dear to make; on paper nobody asks for them. */
    public final Tensor ofFloats(Supplier<float[]> values, long... dims) {
        return p.upload(() -> MemorySegment.ofArray(values.get()), DType.F32, Shape.of(dims));
    }

    /** An I64 vector of these values. */
    public final Tensor ofIndices(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return p.upload(MemorySegment.ofArray(wide), DType.I64, Shape.of(values.length));
    }

    /** The bytes of a contiguous tensor. */
    public final byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(tensor.bytes())];
        p.download(tensor, MemorySegment.ofArray(bytes));
        return bytes;
    }

    /** Copies a contiguous tensor's bytes into {@code into}. */
    public final void download(Tensor tensor, MemorySegment into) {
        p.download(tensor, into);
    }

    /** Overwrites {@code into} with host bytes of its dtype and shape. */
    public final void load(MemorySegment bytes, Tensor into) {
        try (Scope _ = scope()) {
            p.copy(p.upload(bytes, into.dtype(), into.shape()), into);
        }
    }

    /** The elements of a floating tensor as fp32. */
    public final float[] floats(Tensor tensor) {
        try (Scope _ = scope()) {
            float[] values = new float[Math.toIntExact(tensor.elements())];
            Tensor wide = tensor.dtype() == DType.F32 ? tensor : p.cast(tensor, DType.F32);
            p.download(wide, MemorySegment.ofArray(values));
            return values;
        }
    }

    /** The elements of an I64 tensor. */
    public final int[] indices(Tensor tensor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(tensor.bytes(), Long.BYTES);
            p.download(tensor, segment);
            int[] values = new int[Math.toIntExact(tensor.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.toIntExact(segment.getAtIndex(ValueLayout.JAVA_LONG, i));
            }
            return values;
        }
    }

    // Host memory beside the device

    /** Memory of the host with undefined content; the caller closes it. */
    public final HostBuffer hostBuffer(long bytes) {
        return p.hostBuffer(bytes);
    }

    /** The account of all host buffers. */
    public final Memory hostMemory() {
        return p.hostMemory();
    }

    /** Starts to overwrite a tensor by host bytes; see {@link Primitives#copyIn}. */
    public final Transfer copyIn(HostBuffer from, long at, Tensor into) {
        return p.copyIn(from, at, into);
    }

    /** Starts to copy a tensor's bytes to the host; see {@link Primitives#copyOut}. */
    public final Transfer copyOut(Tensor from, HostBuffer into, long at) {
        return p.copyOut(from, into, at);
    }

    /** Bytes of a U8 tensor as elements of another dtype, sharing the storage. */
    public final Tensor reinterpret(Tensor bytes, long from, DType dtype, Shape shape) {
        return p.reinterpret(bytes, from, dtype, shape);
    }

    // Elements

    /** A contiguous copy in {@code dtype}. */
    public final Tensor cast(Tensor tensor, DType dtype) {
        return p.cast(tensor, dtype);
    }

    /** Copies with conversion of the dtype; shapes are equal or broadcast. */
    public final void copy(Tensor from, Tensor into) {
        p.copy(from, into);
    }

    public final void fill(Tensor tensor, double value) {
        p.fill(tensor, value);
    }

    /** The same elements in another shape. */
    public final Tensor view(Tensor tensor, long... dims) {
        return p.view(tensor, Shape.of(dims));
    }

    /** Rows {@code [from, to)}, sharing the storage. */
    public final Tensor rows(Tensor tensor, long from, long to) {
        return p.slice(tensor, 0, from, to);
    }

    /** Standard normal numbers times {@code deviation}, the same for the same seed. */
    public final Tensor normal(DType dtype, Shape shape, double deviation, long seed) {
        Tensor values = p.normal(dtype, shape, seed);
        p.affineInPlace(values, deviation, 0);
        return values;
    }

    // Sums

    /** A new tensor {@code a + b}. */
    public final Tensor add(Tensor a, Tensor b) {
        return p.add(a, b);
    }

    /** {@code a += scale · b}; {@code b} may be broadcast and of another floating dtype. */
    public final void addInPlace(Tensor a, Tensor b, double scale) {
        p.addInPlace(a, b, scale);
    }

    /** {@code a *= scale}. */
    public final void scaleInPlace(Tensor a, double scale) {
        p.affineInPlace(a, scale, 0);
    }

    /** {@code into += Σ over rows of a}: the gradient of a bias. a [N, D], into [D] fp32. */
    public final void addColumnSums(Tensor a, Tensor into) {
        try (Scope _ = scope()) {
            p.addInPlace(into, p.view(p.sum(p.cast(a, into.dtype()), 0), into.shape()), 1);
        }
    }

    /** Σ over all tensors and elements of x², summed on the device and read back. */
    public final double sumOfSquares(List<Tensor> tensors) {
        try (Scope _ = scope()) {
            Tensor total = p.full(DType.F32, Shape.of(1), 0);
            kernels.sumOfSquares(tensors, total);
            return floats(total)[0];
        }
    }

    /** {@code into} [1] F32 += Σ over all tensors and elements of x². */
    public final void addSumOfSquares(List<Tensor> tensors, Tensor into) {
        kernels.sumOfSquares(tensors, into);
    }

    // Embedding

    /** Rows of {@code table} [V, D] at {@code ids} [T]: [T, D]. Keeps the ids. */
    public final Tensor embedding(Tensor table, Tensor ids) {
        return p.indexRows(table, ids);
    }

    /**
     * Adds noise to x [T, D]: to row t, numbers of [−bounds[t], bounds[t]) that follow from the
     * seed and their place. The gradient passes through as it is.
     *
     * @param bounds [T] fp32
     */
    public final void addNoise(Tensor x, Tensor bounds, long seed) {
        kernels.addNoise(x, bounds, seed);
    }

    /** dTable[ids[t]] += dOut[t]; dTable [V, D] fp32. */
    public final void embeddingBackward(Tensor dOut, Tensor ids, Tensor dTable) {
        addRows(dTable, ids, dOut);
    }

    /** Rows {@code index[i]} of a matrix. */
    public final Tensor selectRows(Tensor matrix, Tensor index) {
        return p.indexRows(matrix, index);
    }

    /** {@code into[index[i]] += rows[i]}, converting to {@code into}'s dtype. */
    public final void addRows(Tensor into, Tensor index, Tensor rows) {
        kernels.addRows(into, index, rows);
    }

    // Norm

    /** What {@link #rmsNorm} makes: out like x, and rstd [N] fp32 for the backward. */
    public record Normed(Tensor out, Tensor rstd) {}

    /** Root-mean-square norm over the last axis of x [N, D]; see {@link Kernels#rmsNorm}. */
    public final Normed rmsNorm(Tensor x, Tensor weight, double eps) {
        Tensor rstd = p.empty(ComposedKernels.compute(x), Shape.of(x.elements() / x.dim(-1)));
        Tensor out = p.empty(x.dtype(), x.shape());
        kernels.rmsNorm(matrix(x), weight, eps, matrix(out), rstd);
        return new Normed(out, rstd);
    }

    /** The norm's output alone, for a backward that kept only its input. */
    public final Tensor rmsNormAgain(Tensor x, Tensor weight, double eps) {
        Tensor out = p.empty(x.dtype(), x.shape());
        kernels.rmsNorm(matrix(x), weight, eps, matrix(out), null);
        return out;
    }

    /** dX += …, dWeight += … when wanted; see {@link Kernels#rmsNormBackward}. */
    public final void rmsNormBackward(
            Tensor dOut,
            Tensor x,
            Tensor weight,
            Tensor rstd,
            Tensor dX,
            @Nullable Tensor dWeight) {
        kernels.rmsNormBackward(matrix(dOut), matrix(x), weight, rstd, matrix(dX), dWeight);
    }

    private Tensor matrix(Tensor tensor) {
        return tensor.shape().rank() == 2
                ? tensor
                : p.view(tensor, Shape.of(tensor.elements() / tensor.dim(-1), tensor.dim(-1)));
    }

    // Linear layers: weight [out, in] as Hugging Face stores it

    /** x · weightᵀ: [N, in] → [N, out]. Keeps x where the weight trains. */
    public final Tensor linear(Tensor x, Tensor weight) {
        return p.matmul(x, p.permute(weight, 1, 0));
    }

    /** into += scale · x · weightᵀ. */
    public final void linearInto(Tensor into, Tensor x, Tensor weight, double scale) {
        p.matmulInto(into, x, p.permute(weight, 1, 0), 1, scale);
    }

    /** dX = dOut · weight. */
    public final Tensor linearBackward(Tensor dOut, Tensor weight) {
        return p.matmul(dOut, weight);
    }

    /** dX += scale · dOut · weight. */
    public final void linearBackwardInto(Tensor dX, Tensor dOut, Tensor weight, double scale) {
        p.matmulInto(dX, dOut, weight, 1, scale);
    }

    /** dWeight += scale · dOutᵀ · x; dWeight fp32 [out, in]. */
    public final void linearWeightGradient(Tensor dWeight, Tensor dOut, Tensor x, double scale) {
        Tensor dOutT = p.permute(dOut, 1, 0);
        if (dOut.dtype() == dWeight.dtype()) {
            p.matmulInto(dWeight, dOutT, x, 1, scale);
        } else {
            p.addProduct(dWeight, dOutT, x, scale);
        }
    }

    // Low-rank adapters with a magnitude

    /** Σ x² of every row: [N] fp32. */
    public final Tensor rowSquares(Tensor matrix) {
        return new AdaptedNorms(p, kernels).squares(matrix);
    }

    /**
     * Norms of the rows of weight + scale · b·a, without forming it; see {@link AdaptedNorms}.
     *
     * @param weight [out, in]
     * @param squares of its rows, [out] fp32
     * @param a [R, in]
     * @param b [out, R]
     * @return [out] fp32
     */
    public final Tensor adaptedNorms(
            Tensor weight, Tensor squares, Tensor a, Tensor b, double scale) {
        return new AdaptedNorms(p, kernels).of(weight, squares, a, b, scale);
    }

    /** x with every column times its factor: x [N, D], factors [D] fp32. Keeps both. */
    public final Tensor scaleColumns(Tensor x, Tensor factors) {
        Tensor out = p.empty(x.dtype(), x.shape());
        kernels.scaleColumns(x, factors, out);
        return out;
    }

    /** dX [N, D]; dFactors [D] fp32 is accumulated. */
    public final Tensor scaleColumnsBackward(
            Tensor dOut, Tensor x, Tensor factors, Tensor dFactors) {
        Tensor dX = p.empty(x.dtype(), x.shape());
        kernels.scaleColumnsBackward(dOut, x, factors, dX, dFactors);
        return dX;
    }

    /** {@code a /= b}, both of one dtype. */
    public final void divideInPlace(Tensor a, Tensor b) {
        p.divInPlace(a, b);
    }

    // Weights in fewer bits

    /** The matrix in full, in {@code dtype}. */
    public final Tensor dequantize(QuantizedMatrix matrix, DType dtype) {
        Tensor out = p.empty(dtype, matrix.shape());
        kernels.dequantize(matrix, out);
        return out;
    }

    /** The mean of fp32 values, summed in fp32 in the order that libtorch has on processors. */
    public final float mean(float[] values) {
        return p.sumOnHost(values) / values.length;
    }

    // Rope

    /** Turns x [T, H, E] in place by each token's angles; see {@link Kernels#rope}. */
    public final void rope(Tensor x, Tensor cos, Tensor sin) {
        kernels.rope(x, cos, sin, false);
    }

    /** The inverse rotation, in place. */
    public final void ropeBackward(Tensor dX, Tensor cos, Tensor sin) {
        kernels.rope(dX, cos, sin, true);
    }

    // Attention

    /** What {@link #attention} makes: out [T, H, E], and H·T fp32 logSumExp for the backward. */
    public record Attended(Tensor out, Tensor logSumExp) {}

    /** Gradients of the three inputs of {@link #attention}, shaped like them. */
    public record AttentionGradients(Tensor dQ, Tensor dK, Tensor dV) {}

    /**
     * Causal attention within each sequence. Keeps q, k, v, out and logSumExp; costs 4·E·H FLOPs a
     * visible pair of tokens, the backward 10·E·H.
     *
     * @param q [T, H, E]
     * @param k [S, K, E]
     * @param v [S, K, E]
     */
    public final Attended attention(
            Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec) {
        if (kernels.attends(q, sequences)) {
            return kernels.attention(q, k, v, sequences, spec);
        }
        Tensor logSumExp = p.empty(ComposedKernels.compute(q), Shape.of(q.dim(0) * q.dim(1)));
        Tensor out = p.empty(q.dtype(), q.shape());
        tiled(q, k, sequences, spec).forward(q, k, v, out, logSumExp);
        return new Attended(out, logSumExp);
    }

    /** Gradients by q, k and v of {@link #attention}, from what it kept. */
    public final AttentionGradients attentionBackward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Attended kept,
            Sequences sequences,
            AttentionSpec spec) {
        if (kernels.attends(q, sequences)) {
            return kernels.attentionBackward(dOut, q, k, v, kept, sequences, spec);
        }
        Tensor dQ = p.empty(q.dtype(), q.shape());
        Tensor dK = p.empty(k.dtype(), k.shape());
        Tensor dV = p.empty(v.dtype(), v.shape());
        tiled(q, k, sequences, spec)
                .backward(dOut, q, k, v, kept.out(), kept.logSumExp(), dQ, dK, dV);
        return new AttentionGradients(dQ, dK, dV);
    }

    private TiledAttention tiled(Tensor q, Tensor k, Sequences sequences, AttentionSpec spec) {
        return new TiledAttention(p, kernels, sequences, spec, q.dim(1), k.dim(1));
    }

    // Gated feed-forward

    /** act(gate) · up, all [T, F]. Keeps gate and up. */
    public final Tensor gatedActivation(Activation activation, Tensor gate, Tensor up) {
        Tensor out = p.empty(gate.dtype(), gate.shape());
        kernels.gatedActivation(activation, gate, up, out);
        return out;
    }

    /** Overwrites gate with dGate and up with dUp. */
    public final void gatedActivationBackward(
            Activation activation, Tensor dOut, Tensor gate, Tensor up) {
        kernels.gatedActivationBackward(activation, dOut, gate, up, gate, up);
    }

    // Head

    /**
     * log p(targets[n]) under softmax(hidden · headᵀ), chunk by chunk: all logits never exist at
     * once. Keeps its inputs; 2·D·V FLOPs a row.
     *
     * @param hidden [N, D]
     * @param head [V, D]
     * @param targets [N] I64
     * @return [N] fp32
     */
    public final Tensor tokenLogProbs(Tensor hidden, Tensor head, Tensor targets) {
        Tensor logProbs = p.empty(ComposedKernels.compute(hidden), targets.shape());
        for (long from = 0, step = logitRows(head); from < hidden.dim(0); from += step) {
            try (Scope _ = scope()) {
                long to = Math.min(hidden.dim(0), from + step);
                Tensor logits = linear(rows(hidden, from, to), head);
                Tensor part = rows(logProbs, from, to);
                Tensor logSumExp = p.empty(part.dtype(), part.shape());
                kernels.tokenLogProbs(logits, rows(targets, from, to), part, logSumExp);
            }
        }
        return logProbs;
    }

    /**
     * The gradient of {@link #tokenLogProbs}, forming each chunk of logits anew; 6·D·V FLOPs a row,
     * 2·D·V more with dHead. It returns the log-probabilities too, so an objective that is linear
     * in them, such as SFT, needs this one pass only.
     *
     * @param dLogProbs [N] fp32
     * @param dHidden [N, D], overwritten
     * @param dHead [V, D] fp32, accumulated, or null when the head is frozen
     * @return log-probabilities [N] fp32
     */
    public final Tensor tokenLogProbsBackward(
            Tensor hidden,
            Tensor head,
            Tensor targets,
            Tensor dLogProbs,
            Tensor dHidden,
            @Nullable Tensor dHead) {
        Tensor logProbs = p.empty(ComposedKernels.compute(hidden), targets.shape());
        for (long from = 0, step = logitRows(head); from < hidden.dim(0); from += step) {
            try (Scope _ = scope()) {
                long to = Math.min(hidden.dim(0), from + step);
                Tensor rows = rows(hidden, from, to);
                Tensor logits = linear(rows, head);
                Tensor targetRows = rows(targets, from, to);
                Tensor part = rows(logProbs, from, to);
                Tensor logSumExp = p.empty(part.dtype(), part.shape());
                kernels.tokenLogProbs(logits, targetRows, part, logSumExp);
                kernels.tokenLogProbsBackward(
                        logits, targetRows, logSumExp, rows(dLogProbs, from, to));
                p.matmulInto(rows(dHidden, from, to), logits, head, 0, 1);
                if (dHead != null) {
                    linearWeightGradient(dHead, logits, rows, 1);
                }
            }
        }
        return logProbs;
    }

    private static long logitRows(Tensor head) {
        long row = head.dim(0) * head.dtype().bytes();
        return switch (head.device().kind()) {
            case CPU -> Math.max(LEAST_LOGIT_ROWS, LOGIT_BYTES / row);
            case CUDA -> Math.max(1, CARD_LOGIT_BYTES / row / CARD_ROWS) * CARD_ROWS;
        };
    }

    /** Index of the largest entry of each row: [N, V] → I64 [N]. */
    public final Tensor argmax(Tensor logits) {
        return p.argmax(logits);
    }

    // Dropout

    /**
     * x · mask / (1 − p) with a mask drawn from {@code seed}; the backward is the same call on
     * dOut.
     */
    public final Tensor dropout(Tensor x, double probability, long seed) {
        Tensor out = p.empty(x.dtype(), x.shape());
        kernels.dropout(x, probability, seed, out);
        return out;
    }

    // Optimizer

    /** One optimizer step of all these parameters; see {@link Kernels#update}. */
    public final void update(UpdateRule rule, List<UpdateSlot> slots) {
        kernels.update(rule, slots);
    }
}
