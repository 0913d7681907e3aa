package dev.hone.tensor;

/**
 * Lion (Chen et al. 2023, arXiv 2302.06675):
 *
 * <pre>
 * p = p·(1 − η·λ) − η · sign(β₁·m + (1 − β₁)·g)        m = β₂·m + (1 − β₂)·g
 * </pre>
 *
 * <p>States: m, shaped like the parameter.
 */
public record Lion(UpdateStep step, double beta1, double beta2) implements UpdateRule {}
