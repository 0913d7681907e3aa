package dev.hone.model;

/** Mistral 7B and its kin: Llama with a sliding window in the first version. */
final class Mistral implements Family {

    @Override
    public String architecture() {
        return "MistralForCausalLM";
    }

    @Override
    public ModelConfig config(ConfigJson json) {
        return LlamaShape.config(
                json,
                new LlamaShape.Differences(
                        "mistral",
                        json.integer("sliding_window", 0),
                        false,
                        false,
                        false,
                        false,
                        false));
    }
}
