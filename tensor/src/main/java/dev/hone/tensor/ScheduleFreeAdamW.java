package dev.hone.tensor;

/**
 * Schedule-free AdamW (Defazio et al. 2024, arXiv 2405.15682, algorithm 1). The parameter is y,
 * where gradients are taken; x, the average that is the result, follows from y and z.
 *
 * <pre>
 * v = β₂·v + (1 − β₂)·g²       γ = η·√(1 − β₂ᵗ)       u = g / (√v + eps) + λ·y
 * y = (1 − c)·y + c·z − γ·(1 − β₁·(1 − c))·u          z = z − γ·u
 * x = y/β₁ + z·(1 − 1/β₁)
 * </pre>
 *
 * <p>The first line of y is that of the paper with x written in y and z.
 *
 * <p>States: z and v, shaped like the parameter; z begins as the parameter.
 *
 * @param average c: the share of the new z in the average, γ² over the sum of γ² so far
 */
public record ScheduleFreeAdamW(
        UpdateStep step, double beta1, double beta2, double eps, double average)
        implements UpdateRule {

    /** γ. */
    public double stepSize(UpdateSlot slot) {
        return slot.rate(step) * Math.sqrt(1 - Math.pow(beta2, step.number()));
    }

    /** What u is multiplied by in y. */
    public double stepSizeOfY(UpdateSlot slot) {
        return -stepSize(slot) * (1 - beta1 * (1 - average));
    }
}
