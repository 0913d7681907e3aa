package dev.hone.tensor;

import java.util.List;

/** One {@link Adafactor} update as plain array arithmetic. The gradient is overwritten by u. */
final class ComposedAdafactor {
    /** Elements of the rows of a matrix that are looked at together. */
    private static final long PART = 1L << 22;

    private final Primitives p;
    private final ComposedUpdates updates;
    private final Adafactor rule;

    ComposedAdafactor(Primitives primitives, ComposedUpdates updates, Adafactor rule) {
        this.p = primitives;
        this.updates = updates;
        this.rule = rule;
    }

    void update(UpdateSlot slot) {
        Tensor u = slot.gradient();
        p.affineInPlace(u, rule.step().gradientScale(), 0);
        Tensor size = rms(slot.master() != null ? slot.master() : slot.value(), u.dtype());
        p.clampMinInPlace(size, Adafactor.LEAST_SCALE);
        if (u.shape().rank() == 2) {
            Tensor rows = slot.states().get(0);
            Tensor columns = slot.states().get(1);
            means(u, rows, columns);
            normalizeMatrix(u, rows, columns);
        } else {
            normalizeVector(u, slot.states().get(0));
        }
        Tensor excess = rms(u, u.dtype());
        p.affineInPlace(excess, 1 / rule.clip(), 0);
        p.clampMinInPlace(excess, 1);
        p.divInPlace(size, excess);
        p.affineInPlace(size, -rule.rate(slot), 0);
        p.mulInPlace(u, p.view(size, ones(u)));
        updates.inParts(
                slot,
                rule,
                List.of(),
                part -> {
                    p.affineInPlace(part.weight(), slot.decay(rule.step()), 0);
                    p.addInPlace(part.weight(), part.gradient(), 1);
                });
    }

    /** A shape of one element that broadcasts to the tensor's. */
    private static Shape ones(Tensor tensor) {
        return tensor.shape().rank() == 2 ? Shape.of(1, 1) : Shape.of(1);
    }

    /** Root mean square of all elements, [1]. */
    private Tensor rms(Tensor tensor, DType wide) {
        Tensor sum = p.full(wide, Shape.of(1), 0);
        long elements = tensor.elements();
        for (long from = 0; from < elements; from += PART) {
            try (Scope _ = p.scopes().open()) {
                Tensor flat = p.view(tensor, Shape.of(elements));
                Tensor part = p.slice(flat, 0, from, Math.min(elements, from + PART));
                Tensor same = part.dtype() == wide ? part : p.cast(part, wide);
                p.addInPlace(sum, p.sum(p.mul(same, same), 0), 1);
            }
        }
        p.affineInPlace(sum, 1.0 / elements, 0);
        p.sqrtInPlace(sum);
        return sum;
    }

    /** Rows that make up a part. */
    private static long height(Tensor matrix) {
        return Math.max(1, PART / matrix.dim(1));
    }

    /** Moves the means of rows [rows, 1] and of columns [1, columns] towards those of g². */
    private void means(Tensor g, Tensor rows, Tensor columns) {
        double weight = rule.weightOfNew();
        p.affineInPlace(rows, 1 - weight, 0);
        p.affineInPlace(columns, 1 - weight, 0);
        for (long from = 0; from < g.dim(0); from += height(g)) {
            try (Scope _ = p.scopes().open()) {
                long to = Math.min(g.dim(0), from + height(g));
                Tensor part = p.slice(g, 0, from, to);
                Tensor squares = p.mul(part, part);
                Tensor rowsOfPart = p.slice(rows, 0, from, to);
                p.addInPlace(rowsOfPart, p.sum(squares, -1), weight / g.dim(1));
                p.addInPlace(columns, p.sum(squares, 0), weight / g.dim(0));
            }
        }
    }

    /** g / √v with v = rows·columns over the mean of rows. */
    private void normalizeMatrix(Tensor g, Tensor rows, Tensor columns) {
        Tensor mean = p.sum(rows, 0); // [1, 1]
        p.affineInPlace(mean, 1.0 / g.dim(0), 0);
        p.clampMinInPlace(mean, Adafactor.LEAST_MEAN);
        for (long from = 0; from < g.dim(0); from += height(g)) {
            try (Scope _ = p.scopes().open()) {
                long to = Math.min(g.dim(0), from + height(g));
                Tensor v = p.mul(p.slice(rows, 0, from, to), columns); // [to − from, columns]
                p.divInPlace(v, mean);
                divideByRoot(p.slice(g, 0, from, to), v);
            }
        }
    }

    private void normalizeVector(Tensor g, Tensor v) {
        double weight = rule.weightOfNew();
        p.affineInPlace(v, 1 - weight, 0);
        p.addInPlace(v, p.mul(g, g), weight);
        divideByRoot(g, p.cast(v, v.dtype()));
    }

    private void divideByRoot(Tensor g, Tensor v) {
        p.clampMinInPlace(v, Adafactor.LEAST_MEAN * Adafactor.LEAST_MEAN);
        p.sqrtInPlace(v);
        p.divInPlace(g, v);
    }
}
