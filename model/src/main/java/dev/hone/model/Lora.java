package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The low-rank part of a linear layer: y += s · (drop(x) · Aᵀ) · Bᵀ (Hu et al. 2021, arXiv
 * 2106.09685).
 *
 * <p>With u = drop(x) · Aᵀ kept: dB += s · dYᵀ·u, du = s · dY·B, dA += duᵀ·drop(x), dX +=
 * drop'(du·A).
 *
 * @param a [R, in]
 * @param b [out, R]
 * @param scale s = alpha/R, or alpha/√R for rsLoRA
 */
record Lora(Parameter a, Parameter b, double scale, double dropout) implements LowRank {

    /**
     * @param u [T, R]
     */
    record Kept(Tensor u) implements LowRank.Kept {
        @Override
        public void forEach(Consumer<Tensor> visit) {
            visit.accept(u);
        }
    }

    /** Adds to y [T, out]. */
    Kept forward(Ops ops, Tensor x, Tensor y, long seed) {
        Kept kept = keptAgain(ops, x, seed);
        ops.linearInto(y, kept.u(), b.value(), scale);
        return kept;
    }

    /** What a forward keeps, without that forward. */
    Kept keptAgain(Ops ops, Tensor x, long seed) {
        if (!drops(seed)) {
            return new Kept(ops.linear(x, a.value()));
        }
        try (var scope = ops.scope()) {
            return new Kept(scope.keep(ops.linear(ops.dropout(x, dropout, seed), a.value())));
        }
    }

    /** Accumulates dA and dB, and adds to dX [T, in] when it is wanted. */
    void backward(Ops ops, Tensor dY, Tensor x, Kept kept, @Nullable Tensor dX, long seed) {
        try (var _ = ops.scope()) {
            ops.linearWeightGradient(b.gradient(), dY, kept.u(), scale);
            Tensor du = ops.linearBackward(dY, b.value());
            ops.scaleInPlace(du, scale);
            if (drops(seed)) {
                ops.linearWeightGradient(a.gradient(), du, ops.dropout(x, dropout, seed), 1);
                if (dX != null) {
                    Tensor dropped = ops.linearBackward(du, a.value());
                    ops.addInPlace(dX, ops.dropout(dropped, dropout, seed), 1);
                }
            } else {
                ops.linearWeightGradient(a.gradient(), du, x, 1);
                if (dX != null) {
                    ops.linearBackwardInto(dX, du, a.value(), 1);
                }
            }
        }
    }

    boolean drops(long seed) {
        return dropout > 0 && seed != Pass.NO_DROPOUT;
    }

    @Override
    public void forEachParameter(Consumer<Parameter> visit) {
        visit.accept(a);
        visit.accept(b);
    }
}
