package dev.hone.tensor;

/**
 * Causal attention over sequence offsets, tile by tile, so that the scores of a whole sequence
 * never exist at once.
 *
 * <p>The forward keeps out and logSumExp; the backward forms the probabilities anew from them, as
 * in FlashAttention-2 (Dao 2023, arXiv 2307.08691): with P = exp(scale·QKᵀ − logSumExp) and delta =
 * Σ dOut·out, dV = Pᵀ·dOut, dS = scale·P·(dOut·Vᵀ − delta), dQ = dS·K, dK = dSᵀ·Q. The G query
 * heads of a key-value head are stacked as rows of one matrix, so keys and values are never
 * repeated. A tile is c query tokens of one sequence; S is the number of keys it sees.
 */
final class TiledAttention {
    /** Most elements of one tile of scores. */
    private static final long TILE_ELEMENTS = 1 << 21;

    /** Fewest query tokens of a tile. */
    private static final int LEAST_QUERIES = 16;

    private final Primitives p;
    private final Kernels kernels;
    private final Sequences sequences;
    private final AttentionSpec spec;
    private final long queryHeads;
    private final long keyHeads;

    TiledAttention(
            Primitives primitives,
            Kernels kernels,
            Sequences sequences,
            AttentionSpec spec,
            long queryHeads,
            long keyHeads) {
        this.p = primitives;
        this.kernels = kernels;
        this.sequences = sequences;
        this.spec = spec;
        this.queryHeads = queryHeads;
        this.keyHeads = keyHeads;
    }

    /** Query tokens [from, to) of the flat run, and what their scores look like. */
    private record Tile(int from, int to, ScoreTile scores) {
        int queries() {
            return to - from;
        }
    }

    /** Writes out [T, H, E] and logSumExp [H·T], which is laid out tile by tile. */
    void forward(Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        for (int s = 0; s < sequences.count(); s++) {
            try (Scope _ = p.scopes().open()) {
                Tensor keys = byHead(k, s); // [K, S, E]
                Tensor values = byHead(v, s);
                for (Tile tile : tiles(s)) {
                    try (Scope _ = p.scopes().open()) {
                        Tensor scores = p.matmul(gather(q, tile), transposed(seen(keys, tile)));
                        kernels.attentionSoftmax(
                                tile.scores(), spec.scale(), scores, rows(logSumExp, tile));
                        scatter(p.matmul(scores, seen(values, tile)), out, tile);
                    }
                }
            }
        }
    }

