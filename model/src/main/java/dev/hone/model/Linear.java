package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A linear layer: y = x · Wᵀ + b, and the adapter's part where it has one. */
final class Linear implements AutoCloseable {
    private final String path;
    private final Weight weight;
    private final @Nullable Parameter bias;
    private final @Nullable Lora lora;

    Linear(String path, Weight weight, @Nullable Parameter bias, @Nullable Lora lora) {
        this.path = path;
        this.weight = weight;
        this.bias = bias;
        this.lora = lora;
    }

    /** y [T, out], and what the adapter keeps: u [T, R], or null without one. */
    record Result(Tensor y, @Nullable Tensor u) {}

    /** Where the layer stands in the model, such as {@code model.layers.0.mlp.up_proj}. */
    String path() {
        return path;
    }

    @Nullable Lora lora() {
        return lora;
    }

    /** Whether the backward needs the layer's input. */
    boolean trains() {
        return lora != null || weight.trainable();
    }

    Result forward(Ops ops, Tensor x, long seed) {
        Tensor y;
        try (Scope scope = ops.scope()) {
            y = scope.keep(ops.linear(x, weight.open(ops)));
        }
        if (bias != null) {
            ops.addInPlace(y, bias.value(), 1);
        }
        return new Result(y, lora == null ? null : lora.forward(ops, x, y, seed));
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
            @Nullable Tensor u,
            @Nullable Tensor dX,
            long seed) {
        Tensor into;
        try (Scope scope = ops.scope()) {
            if (dX == null) {
                into = scope.keep(ops.linearBackward(dY, weight.open(ops)));
            } else {
                ops.linearBackwardInto(dX, dY, weight.open(ops), 1);
                into = dX;
            }
        }
        gradients(ops, dY, x, u, into, seed);
        return into;
    }

    /** The same for a layer whose input needs no gradient. */
    void backwardLast(Ops ops, Tensor dY, @Nullable Tensor x, @Nullable Tensor u, long seed) {
        gradients(ops, dY, x, u, null, seed);
    }

    private void gradients(
            Ops ops,
            Tensor dY,
            @Nullable Tensor x,
            @Nullable Tensor u,
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
            if (lora != null && u != null) {
                lora.backward(ops, dY, x, u, dX, seed);
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
        if (lora != null) {
            visit.accept(lora.a());
            visit.accept(lora.b());
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
