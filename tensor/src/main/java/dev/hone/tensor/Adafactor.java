package dev.hone.tensor;

/**
 * Adafactor (Shazeer and Stern 2018, arXiv 1804.04235) as {@code torch.optim.Adafactor} has it. A
 * matrix keeps of g² the mean of each row, r, and of each column, c; a vector keeps v itself.
 *
 * <pre>
 * w = t^−decay        r = r + w·(rows(g²) − r)        c = c + w·(columns(g²) − c)
 * v = r·c / max(mean(r), ε₁)        u = g / √max(v, ε₁²)        ρ = η, or min(η, 1/√t)
 * p = p·(1 − η·λ) − ρ · max(ε₂, rms(p)) · u / max(1, rms(u)/clip)
 * </pre>
 *
 * <p>States: r [rows, 1] and c [1, columns] of a matrix; v of a vector.
 *
 * @param decay of the means' memory: 0.8
 * @param clip the most that the root mean square of u may be
 * @param relative whether ρ is bounded by 1/√t
 */
public record Adafactor(UpdateStep step, double decay, double clip, boolean relative)
        implements UpdateRule {
    /** ε₁, the distance from 1 to the next fp32 number. */
    public static final double LEAST_MEAN = 0x1p-23;

    /** ε₂: a parameter of smaller root mean square moves as if it had this one. */
    public static final double LEAST_SCALE = 1e-3;

    /** w. */
    public double weightOfNew() {
        return Math.pow(step.number(), -decay);
    }

    /** ρ. */
    public double rate(UpdateSlot slot) {
        double rate = slot.rate(step);
        return relative ? Math.min(rate, 1 / Math.sqrt(step.number())) : rate;
    }
}
