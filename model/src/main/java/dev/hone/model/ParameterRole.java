package dev.hone.model;

import dev.hone.tensor.Shape;

/** What a parameter is for, as optimizers tell parameters apart. */
public enum ParameterRole {
    EMBEDDING,
    HEAD,
    /** The matrix of a linear layer. */
    MATRIX,
    /** A norm's weight or a bias. */
    VECTOR,
    ADAPTER_A,
    ADAPTER_B;

    /** The role of the parameter of this name in the model's or adapter's file. */
    static ParameterRole of(String name, Shape shape) {
        if (name.endsWith(".lora_A.weight")) {
            return ADAPTER_A;
        }
        if (name.endsWith(".lora_B.weight")) {
            return ADAPTER_B;
        }
        return switch (name) {
            case "model.embed_tokens.weight" -> EMBEDDING;
            case "lm_head.weight" -> HEAD;
            default -> shape.rank() == 2 ? MATRIX : VECTOR;
        };
    }
}
