package dev.hone.tensor;

/**
 * The constants of one AdamW update (Loshchilov and Hutter, arXiv 1711.05101): decay first, then p
 * −= learningRate · m̂ / (√v̂ + eps). {@code step} counts from 1.
 */
public record AdamW(
        long step,
        double learningRate,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        double gradientScale) {}
