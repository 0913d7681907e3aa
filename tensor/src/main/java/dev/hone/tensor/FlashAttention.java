package dev.hone.tensor;

import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import java.lang.foreign.MemorySegment;

/**
 * Attention over sequence offsets in one piece, as FlashAttention-2 computes it (Dao 2023, arXiv
 * 2307.08691): no scores in memory. The arithmetic is a library's; what it takes for itself while
 * it runs is booked here, by libtorch's rules (aten/src/ATen/native/transformers/cuda/flash_attn/
 * flash_api.cpp, mha_varlen_fwd and mha_varlen_bwd).
 */
public final class FlashAttention {
    /** Widest head that has a backward. */
    private static final long WIDEST_HEAD = 256;

    /** Rows by which a sequence's sums are padded. */
    private static final long PADDING = 128;

    /** Cores (streaming multiprocessors) of the largest card. */
    private static final long MOST_CORES = 192;

    /** The state of a random generator, two numbers, and an unused one. */
    private static final long STATE_BYTES = 24;

    private final Primitives p;
    private final Library library;

    public FlashAttention(Primitives primitives, Library library) {
        this.p = primitives;
        this.library = library;
    }

    /** Who computes. Tensors it returns belong to the innermost scope. */
    public interface Library {
        /** out [T, H, E] and logSumExp [H, T] fp32. */
        Attended forward(Inputs inputs, AttentionSpec spec);

        AttentionGradients backward(Tensor dOut, Inputs inputs, Attended kept, AttentionSpec spec);
    }

    /**
     * What is attended to.
     *
     * @param q [T, H, E]
     * @param k [S, K, E]
     * @param v [S, K, E]
     * @param queries where each sequence's queries start, and the end, I32
     * @param keys the same of its keys
     * @param longestQuery most queries of a sequence
     * @param longestKey most keys of a sequence
     */
    public record Inputs(
            Tensor q,
            Tensor k,
            Tensor v,
            Sequences sequences,
            Tensor queries,
            Tensor keys,
            int longestQuery,
            int longestKey) {}

    /** Whether there is a kernel for such queries; one query a sequence is left to tiles. */
    static boolean takes(Tensor q, Sequences sequences) {
        return q.dtype() == DType.BF16
                && q.dim(2) % 8 == 0
                && q.dim(2) <= WIDEST_HEAD
                && sequences.queries() > sequences.count();
    }

    Attended forward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec) {
        try (Scope scope = p.scopes().open()) {
            Attended attended = library.forward(inputs(q, k, v, sequences), spec);
            p.memory().passed(STATE_BYTES);
            scope.keep(attended.out());
            scope.keep(attended.logSumExp());
            return attended;
        }
    }

    AttentionGradients backward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Attended kept,
            Sequences sequences,
            AttentionSpec spec) {
        try (Scope scope = p.scopes().open()) {
            AttentionGradients gradients =
                    library.backward(dOut, inputs(q, k, v, sequences), kept, spec);
            p.memory().passed(workspace(q, k, sequences));
            scope.keep(gradients.dQ());
            scope.keep(gradients.dK());
            scope.keep(gradients.dV());
            return gradients;
        }
    }

    /**
     * fp32 sums of dQ, as often as there are cores for a head of a sequence so that each adds in
     * one order, those of Σ dOut·out, and dK and dV a query head where heads share keys.
     */
    private static long workspace(Tensor q, Tensor k, Sequences sequences) {
        long rows = q.dim(0) + PADDING * sequences.count();
        long unit = q.dim(2) <= 128 ? 32 : 64;
        long rounded = Math.ceilDiv(q.dim(2), unit) * unit;
        long splits = Math.ceilDiv(MOST_CORES, sequences.count() * q.dim(1));
        long sums = 4 * rows * q.dim(1) * (splits * rounded + 1);
        boolean grouped = q.dim(1) != k.dim(1);
        return sums + (grouped ? 2 * k.dim(0) * q.dim(1) * q.dim(2) * q.dtype().bytes() : 0);
    }

    private Inputs inputs(Tensor q, Tensor k, Tensor v, Sequences sequences) {
        int[] queries = new int[sequences.count() + 1];
        int[] keys = new int[sequences.count() + 1];
        int longestQuery = 0;
        int longestKey = 0;
        for (int s = 0; s < sequences.count(); s++) {
            queries[s + 1] = sequences.queryEnd(s);
            keys[s + 1] = sequences.keyEnd(s);
            longestQuery = Math.max(longestQuery, queries[s + 1] - queries[s]);
            longestKey = Math.max(longestKey, keys[s + 1] - keys[s]);
        }
        Shape shape = Shape.of(queries.length);
        return new Inputs(
                q,
                k,
                v,
                sequences,
                p.upload(MemorySegment.ofArray(queries), DType.I32, shape),
                p.upload(MemorySegment.ofArray(keys), DType.I32, shape),
                longestQuery,
                longestKey);
    }
}
