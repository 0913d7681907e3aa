package dev.hone.model;

import dev.hone.tensor.AttentionSpec;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import dev.hone.tensor.Ops.Normed;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a Llama-shaped decoder, forward and backward.
 *
 * <pre>
 * h = x + o(attention(rope(q(n₁)), rope(k(n₁)), v(n₁)))     n₁ = norm₁(x)
 * y = h + down(act(gate(n₂)) · up(n₂))                      n₂ = norm₂(h)
 * </pre>
 *
 * The backward keeps x, q, k, v, the attention's output, h, gate, up and the adapters' u; the
 * norms' outputs and the activation are formed anew, which costs no matrix product.
 */
final class DecoderLayer implements AutoCloseable {
    private final int index;
    private final ModelConfig config;
    private final AttentionSpec spec;
    private final Parameter inputNorm;
    private final Parameter postNorm;
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear o;
    private final @Nullable Parameter queryNorm;
    private final @Nullable Parameter keyNorm;
    private final Linear gate;
    private final Linear up;
    private final Linear down;

    DecoderLayer(
            int index,
            ModelConfig config,
            Parameter inputNorm,
            Parameter postNorm,
            Linear q,
            Linear k,
            Linear v,
            Linear o,
            @Nullable Parameter queryNorm,
            @Nullable Parameter keyNorm,
            Linear gate,
            Linear up,
            Linear down) {
        this.index = index;
        this.config = config;
        this.spec = new AttentionSpec(1 / Math.sqrt(config.headSize()), config.window());
        this.inputNorm = inputNorm;
        this.postNorm = postNorm;
        this.q = q;
        this.k = k;
        this.v = v;
        this.o = o;
        this.queryNorm = queryNorm;
        this.keyNorm = keyNorm;
        this.gate = gate;
        this.up = up;
        this.down = down;
    }

    /** Heads [T, heads, E] after the norm, with what that norm's backward needs. */
    private record Heads(Tensor heads, @Nullable Tensor raw, @Nullable Tensor rstd) {}

    /** What the backward needs; closed by it. Tensors of dtype and shape as in the forward. */
    static final class Kept {
        private final Tensor x;
        private final Tensor rstd1;
        private final Heads query;
        private final Heads key;
        private final Tensor value;
        private final Attended attended;
        private final Tensor middle;
        private final Tensor rstd2;
        private final Tensor gate;
        private final Tensor up;
        private final @Nullable Tensor[] adapters; // u of q, k, v, o, gate, up, down

        private Kept(
                Tensor x,
                Tensor rstd1,
                Heads query,
                Heads key,
                Tensor value,
                Attended attended,
                Tensor middle,
                Tensor rstd2,
                Tensor gate,
                Tensor up,
                @Nullable Tensor... adapters) {
            this.x = x;
            this.rstd1 = rstd1;
            this.query = query;
            this.key = key;
            this.value = value;
            this.attended = attended;
            this.middle = middle;
            this.rstd2 = rstd2;
            this.gate = gate;
            this.up = up;
            this.adapters = adapters;
        }

        /** Hands everything but x to the scope around {@code scope}. */
        void keep(Scope scope) {
            forEach(scope::keep);
        }

        void close() {
            x.close();
            forEach(Tensor::close);
        }

        private void forEach(Consumer<Tensor> visit) {
            for (Tensor tensor :
                    List.of(
                            rstd1,
                            query.heads(),
                            key.heads(),
                            value,
                            attended.out(),
                            attended.logSumExp(),
                            middle,
                            rstd2,
                            gate,
                            up)) {
                visit.accept(tensor);
            }
            for (Heads heads : List.of(query, key)) {
                if (heads.raw() != null && heads.rstd() != null) {
                    visit.accept(heads.raw());
                    visit.accept(heads.rstd());
                }
            }
            for (Tensor u : adapters) {
                if (u != null) {
                    visit.accept(u);
                }
            }
        }
    }

    /** The layer's output [T, D] and what it keeps; the kept ones own x too. */
    record Result(Tensor y, Kept kept) {}

