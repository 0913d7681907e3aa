package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank adapter that learns direction and magnitude of every output apart (DoRA, Liu et al.
 * 2024, arXiv 2402.09353), to the formula of PEFT. With V = W + s·B·A, n the norms of its rows and
 * c = m/n:
 *
 * <pre>
 * p = x·Vᵀ = x·Wᵀ + s·u·Bᵀ,  u = x·Aᵀ
 * y = c∘p + bias
 * </pre>
 *
 * The backward takes n as a constant (section 4.3 of the paper). With g = c∘dY:
 *
 * <pre>
 * dm += (Σ_T dY∘p) / n
 * dB += s · gᵀ·u,  du = s · g·B,  dA += duᵀ·x,  dX += g·W + du·A
 * </pre>
 *
 * Dropout, x̃ = drop(x), takes from what the adapter changes, c's part included, and not from the
 * layer's own output. So p is of x̃, and W is multiplied twice each way:
 *
 * <pre>
 * y = x·Wᵀ + (c − 1)∘(x̃·Wᵀ) + c∘(s·ũ·Bᵀ) + bias = c∘p̃ − (x̃ − x)·Wᵀ + bias
 * dX += dY·W + drop'((g − dY)·W + du·A)
 * </pre>
 *
 * <p>p is kept, since dm needs it and to form it anew would cost a product with W. Where nothing
 * was dropped y follows from p, and where both would be kept p alone is.
 *
 * @param magnitude m [out], fp32 also where arithmetic runs in bf16: c stays near 1, and bf16 has
 *     128 numbers between 1 and 2
 * @param rows while the adapter trains, the squares of W's rows [out], from which n follows; else n
 */
record Dora(Lora lora, Parameter magnitude, Parameter rows) implements LowRank {

    /**
     * @param u [T, R]
     * @param product p [T, out]
     * @param norms n [out] fp32
     * @param outputFollows whether y is c∘p and the bias, nothing having been dropped
     */
    record Kept(Tensor u, Tensor product, Tensor norms, boolean outputFollows)
            implements LowRank.Kept {
        @Override
        public void forEach(Consumer<Tensor> visit) {
            visit.accept(u);
            visit.accept(product);
            visit.accept(norms);
        }
    }

    /** The whole layer: y [T, out]. */
    Linear.Result forward(Ops ops, Weight weight, @Nullable Parameter bias, Tensor x, long seed) {
        if (lora.drops(seed)) {
            return forwardDropped(ops, weight, bias, x, seed);
        }
        Kept kept;
        try (Scope opened = ops.scope()) {
            kept = product(ops, weight.open(ops), x, true);
            kept.forEach(opened::keep);
        }
        return new Linear.Result(output(ops, bias, kept), kept);
    }

    private Linear.Result forwardDropped(
            Ops ops, Weight weight, @Nullable Parameter bias, Tensor x, long seed) {
        try (Scope scope = ops.scope()) {
            Tensor w = weight.open(ops);
            Tensor dropped = ops.dropout(x, lora.dropout(), seed);
            Kept kept = product(ops, w, dropped, false);
            kept.forEach(scope::keep);
            Tensor y = scope.keep(output(ops, bias, kept));
            ops.addInPlace(dropped, x, -1);
            ops.linearInto(y, dropped, w, -1);
            return new Linear.Result(y, kept);
        }
    }

    private Kept product(Ops ops, Tensor w, Tensor input, boolean outputFollows) {
        Tensor product = ops.linear(input, w);
        Tensor u = lora.forward(ops, input, product, Pass.NO_DROPOUT).u();
        return new Kept(u, product, norms(ops, w), outputFollows);
    }

    /**
     * c∘p and the bias: y, to the same bits each time, where nothing was dropped; see {@link
     * Kept#outputFollows}.
     */
    Tensor output(Ops ops, @Nullable Parameter bias, Kept kept) {
        Tensor y = scaled(ops, kept);
        if (bias != null) {
            ops.addInPlace(y, bias.value(), 1);
        }
        return y;
    }

    /** Accumulates dA, dB and dm, and adds to dX [T, in] when it is wanted. */
    void backward(
            Ops ops,
            Weight weight,
            Tensor dY,
            Tensor x,
            Kept kept,
            @Nullable Tensor dX,
            long seed) {
        try (Scope _ = ops.scope()) {
            Tensor g = scaledBackward(ops, dY, kept);
            lora.backward(ops, g, x, new Lora.Kept(kept.u()), dX, seed);
            if (dX == null) {
                return;
            }
            Tensor w = weight.open(ops);
            if (!lora.drops(seed)) {
                ops.linearBackwardInto(dX, g, w, 1);
                return;
            }
            ops.linearBackwardInto(dX, dY, w, 1);
            ops.addInPlace(g, dY, -1);
            Tensor dropped = ops.linearBackward(g, w);
            ops.addInPlace(dX, ops.dropout(dropped, lora.dropout(), seed), 1);
        }
    }

    /** c∘p. */
    private Tensor scaled(Ops ops, Kept kept) {
        try (Scope scope = ops.scope()) {
            return scope.keep(ops.scaleColumns(kept.product(), factors(ops, kept.norms())));
        }
    }

    /** g = c∘dY, and dm. */
    private Tensor scaledBackward(Ops ops, Tensor dY, Kept kept) {
        try (Scope scope = ops.scope()) {
            Tensor dFactors = ops.zeros(magnitude.value().dtype(), magnitude.value().shape());
            Tensor factors = factors(ops, kept.norms());
            Tensor g = scope.keep(ops.scaleColumnsBackward(dY, kept.product(), factors, dFactors));
            ops.divideInPlace(dFactors, kept.norms());
            ops.addInPlace(magnitude.gradient(), dFactors, 1);
            return g;
        }
    }

    /** c = m/n. */
    private Tensor factors(Ops ops, Tensor norms) {
        Tensor factors = ops.cast(magnitude.value(), norms.dtype());
        ops.divideInPlace(factors, norms);
        return factors;
    }

    private Tensor norms(Ops ops, Tensor w) {
        return magnitude.trainable()
                ? norms(ops, w, rows.value(), lora)
                : ops.cast(rows.value(), rows.value().dtype());
    }

    /** n [out], from the squares of W's rows. */
    static Tensor norms(Ops ops, Tensor w, Tensor squares, Lora lora) {
        return ops.adaptedNorms(w, squares, lora.a().value(), lora.b().value(), lora.scale());
    }

    @Override
    public void forEachParameter(Consumer<Parameter> visit) {
        lora.forEachParameter(visit);
        visit.accept(magnitude);
        visit.accept(rows);
    }
}
