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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a Llama-shaped decoder, forward and backward.
 *
 * <pre>
 * h = x + o(attention(rope(q(n₁)), rope(k(n₁)), v(n₁)))     n₁ = norm₁(x)
 * y = h + down(act(gate(n₂)) · up(n₂))                      n₂ = norm₂(h)
 * </pre>
 *
 * At most x, q, k, v, the attention's output, h, gate, up and what the adapters ask for are kept,
 * see {@link Keep}; the norms' outputs and the activation are always formed anew, which costs no
 * matrix product.
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

    /** What the backward needs; closed by it. */
    sealed interface Kept {

        /** Hands everything but x to the scope around {@code scope}. */
        void keep(Scope scope);

        void close();
    }

    /** The layer's input alone. */
    private record KeptInput(Tensor x) implements Kept {
        @Override
        public void keep(Scope scope) {}

        @Override
        public void close() {
            x.close();
        }
    }

    /** What a layer keeps that keeps its input alone. */
    static Kept keptInput(Tensor x) {
        return new KeptInput(x);
    }

    /** The feed-forward's gate and up [T, F], and what their adapters keep. */
    private record GateAndUp(Linear.Result gate, Linear.Result up) {
        void forEach(Consumer<Tensor> visit) {
            gate.forEachKept(visit);
            up.forEachKept(visit);
        }
    }

    /** Tensors of dtype and shape as in the forward. */
    private record KeptActivations(
            Tensor x,
            Tensor rstd1,
            Heads query,
            Heads key,
            Tensor value,
            Attended attended,
            Tensor middle,
            Tensor rstd2,
            List<Optional<LowRank.Kept>> adapters, // of q, k, v, o
            @Nullable GateAndUp mlp,
            LowRank.@Nullable Kept down)
            implements Kept {

        /** The same with what the feed-forward keeps. */
        KeptActivations with(@Nullable GateAndUp keptMlp, LowRank.@Nullable Kept keptDown) {
            return new KeptActivations(
                    x, rstd1, query, key, value, attended, middle, rstd2, adapters, keptMlp,
                    keptDown);
        }

        @Override
        public void keep(Scope scope) {
            forEach(scope::keep);
        }

        @Override
        public void close() {
            x.close();
            forEach(Tensor::close);
        }

        LowRank.@Nullable Kept adapter(int index) {
            return adapters.get(index).orElse(null);
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
                            rstd2)) {
                visit.accept(tensor);
            }
            for (Heads heads : List.of(query, key)) {
                if (heads.raw() != null && heads.rstd() != null) {
                    visit.accept(heads.raw());
                    visit.accept(heads.rstd());
                }
            }
            adapters.forEach(adapter -> adapter.ifPresent(kept -> kept.forEach(visit)));
            if (mlp != null) {
                mlp.forEach(visit);
            }
            if (down != null) {
                down.forEach(visit);
            }
        }
    }

    /** The layer's output [T, D] and what it keeps; the kept ones own x too. */
    record Result(Tensor y, Kept kept) {}

    /** x [T, D] → y [T, D]. */
    Result forward(Ops ops, Pass pass, Tensor x, Keep keep) {
        try (Scope scope = ops.scope()) {
            Middle middle = middle(ops, pass, x);
            GateAndUp mlp = gateAndUp(ops, pass, middle.normed());
            Tensor activated =
                    ops.gatedActivation(config.activation(), mlp.gate().y(), mlp.up().y());
            Linear.Result downed = down.forward(ops, activated, pass.seedAt(index, 6));
            ops.addInPlace(downed.y(), middle.kept().middle(), 1);
            Kept kept =
                    keep == Keep.INPUT || keep == Keep.PARKED
                            ? new KeptInput(x)
                            : middle.kept()
                                    .with(keep == Keep.EVERYTHING ? mlp : null, downed.kept());
            kept.keep(scope);
            return new Result(scope.keep(downed.y()), kept);
        }
    }

    /**
     * A layer before its feed-forward.
     *
     * @param kept so far
     * @param normed n₂ [T, D]
     */
    private record Middle(KeptActivations kept, Tensor normed) {}

    private Middle middle(Ops ops, Pass pass, Tensor x) {
        Normed n1 = ops.rmsNorm(x, inputNorm.value(), config.normEps());
        Linear.Result rawQ = q.forward(ops, n1.out(), pass.seedAt(index, 0));
        Linear.Result rawK = k.forward(ops, n1.out(), pass.seedAt(index, 1));
        Linear.Result rawV = v.forward(ops, n1.out(), pass.seedAt(index, 2));
        Heads query = heads(ops, pass, rawQ.y(), queryNorm);
        Heads key = heads(ops, pass, rawK.y(), keyNorm);
        Tensor value = split(ops, rawV.y());
        Attended attended =
                ops.attention(query.heads(), key.heads(), value, pass.sequences(), spec);
        Linear.Result mixed = o.forward(ops, joined(ops, attended.out()), pass.seedAt(index, 3));
        Tensor middle = ops.add(x, mixed.y());
        Normed n2 = ops.rmsNorm(middle, postNorm.value(), config.normEps());
        List<Optional<LowRank.Kept>> adapters =
                Stream.of(rawQ, rawK, rawV, mixed)
                        .map(result -> Optional.ofNullable(result.kept()))
                        .toList();
        return new Middle(
                new KeptActivations(
                        x, n1.rstd(), query, key, value, attended, middle, n2.rstd(), adapters,
                        null, null),
                n2.out());
    }

    private GateAndUp gateAndUp(Ops ops, Pass pass, Tensor n2) {
        return new GateAndUp(
                gate.forward(ops, n2, pass.seedAt(index, 4)),
                up.forward(ops, n2, pass.seedAt(index, 5)));
    }

    private GateAndUp gateAndUpAgain(Ops ops, GateAndUp kept) {
        return new GateAndUp(gate.again(ops, kept.gate()), up.again(ops, kept.up()));
    }

    /**
     * Turns dY into dX in place and accumulates the gradients of what trains here. {@code kept} is
     * closed.
     *
     * @param inputWanted false in the first layer when nothing below trains: dY is then undefined
     */
    void backward(Ops ops, Pass pass, Kept kept, Tensor dY, boolean inputWanted) {
        KeptActivations activations =
                switch (kept) {
                    case KeptActivations all -> all;
                    case KeptInput(Tensor x) -> again(ops, pass, x);
                };
        feedForwardBackward(ops, pass, activations, dY);
        attentionBackward(ops, pass, activations, dY, inputWanted);
        activations.close();
    }

    /** Runs the layer once more up to its feed-forward, which is done by the backward of that. */
    private KeptActivations again(Ops ops, Pass pass, Tensor x) {
        try (Scope scope = ops.scope()) {
            KeptActivations kept = middle(ops, pass, x).kept();
            kept.keep(scope);
            return kept;
        }
    }

    private void feedForwardBackward(Ops ops, Pass pass, KeptActivations kept, Tensor dY) {
        try (Scope _ = ops.scope()) {
            GateAndUp mlp =
                    kept.mlp() != null
                            ? gateAndUpAgain(ops, kept.mlp())
                            : gateAndUp(
                                    ops,
                                    pass,
                                    ops.rmsNormAgain(
                                            kept.middle(), postNorm.value(), config.normEps()));
            Tensor keptGate = mlp.gate().y();
            Tensor keptUp = mlp.up().y();
            Tensor dActivated;
            try (Scope scope = ops.scope()) {
                Tensor activated =
                        down.trains()
                                ? ops.gatedActivation(config.activation(), keptGate, keptUp)
                                : null;
                long seed = pass.seedAt(index, 6);
                LowRank.Kept keptDown =
                        kept.down() != null || activated == null
                                ? kept.down()
                                : down.keptAgain(ops, activated, seed);
                dActivated = scope.keep(down.backward(ops, dY, activated, keptDown, null, seed));
            }
            ops.gatedActivationBackward(config.activation(), dActivated, keptGate, keptUp);
            dActivated.close();
            Tensor n2 =
                    gate.trains() || up.trains()
                            ? ops.rmsNormAgain(kept.middle(), postNorm.value(), config.normEps())
                            : null;
            Tensor dN2 =
                    gate.backward(
                            ops, keptGate, n2, mlp.gate().kept(), null, pass.seedAt(index, 4));
            up.backward(ops, keptUp, n2, mlp.up().kept(), dN2, pass.seedAt(index, 5));
            ops.rmsNormBackward(
                    dN2,
                    kept.middle(),
                    postNorm.value(),
                    kept.rstd2(),
                    dY,
                    postNorm.gradientOrNull());
        }
    }

    private void attentionBackward(
            Ops ops, Pass pass, KeptActivations kept, Tensor dY, boolean inputWanted) {
        try (Scope _ = ops.scope()) {
            Tensor dMixed =
                    o.backward(
                            ops,
                            dY,
                            joined(ops, kept.attended().out()),
                            kept.adapter(3),
                            null,
                            pass.seedAt(index, 3));
            AttentionGradients d =
                    ops.attentionBackward(
                            split(ops, dMixed),
                            kept.query().heads(),
                            kept.key().heads(),
                            kept.value(),
                            kept.attended(),
                            pass.sequences(),
                            spec);
            Tensor dQ = headsBackward(ops, pass, d.dQ(), kept.query(), queryNorm);
            Tensor dK = headsBackward(ops, pass, d.dK(), kept.key(), keyNorm);
            Tensor dV = joined(ops, d.dV());
            Tensor n1 =
                    q.trains() || k.trains() || v.trains()
                            ? ops.rmsNormAgain(kept.x(), inputNorm.value(), config.normEps())
                            : null;
            if (!inputWanted && !inputNorm.trainable()) {
                q.backwardLast(ops, dQ, n1, kept.adapter(0), pass.seedAt(index, 0));
                k.backwardLast(ops, dK, n1, kept.adapter(1), pass.seedAt(index, 1));
                v.backwardLast(ops, dV, n1, kept.adapter(2), pass.seedAt(index, 2));
                return;
            }
            Tensor dN1 = q.backward(ops, dQ, n1, kept.adapter(0), null, pass.seedAt(index, 0));
            k.backward(ops, dK, n1, kept.adapter(1), dN1, pass.seedAt(index, 1));
            v.backward(ops, dV, n1, kept.adapter(2), dN1, pass.seedAt(index, 2));
            ops.rmsNormBackward(
                    dN1, kept.x(), inputNorm.value(), kept.rstd1(), dY, inputNorm.gradientOrNull());
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