    /** x [T, D] → y [T, D]. */
    Result forward(Ops ops, Pass pass, Tensor x) {
        try (Scope scope = ops.scope()) {
            Normed n1 = ops.rmsNorm(x, inputNorm.value(), config.normEps());
            Linear.Result rawQ = q.forward(ops, n1.out(), pass.seedAt(index, 0));
            Linear.Result rawK = k.forward(ops, n1.out(), pass.seedAt(index, 1));
            Linear.Result rawV = v.forward(ops, n1.out(), pass.seedAt(index, 2));
            Heads query = heads(ops, pass, rawQ.y(), queryNorm);
            Heads key = heads(ops, pass, rawK.y(), keyNorm);
            Tensor value = split(ops, rawV.y());
            Attended attended =
                    ops.attention(query.heads(), key.heads(), value, pass.sequences(), spec);
            Linear.Result mixed =
                    o.forward(ops, joined(ops, attended.out()), pass.seedAt(index, 3));
            Tensor middle = ops.add(x, mixed.y());
            Normed n2 = ops.rmsNorm(middle, postNorm.value(), config.normEps());
            Linear.Result gated = gate.forward(ops, n2.out(), pass.seedAt(index, 4));
            Linear.Result upped = up.forward(ops, n2.out(), pass.seedAt(index, 5));
            Tensor activated = ops.gatedActivation(config.activation(), gated.y(), upped.y());
            Linear.Result downed = down.forward(ops, activated, pass.seedAt(index, 6));
            ops.addInPlace(downed.y(), middle, 1);
            Kept kept =
                    new Kept(
                            x,
                            n1.rstd(),
                            query,
                            key,
                            value,
                            attended,
                            middle,
                            n2.rstd(),
                            gated.y(),
                            upped.y(),
                            rawQ.u(),
                            rawK.u(),
                            rawV.u(),
                            mixed.u(),
                            gated.u(),
                            upped.u(),
                            downed.u());
            kept.keep(scope);
            return new Result(scope.keep(downed.y()), kept);
        }
    }

    /**
     * Turns dY into dX in place and accumulates the gradients of what trains here. {@code kept} is
     * closed.
     *
     * @param inputWanted false in the first layer when nothing below trains: dY is then undefined
     */
    void backward(Ops ops, Pass pass, Kept kept, Tensor dY, boolean inputWanted) {
        feedForwardBackward(ops, pass, kept, dY);
        attentionBackward(ops, pass, kept, dY, inputWanted);
        kept.close();
    }

    private void feedForwardBackward(Ops ops, Pass pass, Kept kept, Tensor dY) {
        try (Scope _ = ops.scope()) {
            Tensor dActivated;
            try (Scope scope = ops.scope()) {
                Tensor activated =
                        down.trains()
                                ? ops.gatedActivation(config.activation(), kept.gate, kept.up)
                                : null;
                dActivated =
                        scope.keep(
                                down.backward(
                                        ops,
                                        dY,
                                        activated,
                                        kept.adapters[6],
                                        null,
                                        pass.seedAt(index, 6)));
            }
            ops.gatedActivationBackward(config.activation(), dActivated, kept.gate, kept.up);
            dActivated.close();
            Tensor n2 =
                    gate.trains() || up.trains()
                            ? ops.rmsNormAgain(kept.middle, postNorm.value(), config.normEps())
                            : null;
            Tensor dN2 =
                    gate.backward(
                            ops, kept.gate, n2, kept.adapters[4], null, pass.seedAt(index, 4));
            up.backward(ops, kept.up, n2, kept.adapters[5], dN2, pass.seedAt(index, 5));
            ops.rmsNormBackward(
                    dN2, kept.middle, postNorm.value(), kept.rstd2, dY, postNorm.gradientOrNull());
        }
    }

    private void attentionBackward(Ops ops, Pass pass, Kept kept, Tensor dY, boolean inputWanted) {
        try (Scope _ = ops.scope()) {
            Tensor dMixed =
                    o.backward(
                            ops,
                            dY,
                            joined(ops, kept.attended.out()),
                            kept.adapters[3],
                            null,
                            pass.seedAt(index, 3));
            AttentionGradients d =
                    ops.attentionBackward(
                            split(ops, dMixed),
                            kept.query.heads(),
                            kept.key.heads(),
                            kept.value,
                            kept.attended,
                            pass.sequences(),
                            spec);
            Tensor dQ = headsBackward(ops, pass, d.dQ(), kept.query, queryNorm);
            Tensor dK = headsBackward(ops, pass, d.dK(), kept.key, keyNorm);
            Tensor dV = joined(ops, d.dV());
            Tensor n1 =
                    q.trains() || k.trains() || v.trains()
                            ? ops.rmsNormAgain(kept.x, inputNorm.value(), config.normEps())
                            : null;
            if (!inputWanted && !inputNorm.trainable()) {
                q.backwardLast(ops, dQ, n1, kept.adapters[0], pass.seedAt(index, 0));
                k.backwardLast(ops, dK, n1, kept.adapters[1], pass.seedAt(index, 1));
                v.backwardLast(ops, dV, n1, kept.adapters[2], pass.seedAt(index, 2));
                return;
            }
            Tensor dN1 = q.backward(ops, dQ, n1, kept.adapters[0], null, pass.seedAt(index, 0));
            k.backward(ops, dK, n1, kept.adapters[1], dN1, pass.seedAt(index, 1));
            v.backward(ops, dV, n1, kept.adapters[2], dN1, pass.seedAt(index, 2));
            ops.rmsNormBackward(
                    dN1, kept.x, inputNorm.value(), kept.rstd1, dY, inputNorm.gradientOrNull());
        }
    }

