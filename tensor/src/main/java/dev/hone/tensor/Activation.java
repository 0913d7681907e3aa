package dev.hone.tensor;

/** The function on the gate of a gated feed-forward layer. */
public enum Activation {
    /** x·σ(x), as in SwiGLU (Shazeer 2020, arXiv 2002.05202). */
    SILU,
    /** 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as in GeGLU with the tanh form. */
    GELU_TANH
}
