package dev.hone.tensor;

/**
 * Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon) of matrices [A, B] as {@code
 * torch.optim.Muon} has it, with the learning rate adjusted so that an update is about as large as
 * AdamW's (Liu et al. 2025, arXiv 2502.16982; {@code match_rms_adamw} there):
 *
 * <pre>
 * m = μ·m + (1 − μ)·g        u = (1 − μ)·g + μ·m        (Nesterov)
 * p = p·(1 − η·λ) − η · 0.2·√max(A, B) · orthogonal(u)
 * </pre>
 *
 * <p>orthogonal(u) has the singular vectors of u and singular values near 1: u over its norm, then
 * {@value #ITERATIONS} times X ← a·X + (b·S + c·S²)·X with S = X·Xᵀ (Newton and Schulz), in BF16.
 *
 * <p>States: m, shaped like the parameter.
 */
public record Muon(UpdateStep step, double momentum) implements UpdateRule {
    /** Steps of Newton and Schulz. */
    public static final int ITERATIONS = 5;

    /** a, b and c: steep at zero rather than convergent to exactly 1. */
    static final double A = 3.4445;

    static final double B = -4.7750;
    static final double C = 2.0315;

    /** The norm that u is divided by is at least this. */
    static final double LEAST_NORM = 1e-7;

    /** What orthogonal(u) is multiplied by. */
    public double stepSize(UpdateSlot slot) {
        Shape shape = slot.value().shape();
        return -slot.rate(step) * 0.2 * Math.sqrt(Math.max(shape.dim(0), shape.dim(1)));
    }
}