    /**
     * One step of decoding: x [n, D] are the newest tokens, whose keys and values join the cache.
     */
    Tensor decode(Ops ops, Pass pass, Tensor x, KeyValueCache cache) {
        try (Scope scope = ops.scope()) {
            Tensor n1 = ops.rmsNormAgain(x, inputNorm.value(), config.normEps());
            Tensor query =
                    heads(ops, pass, q.forward(ops, n1, Pass.NO_DROPOUT).y(), queryNorm).heads();
            Tensor key = heads(ops, pass, k.forward(ops, n1, Pass.NO_DROPOUT).y(), keyNorm).heads();
            Tensor value = split(ops, v.forward(ops, n1, Pass.NO_DROPOUT).y());
            cache.append(ops, index, key, value);
            int length = cache.length() + (int) x.dim(0);
            Tensor mixed =
                    ops.attention(
                                    query,
                                    ops.rows(cache.keys(index), 0, length),
                                    ops.rows(cache.values(index), 0, length),
                                    Sequences.cached((int) x.dim(0), length),
                                    spec)
                            .out();
            Tensor middle = ops.add(x, o.forward(ops, joined(ops, mixed), Pass.NO_DROPOUT).y());
            Tensor n2 = ops.rmsNormAgain(middle, postNorm.value(), config.normEps());
            Tensor activated =
                    ops.gatedActivation(
                            config.activation(),
                            gate.forward(ops, n2, Pass.NO_DROPOUT).y(),
                            up.forward(ops, n2, Pass.NO_DROPOUT).y());
            Tensor y = down.forward(ops, activated, Pass.NO_DROPOUT).y();
            ops.addInPlace(y, middle, 1);
            return scope.keep(y);
        }
    }

    private Heads heads(Ops ops, Pass pass, Tensor projected, @Nullable Parameter norm) {
        Tensor raw = split(ops, projected); // [T, H, E]
        if (norm == null) {
            ops.rope(raw, pass.cos(), pass.sin());
            return new Heads(raw, null, null);
        }
        Normed normed = ops.rmsNorm(raw, norm.value(), config.normEps());
        ops.rope(normed.out(), pass.cos(), pass.sin());
        return new Heads(normed.out(), raw, normed.rstd());
    }

    private Tensor headsBackward(
            Ops ops, Pass pass, Tensor dHeads, Heads kept, @Nullable Parameter norm) {
        ops.ropeBackward(dHeads, pass.cos(), pass.sin());
        if (norm == null || kept.raw() == null || kept.rstd() == null) {
            return joined(ops, dHeads);
        }
        Tensor dRaw = ops.zeros(dHeads.dtype(), dHeads.shape());
        ops.rmsNormBackward(
                dHeads, kept.raw(), norm.value(), kept.rstd(), dRaw, norm.gradientOrNull());
        return joined(ops, dRaw);
    }

    /** [T, heads·E] → [T, heads, E]. */
    private Tensor split(Ops ops, Tensor flat) {
        long size = config.headSize();
        return ops.view(flat, flat.dim(0), flat.dim(1) / size, size);
    }

    /** [T, heads, E] → [T, heads·E]. */
    private Tensor joined(Ops ops, Tensor heads) {
        return ops.view(heads, heads.dim(0), heads.dim(1) * heads.dim(2));
    }

    List<Linear> linears() {
        return List.of(q, k, v, o, gate, up, down);
    }

    void forEachParameter(Consumer<Parameter> visit) {
        visit.accept(inputNorm);
        linears().forEach(linear -> linear.forEachParameter(visit));
        if (queryNorm != null && keyNorm != null) {
            visit.accept(queryNorm);
            visit.accept(keyNorm);
        }
        visit.accept(postNorm);
    }

    @Override
    public void close() {
        inputNorm.close();
        postNorm.close();
        linears().forEach(Linear::close);
        if (queryNorm != null && keyNorm != null) {
            queryNorm.close();
            keyNorm.close();
        }
    }
}
