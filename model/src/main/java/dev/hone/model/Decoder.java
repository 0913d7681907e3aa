package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Ops.Normed;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only transformer: embedding, layers, final norm, head. Batches are flat runs of tokens
 * with sequence boundaries, no padding. Used from the engine's one thread.
 */
public final class Decoder implements AutoCloseable {
    private final Ops ops;
    private final ModelConfig config;
    private final DType dtype;
    private final Embedding embedding;
    private final List<DecoderLayer> layers;
    private final LayerStream stream;
    private final Parameter finalNorm;
    private final @Nullable Parameter head;
    private final RotaryTable rotary;
    private final ParkedInputs.Spare spare = new ParkedInputs.Spare();

    Decoder(
            Ops ops,
            ModelConfig config,
            DType dtype,
            Embedding embedding,
            List<DecoderLayer> layers,
            LayerStream stream,
            Parameter finalNorm,
            @Nullable Parameter head) {
        this.ops = ops;
        this.config = config;
        this.dtype = dtype;
        this.embedding = embedding;
        this.layers = layers;
        this.stream = stream;
        this.finalNorm = finalNorm;
        this.head = head;
        this.rotary = new RotaryTable(config);
    }

    /** A forward pass that a backward can follow; closed by {@link #backward}, or by hand. */
    public static final class Forward implements AutoCloseable {
        private final Pass pass;
        private final Tensor ids;
        private final List<DecoderLayer.Kept> kept;
        private final KeepPolicy policy;
        private final ParkedInputs parked;
        private final Tensor hidden;

        private Forward(
                Pass pass,
                Tensor ids,
                List<DecoderLayer.Kept> kept,
                KeepPolicy policy,
                ParkedInputs parked,
                Tensor hidden) {
            this.pass = pass;
            this.ids = ids;
            this.kept = kept;
            this.policy = policy;
            this.parked = parked;
            this.hidden = hidden;
        }

        /** The last layer's output before the final norm, [T, D]. */
        public Tensor hidden() {
            return hidden;
        }

        @Override
        public void close() {
            pass.cos().close();
            pass.sin().close();
            ids.close();
            parked.close();
            hidden.close();
        }
    }

    public Ops ops() {
        return ops;
    }

    public ModelConfig config() {
        return config;
    }

    /** The dtype of weights and activations. */
    public DType dtype() {
        return dtype;
    }

    /** The table [V, D] behind the logits: the head, or the embedding where they are tied. */
    private Parameter headTable() {
        return head == null ? embedding.parameter().orElseThrow() : head;
    }

    /**
     * Runs the layers and keeps what the backward needs.
     *
     * @param ids token ids of all sequences, laid end to end
     * @param offsets where each sequence starts, and the end
     * @param seed of the dropout masks, {@link Pass#NO_DROPOUT} for none
     */
    public Forward forward(int[] ids, int[] offsets, long seed) {
        return forward(ids, offsets, seed, KeepPolicy.EVERYTHING);
    }

    /** As {@link #forward(int[], int[], long)}, keeping of each layer what the policy says. */
    public Forward forward(int[] ids, int[] offsets, long seed, KeepPolicy keep) {
        return forward(ids, offsets, seed, keep, 0);
    }

