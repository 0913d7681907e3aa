package dev.hone.model;

import dev.hone.tensor.Activation;

/** Reads the keys that all families of Llama's shape share. */
final class LlamaShape {
    private LlamaShape() {}

    /** Where a family departs from Llama. */
    record Differences(
            String family,
            int window,
            boolean queryKeyBias,
            boolean outputBias,
            boolean mlpBias,
            boolean queryKeyNorm,
            boolean tiedByDefault) {}

    static ModelConfig config(ConfigJson json, Differences differences) {
        int hidden = json.integer("hidden_size");
        int heads = json.integer("num_attention_heads");
        return new ModelConfig(
                differences.family(),
                hidden,
                json.integer("intermediate_size"),
                json.integer("num_hidden_layers"),
                heads,
                json.integer("num_key_value_heads", heads),
                json.integer("head_dim", hidden / heads),
                json.integer("vocab_size"),
                json.integer("max_position_embeddings", 2048),
                json.real("rms_norm_eps", 1e-6),
                ropeTheta(json),
                ropeScaling(json),
                differences.window(),
                differences.queryKeyBias(),
                differences.outputBias(),
                differences.mlpBias(),
                differences.queryKeyNorm(),
                json.flag("tie_word_embeddings", differences.tiedByDefault()),
                activation(json));
    }

    /** The key of transformers 5, else that of 4. */
    private static double ropeTheta(ConfigJson json) {
        return json.object("rope_parameters").real("rope_theta", json.real("rope_theta", 10000));
    }

    private static RopeScaling ropeScaling(ConfigJson json) {
        String key = json.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        ConfigJson rope = json.object(key);
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(rope.real("factor"));
            case "llama3" ->
                    new RopeScaling.Llama3(
                            rope.real("factor"),
                            rope.real("low_freq_factor"),
                            rope.real("high_freq_factor"),
                            rope.real("original_max_position_embeddings"));
            default ->
                    throw new ModelException(
                            "%s: key '%s.rope_type': '%s' is not supported; supported are default, linear, llama3"
                                    .formatted(json.file(), key, type));
        };
    }

    private static Activation activation(ConfigJson json) {
        String name = json.text("hidden_act", "silu");
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
            default ->
                    throw new ModelException(
                            "%s: key 'hidden_act': '%s' is not supported; supported are silu, gelu_pytorch_tanh"
                                    .formatted(json.file(), name));
        };
    }
}
