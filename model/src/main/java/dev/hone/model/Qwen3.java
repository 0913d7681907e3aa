package dev.hone.model;

/** Qwen3 dense models: Llama with a norm on each query and key head, before rope. */
final class Qwen3 implements Family {

    @Override
    public String architecture() {
        return "Qwen3ForCausalLM";
    }

    @Override
    public ModelConfig config(ConfigJson json) {
        boolean attentionBias = json.flag("attention_bias", false);
        return LlamaShape.config(
                json,
                new LlamaShape.Differences(
                        "qwen3",
                        QwenWindow.of(json),
                        attentionBias,
                        attentionBias,
                        false,
                        true,
                        false));
    }
}
