package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A linear layer: y = x · Wᵀ + b, and the adapter's part where it has one. */
final class Linear implements AutoCloseable {
    private final Weight weight;
    private final @Nullable Parameter bias;
    private final @Nullable LowRank adapter;

    Linear(Weight weight, @Nullable Parameter bias, @Nullable LowRank adapter) {
        this.weight = weight;
        this.bias = bias;
        this.adapter = adapter;
    }

    /** y [T, out], and what the adapter keeps, null without one. */
    record Result(Tensor y, LowRank.@Nullable Kept kept) {

        /** Visits what is to be kept so that {@link Linear#again} gives the result once more. */
        void forEachKept(Consumer<Tensor> visit) {
            if (!(kept instanceof Dora.Kept parts && parts.outputFollows())) {
                visit.accept(y);
            }
            if (kept != null) {
                kept.forEach(visit);
            }
        }
    }

    /** Whether the backward needs the layer's input. */
    boolean trains() {
        return adapter != null || weight.trainable();
    }

    Result forward(Ops ops, Tensor x, long seed) {
        if (adapter instanceof Dora dora) {
            return dora.forward(ops, weight, bias, x, seed);
        }
        Tensor y;
        try (Scope scope = ops.scope()) {
            y = scope.keep(ops.linear(x, weight.open(ops)));
        }
        if (bias != null) {
            ops.addInPlace(y, bias.value(), 1);
        }
        return new Result(y, adapter instanceof Lora lora ? lora.forward(ops, x, y, seed) : null);
    }

    /** A result of which no more is left than {@link Result#forEachKept} visits, whole. */
    Result again(Ops ops, Result result) {
        return adapter instanceof Dora dora
                        && result.kept() instanceof Dora.Kept parts
                        && parts.outputFollows()
                ? new Result(dora.output(ops, bias, parts), parts)
                : result;
    }

    /** What the adapter keeps of a forward of x [T, in], formed anew; null without one. */
    LowRank.@Nullable Kept keptAgain(Ops ops, Tensor x, long seed) {
        return switch (adapter) {
            case null -> null;
            case Lora lora -> lora.keptAgain(ops, x, seed);
            case Dora dora -> dora.forward(ops, weight, bias, x, seed).kept();
        };
    }

    /**
     * Accumulates the gradients of what trains here, and dX.
     *
     * @param x [T, in]; may be null when nothing here trains
     * @param dX [T, in] to add to, or null to make a new one
     * @return dX
     */
    Tensor backward(
            Ops ops,
            Tensor dY,
            @Nullable Tensor x,
            LowRank.@Nullable Kept kept,
            @Nullable Tensor dX,
            long seed) {
        Tensor into;
        try (Scope scope = ops.scope()) {
            if (adapter instanceof Dora && x != null) {
                // The product with W is the adapter's.
                into = dX != null ? dX : scope.keep(ops.zeros(x.dtype(), x.shape()));
            } else if (dX == null) {
                into = scope.keep(ops.linearBackward(dY, weight.open(ops)));
            } else {
                ops.linearBackwardInto(dX, dY, weight.open(ops), 1);
                into = dX;
            }
        }
        gradients(ops, dY, x, kept, into, seed);
        return into;
    }

    /** The same for a layer whose input needs no gradient. */
    void backwardLast(
            Ops ops, Tensor dY, @Nullable Tensor x, LowRank.@Nullable Kept kept, long seed) {
        gradients(ops, dY, x, kept, null, seed);
    }

    private void gradients(
            Ops ops,
            Tensor dY,
            @Nullable Tensor x,
            LowRank.@Nullable Kept kept,
            @Nullable Tensor dX,
            long seed) {
        try (Scope _ = ops.scope()) {
            if (bias != null && bias.trainable()) {
                ops.addColumnSums(dY, bias.gradient());
            }
            if (x == null) {
                return;
            }
            if (weight instanceof Parameter dense && dense.trainable()) {
                ops.linearWeightGradient(dense.gradient(), dY, x, 1);
            }
            if (adapter instanceof Lora lora && kept instanceof Lora.Kept u) {
                lora.backward(ops, dY, x, u, dX, seed);
            }
            if (adapter instanceof Dora dora && kept instanceof Dora.Kept parts) {
                dora.backward(ops, weight, dY, x, parts, dX, seed);
            }
        }
    }

    void forEachParameter(Consumer<Parameter> visit) {
        if (weight instanceof Parameter dense) {
            visit.accept(dense);
        }
        if (bias != null) {
            visit.accept(bias);
        }
        if (adapter != null) {
            adapter.forEachParameter(visit);
        }
    }

    @Override
    public void close() {
        forEachParameter(Parameter::close);
        if (!(weight instanceof Parameter)) {
            weight.close();
        }
    }
}
