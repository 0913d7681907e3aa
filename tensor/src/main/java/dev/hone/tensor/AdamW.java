package dev.hone.tensor;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101), decay first:
 *
 * <pre>
 * m = β₁·m + (1 − β₁)·g        v = β₂·v + (1 − β₂)·g²
 * p = p·(1 − η·λ) − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + eps)
 * </pre>
 *
 * <p>States: m and v, shaped like the parameter.
 */
public record AdamW(UpdateStep step, double beta1, double beta2, double eps) implements UpdateRule {

    /** 1/√(1 − β₂ᵗ): what √v is multiplied by. */
    public double rootCorrection() {
        return 1 / Math.sqrt(1 - Math.pow(beta2, step.number()));
    }

    /** −η/(1 − β₁ᵗ): what m / (√v̂ + eps) is multiplied by. */
    public double stepSize(UpdateSlot slot) {
        return -slot.rate(step) / (1 - Math.pow(beta1, step.number()));
    }
}
