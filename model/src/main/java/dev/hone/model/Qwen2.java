package dev.hone.model;

/** Qwen2 and Qwen2.5: Llama with a bias on q, k and v. */
final class Qwen2 implements Family {

    @Override
    public String architecture() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public ModelConfig config(ConfigJson json) {
        return LlamaShape.config(
                json,
                new LlamaShape.Differences(
                        "qwen2", QwenWindow.of(json), true, false, false, false, false));
    }
}