    /**
     * The same with noise on the embeddings' output.
     *
     * @param neftuneAlpha of {@link EmbeddingNoise}, 0 for none
     */
    public Forward forward(
            int[] ids, int[] offsets, long seed, KeepPolicy keep, double neftuneAlpha) {
        try (Scope scope = ops.scope()) {
            int[] positions = positions(offsets);
            Pass pass =
                    new Pass(
                            Sequences.of(offsets),
                            scope.keep(rotary.cos(ops, positions)),
                            scope.keep(rotary.sin(ops, positions)),
                            seed);
            Tensor idTensor = scope.keep(ops.ofIndices(ids));
            Tensor x = embedding.lookUp(ops, ids, idTensor);
            EmbeddingNoise.add(ops, pass, x, neftuneAlpha);
            int away = keep.parkedOf(layers.size());
            ParkedInputs parked = new ParkedInputs(ops, spare, away, x.bytes());
            List<DecoderLayer.Kept> kept = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                scope.keep(x);
                stream.enter(i, 1);
                DecoderLayer.Result result = layers.get(i).forward(ops, pass, x, keep.of(i));
                result.kept().keep(scope);
                kept.add(result.kept());
                if (i < away) {
                    parked.park(i, x);
                } else {
                    parked.settle();
                }
                x = result.y();
            }
            parked.settle();
            return new Forward(pass, idTensor, kept, keep, parked, scope.keep(x));
        }
    }

    /**
     * Carries dHidden [T, D], which it overwrites and closes, back through the layers, and
     * accumulates the gradients of everything that trains.
     */
    public void backward(Forward forward, Tensor dHidden) {
        backward(forward, dHidden, _ -> {});
    }

    /**
     * The same, where gradients may be made as they are needed.
     *
     * @param complete is given the trainable parameters whose gradients nothing more is added to,
     *     and which this pass reads no more, as soon as that is so: the head, layer by layer, the
     *     embedding. It may update them and close their gradients
     */
    public void backward(Forward forward, Tensor dHidden, Consumer<List<Parameter>> complete) {
        complete.accept(trainable(this::forEachBehindTheLayers));
        int away = forward.policy.parkedOf(layers.size());
        Optional<Parameter> table = embedding.parameter().filter(Parameter::trainable);
        for (int i = layers.size() - 1; i >= 0; i--) {
            DecoderLayer layer = layers.get(i);
            List<Parameter> trained = trainable(layer::forEachParameter);
            trained.forEach(parameter -> parameter.openGradient(ops));
            stream.enter(i, -1);
            forward.parked.ahead(i - 1, dHidden);
            DecoderLayer.Kept kept =
                    i < away
                            ? DecoderLayer.keptInput(forward.parked.take(i, dHidden))
                            : forward.kept.get(i);
            layer.backward(ops, forward.pass, kept, dHidden, i > 0 || table.isPresent());
            complete.accept(trained);
        }
        table.ifPresent(parameter -> {
            parameter.openGradient(ops);
            ops.embeddingBackward(dHidden, forward.ids, parameter.gradient());
            complete.accept(List.of(parameter));
        });
        dHidden.close();
        forward.close();
    }

    /** Visits the final norm, and the head unless it is the embedding. */
    private void forEachBehindTheLayers(Consumer<Parameter> visit) {
        visit.accept(finalNorm);
        if (head != null) {
            visit.accept(head);
        }
    }

    /**
     * Log-probabilities of {@code targets} at the given rows of a forward's hidden state.
     *
     * @param rows [N] I64
     * @param targets [N] I64
     * @return [N] fp32
     */
    public Tensor logProbs(Tensor hidden, Tensor rows, Tensor targets) {
        try (Scope scope = ops.scope()) {
            Tensor normed =
                    ops.rmsNormAgain(
                            ops.selectRows(hidden, rows), finalNorm.value(), config.normEps());
            return scope.keep(ops.tokenLogProbs(normed, headTable().value(), targets));
        }
    }

    /** What {@link #logProbsBackward} makes: log-probabilities [N] and dHidden [T, D]. */
    public record HeadGradients(Tensor logProbs, Tensor dHidden) {}

    /** The gradient of {@link #logProbs}, and its value once more; dLogProbs [N] fp32. */
    public HeadGradients logProbsBackward(
            Tensor hidden, Tensor rows, Tensor targets, Tensor dLogProbs) {
        finalNorm.openGradient(ops);
        headTable().openGradient(ops);
        try (Scope scope = ops.scope()) {
            Tensor selected = ops.selectRows(hidden, rows); // [N, D]
            Normed normed = ops.rmsNorm(selected, finalNorm.value(), config.normEps());
            Tensor dNormed = ops.empty(dtype, selected.shape().dims());
            Tensor logProbs =
                    ops.tokenLogProbsBackward(
                            normed.out(),
                            headTable().value(),
                            targets,
                            dLogProbs,
                            dNormed,
                            headTable().gradientOrNull());
            Tensor dSelected = ops.zeros(dtype, selected.shape());
            ops.rmsNormBackward(
                    dNormed,
                    selected,
                    finalNorm.value(),
                    normed.rstd(),
                    dSelected,
                    finalNorm.gradientOrNull());
            Tensor dHidden = ops.zeros(dtype, hidden.shape());
            ops.addRows(dHidden, rows, dSelected);
            return new HeadGradients(scope.keep(logProbs), scope.keep(dHidden));
        }
    }

    /**
     * Feeds the newest tokens of one sequence and returns the logits [V] behind the last of them.
     * The caller's scope owns the result.
     */
    public Tensor decode(int[] ids, KeyValueCache cache) {
        if (cache.length() + ids.length > cache.capacity()) {
            throw new IllegalArgumentException(
                    "%d tokens do not fit behind %d in a cache of %d"
                            .formatted(ids.length, cache.length(), cache.capacity()));
        }
        try (Scope scope = ops.scope()) {
            int[] positions = new int[ids.length];
            Arrays.setAll(positions, i -> cache.length() + i);
            Pass pass =
                    new Pass(
                            Sequences.of(0, ids.length),
                            rotary.cos(ops, positions),
                            rotary.sin(ops, positions),
                            Pass.NO_DROPOUT);
            Tensor x = embedding.lookUp(ops, ids, ops.ofIndices(ids));
            for (int i = 0; i < layers.size(); i++) {
                stream.enter(i, 1);
                x = layers.get(i).decode(ops, pass, x, cache);
            }
            cache.advance(ids.length);
            Tensor last = ops.rows(x, ids.length - 1L, ids.length);
            Tensor normed = ops.rmsNormAgain(last, finalNorm.value(), config.normEps());
            return scope.keep(
                    ops.view(ops.linear(normed, headTable().value()), config.vocabulary()));
        }
    }

    /** The last layer's output before the final norm, [T, D], with nothing kept for a backward. */
    public Tensor hidden(int[] ids, int[] offsets) {
        try (Scope scope = ops.scope()) {
            int[] positions = positions(offsets);
            Pass pass =
                    new Pass(
                            Sequences.of(offsets),
                            rotary.cos(ops, positions),
                            rotary.sin(ops, positions),
                            Pass.NO_DROPOUT);
            Tensor x = embedding.lookUp(ops, ids, ops.ofIndices(ids));
            for (int i = 0; i < layers.size(); i++) {
                stream.enter(i, 1);
                DecoderLayer.Result result = layers.get(i).forward(ops, pass, x, Keep.INPUT);
                result.kept().close();
                x = result.y();
            }
            return scope.keep(x);
        }
    }

    /**
     * Logits [T, V] of every position: for tests and small models; training never forms them all.
     */
    public Tensor logits(int[] ids, int[] offsets) {
        try (Scope scope = ops.scope()) {
            Tensor normed =
                    ops.rmsNormAgain(hidden(ids, offsets), finalNorm.value(), config.normEps());
            return scope.keep(ops.linear(normed, headTable().value()));
        }
    }

    private static int[] positions(int[] offsets) {
        int[] positions = new int[offsets[offsets.length - 1]];
        for (int s = 0; s + 1 < offsets.length; s++) {
            for (int t = offsets[s]; t < offsets[s + 1]; t++) {
                positions[t] = t - offsets[s];
            }
        }
        return positions;
    }

    /** Visits every parameter once, in the model's order. */
    public void forEachParameter(Consumer<Parameter> visit) {
        embedding.parameter().ifPresent(visit);
        layers.forEach(layer -> layer.forEachParameter(visit));
        forEachBehindTheLayers(visit);
    }

    /** What the optimizer updates, in the model's order. */
    public List<Parameter> trainable() {
        return trainable(this::forEachParameter);
    }

    private static List<Parameter> trainable(Consumer<Consumer<Parameter>> forEach) {
        List<Parameter> parameters = new ArrayList<>();
        forEach.accept(parameter -> {
            if (parameter.trainable()) {
                parameters.add(parameter);
            }
        });
        return parameters;
    }

    @Override
    public void close() {
        stream.close();
        spare.close();
        embedding.close();
        layers.forEach(DecoderLayer::close);
        finalNorm.close();
        if (head != null) {
            head.close();
        }
    }
}
