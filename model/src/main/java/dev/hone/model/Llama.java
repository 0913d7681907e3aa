package dev.hone.model;

/** Llama 2 and 3, and the many models of exactly their shape (SmolLM2, Yi, TinyLlama). */
final class Llama implements Family {

    @Override
    public String architecture() {
        return "LlamaForCausalLM";
    }

    @Override
    public ModelConfig config(ConfigJson json) {
        boolean attentionBias = json.flag("attention_bias", false);
        return LlamaShape.config(
                json,
                new LlamaShape.Differences(
                        "llama",
                        0,
                        attentionBias,
                        attentionBias,
                        json.flag("mlp_bias", false),
                        false,
                        false));
    }
}
