package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.MemoryUse;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts a decoder together from its config and its weights, under the names Hugging Face gives them.
 */
public final class DecoderLoader {
    private final Ops ops;
    private final ModelConfig config;
    private final WeightSource source;
    private final DType dtype;
    private final @Nullable Adapter adapter;
    private final Training training;
    private final Storage storage;
    private final List<Runnable> undo = new ArrayList<>();

    private DecoderLoader(
            Ops ops,
            ModelConfig config,
            WeightSource source,
            DType dtype,
            @Nullable Adapter adapter,
            Training training,
            Storage storage) {
        this.ops = ops;
        this.config = config;
        this.source = source;
        this.dtype = dtype;
        this.adapter = adapter;
        this.training = training;
        this.storage = storage;
    }

    /**
     * Loads a decoder. No scope may be open that closes before the decoder: it owns its weights.
     *
     * @param dtype of weights and activations
     * @param adapter put on the layers it names, or null
     */
    public static Decoder load(
            Ops ops,
            ModelConfig config,
            WeightSource source,
            DType dtype,
            @Nullable Adapter adapter,
            Training training) {
        return load(ops, config, source, dtype, adapter, training, Storage.PLAIN);
    }

    /**
     * As {@link #load(Ops, ModelConfig, WeightSource, DType, Adapter, Training)}, with frozen
     * weights in fewer bits or elsewhere.
     *
     * @param source stays open as long as the decoder when layers come from disk
     */
    public static Decoder load(
            Ops ops,
            ModelConfig config,
            WeightSource source,
            DType dtype,
            @Nullable Adapter adapter,
            Training training,
            Storage storage) {
        if (training instanceof Training.Full && !storage.equals(Storage.PLAIN)) {
            throw new IllegalArgumentException(
                    "a matrix that trains is in full and on the device, found " + storage);
        }
        if (config.tied() && storage.placements().embeddingOnHost()) {
            throw new ModelException(
                    "the embedding is the head too, so it stays on the device; leave memory.embedding out");
        }
        var loader = new DecoderLoader(ops, config, source, dtype, adapter, training, storage);
        try (var _ = ops.memory().booking(MemoryUse.WEIGHTS)) {
            return loader.load();
        } catch (RuntimeException e) {
            loader.undo.forEach(Runnable::run);
            throw e;
        }
    }

    private Decoder load() {
        Shape table = Shape.of(config.vocabulary(), config.hiddenSize());
        Embedding embedding = embedding(parameter("model.embed_tokens.weight", table));
        List<DecoderLayer> layers = new ArrayList<>();
        LayersAway away = new LayersAway(ops, source);
        undo.add(away::close);
        for (int i = 0; i < config.layers(); i++) {
            away.begin(storage.placements().of(i, config.layers()));
            layers.add(layer(i, away));
            away.end();
        }
        Parameter finalNorm = vector("model.norm.weight", config.hiddenSize());
        Parameter head = config.tied() ? null : parameter("lm_head.weight", table);
        LayerStream stream = away.stream();
        return new Decoder(ops, config, dtype, embedding, layers, stream, finalNorm, head);
    }

    private Embedding embedding(Parameter table) {
        if (!storage.placements().embeddingOnHost()) {
            return new Embedding.OnDevice(table);
        }
        Embedding.OnHost onHost = new Embedding.OnHost(ops, table.value());
        undo.add(onHost::close);
        return onHost;
    }

    private DecoderLayer layer(int index, LayersAway away) {
        String at = "model.layers." + index + ".";
        long hidden = config.hiddenSize();
        boolean bias = config.queryKeyBias();
        boolean norm = config.queryKeyNorm();
        return new DecoderLayer(
                index,
                config,
                vector(at + "input_layernorm.weight", hidden),
                vector(at + "post_attention_layernorm.weight", hidden),
                linear(index, "q_proj", bias, away),
                linear(index, "k_proj", bias, away),
                linear(index, "v_proj", bias, away),
                linear(index, "o_proj", config.outputBias(), away),
                norm ? vector(at + "self_attn.q_norm.weight", config.headSize()) : null,
                norm ? vector(at + "self_attn.k_norm.weight", config.headSize()) : null,
                linear(index, "gate_proj", config.mlpBias(), away),
                linear(index, "up_proj", config.mlpBias(), away),
                linear(index, "down_proj", config.mlpBias(), away));
    }

    private Linear linear(int layer, String own, boolean bias, LayersAway away) {
        LinearModule module = LinearModule.of(config, layer, own);
        String name = module.path() + ".weight";
        Weight weight = matrix(name, Shape.of(module.out(), module.in()));
        return new Linear(
                away.taken(name, weight),
                bias ? vector(module.path() + ".bias", module.out()) : null,
                adapted(module, weight));
    }

    private @Nullable LowRank adapted(LinearModule module, Weight weight) {
        if (adapter == null) {
            return null;
        }
        try (var _ = ops.memory().booking(MemoryUse.ADAPTER)) {
            return new AdapterLoader(ops, adapter, dtype, training, this::made)
                    .load(module, weight);
        }
    }

    private Weight matrix(String name, Shape shape) {
        Optional<Quantization> kind = storage.quantization();
        return kind.isEmpty()
                ? parameter(name, shape)
                : made(
                        new QuantizedWeight(
                                source.loadQuantized(ops, name, shape, kind.get()), dtype));
    }

    private Parameter vector(String name, long size) {
        return parameter(name, Shape.of(size));
    }

    private Parameter parameter(String name, Shape shape) {
        return made(Parameter.load(ops, source, name, shape, dtype, training.base()));
    }

    /** Notes what is to be given back should a later weight fail. */
    private <W extends Weight> W made(W weight) {
        undo.add(weight::close);
        return weight;
    }
}
