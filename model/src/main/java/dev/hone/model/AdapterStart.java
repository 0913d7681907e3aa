package dev.hone.model;

/** What a new adapter starts from. */
public enum AdapterStart {
    /** A uniform, B zero: nothing is changed yet (PEFT's {@code init_lora_weights: true}). */
    DEFAULT,
    /** A normal, B zero. */
    GAUSSIAN,
    /**
     * B·A is what leads each matrix by its singular values, and is taken away from the frozen base
     * (Meng et al. 2024, arXiv 2404.02948).
     */
    PISSA,
    /**
     * B·A is what leads the difference that quantizing each matrix made; the base stays as it is
     * quantized (Li et al. 2023, arXiv 2310.08659, in PEFT's form that leaves the base alone).
     */
    LOFTQ
}