    /** Writes dQ [T, H, E], dK and dV [T, K, E]. */
    void backward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out,
            Tensor logSumExp,
            Tensor dQ,
            Tensor dK,
            Tensor dV) {
        for (int s = 0; s < sequences.count(); s++) {
            try (Scope _ = p.scopes().open()) {
                Tensor keys = byHead(k, s);
                Tensor values = byHead(v, s);
                // Tiles sum in fp32.
                DType sums = ComposedKernels.compute(k);
                Tensor dKeys = p.full(sums, keys.shape(), 0);
                Tensor dValues = p.full(sums, values.shape(), 0);
                for (Tile tile : tiles(s)) {
                    try (Scope _ = p.scopes().open()) {
                        backward(tile, dOut, q, out, logSumExp, keys, values, dQ, dKeys, dValues);
                    }
                }
                copyByHead(dKeys, dK, s);
                copyByHead(dValues, dV, s);
            }
        }
    }

    private void backward(
            Tile tile,
            Tensor dOut,
            Tensor q,
            Tensor out,
            Tensor logSumExp,
            Tensor keys,
            Tensor values,
            Tensor dQ,
            Tensor dKeys,
            Tensor dValues) {
        Tensor queries = gather(q, tile); // [K, G·c, E]
        Tensor dMixed = gather(dOut, tile);
        Tensor lse = rows(logSumExp, tile); // [K, G·c]
        Tensor delta = p.empty(lse.dtype(), lse.shape());
        kernels.rowDots(dMixed, gather(out, tile), delta);
        Tensor seen = seen(keys, tile); // [K, S, E]
        Tensor scores = p.matmul(queries, transposed(seen)); // [K, G·c, S]
        Tensor dProbs = p.matmul(dMixed, transposed(seen(values, tile)));
        kernels.attentionSoftmaxBackward(tile.scores(), spec.scale(), scores, dProbs, lse, delta);
        scatter(p.matmul(dProbs, seen), dQ, tile);
        p.addInPlace(seen(dKeys, tile), p.matmul(transposed(dProbs), queries), 1);
        p.addInPlace(seen(dValues, tile), p.matmul(transposed(scores), dMixed), 1);
    }

    private Tile[] tiles(int s) {
        int queries = sequences.queryEnd(s) - sequences.queryStart(s);
        int keys = sequences.keyEnd(s) - sequences.keyStart(s);
        int cached = keys - queries; // tokens that are only looked back at
        int height =
                (int)
                        Math.max(
                                LEAST_QUERIES,
                                Math.min(queries, TILE_ELEMENTS / (queryHeads * keys)));
        Tile[] tiles = new Tile[Math.ceilDiv(queries, height)];
        for (int i = 0; i < tiles.length; i++) {
            int from = i * height;
            int to = Math.min(queries, from + height);
            int first = spec.window() <= 0 ? 0 : Math.max(0, cached + from - spec.window() + 1);
            ScoreTile scores =
                    new ScoreTile(
                            cached + from, to - from, first, cached + to - first, spec.window());
            int start = sequences.queryStart(s);
            tiles[i] = new Tile(start + from, start + to, scores);
        }
        return tiles;
    }

    /** The rows of [K, keys, E] that this tile's queries see. */
    private Tensor seen(Tensor keys, Tile tile) {
        int first = tile.scores().firstKey();
        return p.slice(keys, 1, first, first + tile.scores().keys());
    }

    private Tensor transposed(Tensor batch) {
        return p.permute(batch, 0, 2, 1);
    }

    private Tensor keysOf(Tensor tokens, int s) {
        return p.permute(p.slice(tokens, 0, sequences.keyStart(s), sequences.keyEnd(s)), 1, 0, 2);
    }

    private Tensor byHead(Tensor tokens, int s) {
        return contiguous(keysOf(tokens, s));
    }

    private void copyByHead(Tensor byHead, Tensor tokens, int s) {
        p.copy(byHead, keysOf(tokens, s));
    }

    /** The tile's part of [H·T] as [K, G·c]. */
    private Tensor rows(Tensor logSumExp, Tile tile) {
        Tensor part = p.slice(logSumExp, 0, queryHeads * tile.from(), queryHeads * tile.to());
        return p.view(part, Shape.of(keyHeads, queryHeads / keyHeads * tile.queries()));
    }

    /** The tile's part of [T, H, E] as a view [K, G, c, E]. */
    private Tensor grouped(Tensor tokens, Tile tile) {
        Tensor part = p.slice(tokens, 0, tile.from(), tile.to()); // [c, H, E]
        Shape shape = Shape.of(tile.queries(), keyHeads, queryHeads / keyHeads, tokens.dim(2));
        return p.permute(p.view(part, shape), 1, 2, 0, 3);
    }

    /** The tile's part of [T, H, E] as a matrix a key-value head, [K, G·c, E]. */
    private Tensor gather(Tensor tokens, Tile tile) {
        long rows = queryHeads / keyHeads * tile.queries();
        return p.view(contiguous(grouped(tokens, tile)), Shape.of(keyHeads, rows, tokens.dim(2)));
    }

    private void scatter(Tensor matrix, Tensor tokens, Tile tile) {
        Tensor into = grouped(tokens, tile);
        p.copy(p.view(matrix, into.shape()), into);
    }

    private Tensor contiguous(Tensor view) {
        Tensor copy = p.empty(view.dtype(), view.shape());
        p.copy(view, copy);
        return copy;
    }
}
