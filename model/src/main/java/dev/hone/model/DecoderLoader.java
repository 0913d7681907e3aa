package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
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
    private final @Nullable Quantization quantization;
    private final List<Weight> made = new ArrayList<>();

    private DecoderLoader(
            Ops ops,
            ModelConfig config,
            WeightSource source,
            DType dtype,
            @Nullable Adapter adapter,
            Training training,
            @Nullable Quantization quantization) {
        this.ops = ops;
        this.config = config;
        this.source = source;
        this.dtype = dtype;
        this.adapter = adapter;
        this.training = training;
        this.quantization = quantization;
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
        return load(ops, config, source, dtype, adapter, training, null);
    }

    /**
     * As {@link #load(Ops, ModelConfig, WeightSource, DType, Adapter, Training)}, with the matrices
     * of the layers in fewer bits.
     *
     * @param quantization of frozen matrices, or null for {@code dtype}
     */
    public static Decoder load(
            Ops ops,
            ModelConfig config,
            WeightSource source,
            DType dtype,
            @Nullable Adapter adapter,
            Training training,
            @Nullable Quantization quantization) {
        if (quantization != null && training instanceof Training.Full) {
            throw new IllegalArgumentException("a quantized matrix cannot be trained");
        }
        var loader = new DecoderLoader(ops, config, source, dtype, adapter, training, quantization);
        try {
            return loader.load();
        } catch (RuntimeException e) {
            loader.made.forEach(Weight::close);
            throw e;
        }
    }

    private Decoder load() {
        Shape table = Shape.of(config.vocabulary(), config.hiddenSize());
        Parameter embedding = parameter("model.embed_tokens.weight", table);
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(i));
        }
        Parameter finalNorm = vector("model.norm.weight", config.hiddenSize());
        Parameter head = config.tied() ? null : parameter("lm_head.weight", table);
        return new Decoder(ops, config, dtype, embedding, layers, finalNorm, head);
    }

    private DecoderLayer layer(int index) {
        String at = "model.layers." + index + ".";
        long hidden = config.hiddenSize();
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.keyValueHeads() * config.headSize();
        long mlp = config.mlpWidth();
        boolean bias = config.queryKeyBias();
        boolean norm = config.queryKeyNorm();
        return new DecoderLayer(
                index,
                config,
                vector(at + "input_layernorm.weight", hidden),
                vector(at + "post_attention_layernorm.weight", hidden),
                linear(at + "self_attn.q_proj", queries, hidden, bias),
                linear(at + "self_attn.k_proj", keys, hidden, bias),
                linear(at + "self_attn.v_proj", keys, hidden, bias),
                linear(at + "self_attn.o_proj", hidden, queries, config.outputBias()),
                norm ? vector(at + "self_attn.q_norm.weight", config.headSize()) : null,
                norm ? vector(at + "self_attn.k_norm.weight", config.headSize()) : null,
                linear(at + "mlp.gate_proj", mlp, hidden, config.mlpBias()),
                linear(at + "mlp.up_proj", mlp, hidden, config.mlpBias()),
                linear(at + "mlp.down_proj", hidden, mlp, config.mlpBias()));
    }

    private Linear linear(String path, long out, long in, boolean bias) {
        return new Linear(
                path,
                matrix(path + ".weight", Shape.of(out, in)),
                bias ? vector(path + ".bias", out) : null,
                lora(path, out, in));
    }

    private Weight matrix(String name, Shape shape) {
        return switch (quantization) {
            case Quantization.Nf4(boolean doubled) ->
                    made(new QuantizedWeight(source.loadNf4(ops, name, shape, doubled), dtype));
            case null -> parameter(name, shape);
        };
    }

    private @Nullable Lora lora(String path, long out, long in) {
        if (adapter == null
                || !adapter.spec().modules().contains(path.substring(path.lastIndexOf('.') + 1))) {
            return null;
        }
        LoraSpec spec = adapter.spec();
        return new Lora(
                made(
                        Parameter.load(
                                ops,
                                adapter.weights(),
                                path + ".lora_A.weight",
                                Shape.of(spec.rank(), in),
                                dtype,
                                training.adapter())),
                made(
                        Parameter.load(
                                ops,
                                adapter.weights(),
                                path + ".lora_B.weight",
                                Shape.of(out, spec.rank()),
                                dtype,
                                training.adapter())),
                spec.scale(),
                spec.dropout());
    }

    private Parameter vector(String name, long size) {
        return parameter(name, Shape.of(size));
    }

    private Parameter parameter(String name, Shape shape) {
        return made(Parameter.load(ops, source, name, shape, dtype, training.base()));
    }

    /** Notes what is to be given back should a later weight fail. */
    private <W extends Weight> W made(W weight) {
        made.add(weight);
        return weight;
    }
}
