package dev.hone.tensor;

import java.util.List;

/** One {@link Muon} update as plain array arithmetic. The gradient is overwritten by its result. */
final class ComposedMuon {
    private final Primitives p;
    private final ComposedUpdates updates;
    private final Muon rule;

    ComposedMuon(Primitives primitives, ComposedUpdates updates, Muon rule) {
        this.p = primitives;
        this.updates = updates;
        this.rule = rule;
    }

    void update(UpdateSlot slot) {
        Tensor u = slot.gradient();
        Tensor m = slot.states().get(0);
        p.affineInPlace(u, rule.step().gradientScale(), 0);
        p.affineInPlace(m, rule.momentum(), 0);
        p.addInPlace(m, u, 1 - rule.momentum());
        p.affineInPlace(u, 1 - rule.momentum(), 0);
        p.addInPlace(u, m, rule.momentum());
        orthogonalize(u);
        updates.inParts(
                slot,
                rule,
                List.of(),
                part -> {
                    p.affineInPlace(part.weight(), slot.decay(rule.step()), 0);
                    p.addInPlace(part.weight(), part.gradient(), rule.stepSize(slot));
                });
    }

    private void orthogonalize(Tensor u) {
        try (Scope _ = p.scopes().open()) {
            Tensor norm = p.full(DType.F32, Shape.of(1), 0);
            updates.sumOfSquares(List.of(u), norm);
            p.sqrtInPlace(norm);
            p.clampMinInPlace(norm, Muon.LEAST_NORM);
            p.divInPlace(
                    u,
                    p.view(
                            u.dtype() == DType.F32 ? norm : p.cast(norm, u.dtype()),
                            Shape.of(1, 1)));
            boolean tall = u.dim(0) > u.dim(1);
            Tensor wide = tall ? p.permute(u, 1, 0) : u; // [A, B] with A ≤ B
            Tensor x = p.cast(wide, u.dtype() == DType.F64 ? DType.F64 : DType.BF16);
            Tensor next = p.empty(x.dtype(), x.shape());
            Shape square = Shape.of(x.dim(0), x.dim(0));
            Tensor s = p.empty(x.dtype(), square);
            Tensor sum = p.empty(x.dtype(), square);
            for (int i = 0; i < Muon.ITERATIONS; i++) {
                p.matmulInto(s, x, p.permute(x, 1, 0), 0, 1);
                p.copy(s, sum);
                p.matmulInto(sum, s, s, Muon.B, Muon.C);
                p.copy(x, next);
                p.matmulInto(next, sum, x, Muon.A, 1);
                Tensor done = x;
                x = next;
                next = done;
            }
            p.copy(tall ? p.permute(x, 1, 0) : x, u);
        }
    }
}
