package dev.hone.tensor;

import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations worth a kernel of their own, each forward with its backward beside it. A kernel
 * writes into tensors it is given, so that who allocates what is decided in one place ({@link Ops})
 * for every device and for the paper count alike. {@link ComposedKernels} is the plain reference.
 *
 * <p>Arithmetic inside a kernel is fp32 (fp64 for fp64 tensors), whatever the dtype of its tensors.
 * "Accumulated" means added to what the tensor holds. All tensors are contiguous unless said
 * otherwise. Shape letters: T tokens, D hidden, F MLP width, H query heads, K key-value heads, G =
 * H/K, E head size, V vocabulary, N rows.
 */
public interface Kernels {

    /** One line for {@code hone doctor}: which implementation this is, and why. */
    String description();

    /**
     * Root-mean-square norm (Zhang and Sennrich 2019, arXiv 1910.07467): out = x · rstd · weight,
     * rstd = 1/√(mean(x²) + eps).
     *
     * @param x [N, D]
     * @param weight [D]
     * @param out [N, D]
     * @param rstd [N] fp32 (fp64 for fp64), written unless null
     */
    void rmsNorm(Tensor x, Tensor weight, double eps, Tensor out, @Nullable Tensor rstd);

    /**
     * With x̂ = x·rstd and g = dOut·weight: dX += rstd · (g − x̂ · mean(g·x̂)), dWeight += Σ_N
     * dOut·x̂.
     *
     * @param dX [N, D], accumulated
     * @param dWeight [D] fp32, accumulated, or null when not wanted
     */
    void rmsNormBackward(
            Tensor dOut, Tensor x, Tensor weight, Tensor rstd, Tensor dX, @Nullable Tensor dWeight);

    /**
     * Rotates, in place, the halves of each head by its token's angles (Su et al., arXiv
     * 2104.09864, in the half-split layout): (a, b) → (a·cos − b·sin, b·cos + a·sin). The backward
     * is the inverse rotation.
     *
     * @param x [T, H, E]; only the first 2·(width of cos) entries of E turn
     * @param cos [T, E/2] fp32
     * @param sin [T, E/2] fp32
     */
    void rope(Tensor x, Tensor cos, Tensor sin, boolean inverse);

    /** out = act(gate) · up, all [T, F]. */
    void gatedActivation(Activation activation, Tensor gate, Tensor up, Tensor out);

    /**
     * dUp = dOut · act(gate), dGate = dOut · up · act'(gate). {@code dGate} may be the very tensor
     * {@code gate} and {@code dUp} the very tensor {@code up}.
     */
    void gatedActivationBackward(
            Activation activation, Tensor dOut, Tensor gate, Tensor up, Tensor dGate, Tensor dUp);

    /**
     * Whether {@link #attention} is there for such queries; where it is not, {@link Ops} goes tile
     * by tile.
     *
     * @param q [T, H, E]
     */
    default boolean attends(Tensor q, Sequences sequences) {
        return false;
    }

    /** Attention in one piece, into new tensors; see {@link Ops#attention}. */
    default Attended attention(
            Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec) {
        throw new UnsupportedOperationException("attention in one piece");
    }

    /** Gradients of {@link #attention}, in new tensors. */
    default AttentionGradients attentionBackward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Attended kept,
            Sequences sequences,
            AttentionSpec spec) {
        throw new UnsupportedOperationException("attention in one piece");
    }

    /**
     * Softmax of scale·scores over each row's visible keys, in place; invisible ones become 0.
     *
     * @param scores [K, G·queries, keys]
     * @param logSumExp [K, G·queries] fp32: log Σ exp(scale·scores) over the visible keys
     */
    void attentionSoftmax(ScoreTile tile, double scale, Tensor scores, Tensor logSumExp);

    /**
     * In place: scores becomes p = exp(scale·scores − logSumExp) and dProbs becomes scale · p ·
     * (dProbs − delta), both 0 at invisible keys.
     *
     * @param scores [K, G·queries, keys]
     * @param dProbs the same
     * @param delta [K, G·queries] fp32: Σ_E dOut·out
     */
    void attentionSoftmaxBackward(
            ScoreTile tile,
            double scale,
            Tensor scores,
            Tensor dProbs,
            Tensor logSumExp,
            Tensor delta);

    /** out[n] = Σ over the last axis of a·b; a, b [N, E], out [N] fp32. */
    void rowDots(Tensor a, Tensor b, Tensor out);

    /**
     * logProbs[n] = logits[n, targets[n]] − logSumExp[n].
     *
     * @param logits [N, V]
     * @param targets [N] I64
     * @param logProbs [N] fp32
     * @param logSumExp [N] fp32
     */
    void tokenLogProbs(Tensor logits, Tensor targets, Tensor logProbs, Tensor logSumExp);

    /** In place: logits becomes dLogProbs[n] · (onehot(targets[n]) − softmax(logits[n])). */
    void tokenLogProbsBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dLogProbs);

    /**
     * out[n, d] = x[n, d] · factors[d].
     *
     * @param x [N, D]
     * @param factors [D] fp32 (fp64 for fp64)
     * @param out [N, D]
     */
    void scaleColumns(Tensor x, Tensor factors, Tensor out);

    /**
     * dX[n, d] = dOut[n, d] · factors[d], dFactors[d] += Σ_N dOut·x.
     *
     * @param dX [N, D]
     * @param dFactors [D] fp32 (fp64 for fp64), accumulated
     */
    void scaleColumnsBackward(Tensor dOut, Tensor x, Tensor factors, Tensor dX, Tensor dFactors);

    /**
     * x[n, d] += bounds[n] · z with every z drawn from [−1, 1) by {@code seed} and its place alone.
     *
     * @param x [N, D]
     * @param bounds [N] fp32
     */
    void addNoise(Tensor x, Tensor bounds, long seed);

    /** out = x · mask / (1 − p), the mask drawn from {@code seed} alone. */
    void dropout(Tensor x, double p, long seed, Tensor out);

    /**
     * {@code into[index[i]] += rows[i]}, in the order of the rows.
     *
     * @param into [V, D], of any floating dtype
     * @param index [N] I64, the same row as often as it likes
     * @param rows [N, D]
     */
    void addRows(Tensor into, Tensor index, Tensor rows);

    /**
     * out = the matrix in full.
     *
     * @param out of the matrix's shape, of any floating dtype
     */
    void dequantize(QuantizedMatrix matrix, Tensor out);

    /**
     * One optimizer step of all these parameters: updates weights and states, carries new weights
     * over to the values, and clears the gradients, each of which is read once.
     */
    void update(UpdateRule rule, List<UpdateSlot> slots);

    /**
     * into += Σ over all tensors and elements of x².
     *
     * @param tensors fp32
     * @param into [1] F32
     */
    void sumOfSquares(List<Tensor> tensors, Tensor into);
}
