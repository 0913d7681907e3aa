package dev.hone.model;

/** A family of models: how its {@code config.json} describes a decoder. */
interface Family {

    /** The entry of {@code architectures} that names it, such as {@code LlamaForCausalLM}. */
    String architecture();

    /** The decoder that this file describes. */
    ModelConfig config(ConfigJson json);
}
