package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.MemoryUse;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One named weight. A frozen one is its value in the dtype that arithmetic runs in. A trainable one
 * has an fp32 master that the optimizer updates, an fp32 gradient, and the value, which is the
 * master itself where arithmetic runs in fp32.
 */
public final class Parameter implements Weight {
    private final String name;
    private final Tensor value;
    private final @Nullable Tensor master;
    private final @Nullable Tensor gradient;

    private Parameter(
            String name, Tensor value, @Nullable Tensor master, @Nullable Tensor gradient) {
        this.name = name;
        this.value = value;
        this.master = master;
        this.gradient = gradient;
    }

    /** Loads a weight; a trainable one in full precision. The caller's scope must not own it. */
    static Parameter load(
            Ops ops,
            WeightSource source,
            String name,
            Shape shape,
            DType compute,
            boolean trainable) {
        if (!trainable) {
            return new Parameter(name, source.load(ops, name, shape, compute), null, null);
        }
        DType precise = compute == DType.F64 ? DType.F64 : DType.F32;
        return trainable(ops, name, source.load(ops, name, shape, precise), compute);
    }

    /** A trainable parameter around its master. */
    static Parameter trainable(Ops ops, String name, Tensor master, DType compute) {
        Tensor value = compute == master.dtype() ? master : ops.cast(master, compute);
        try (var _ = ops.memory().booking(MemoryUse.GRADIENTS)) {
            return new Parameter(name, value, master, ops.zeros(master.dtype(), master.shape()));
        }
    }

    /** A frozen parameter around its value. */
    static Parameter frozen(String name, Tensor value) {
        return new Parameter(name, value, null, null);
    }

    /** The name in the model's or adapter's file. */
    public String name() {
        return name;
    }

    /** What the forward multiplies with. */
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor open(Ops ops) {
        return value;
    }

    @Override
    public boolean trainable() {
        return gradient != null;
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(value);
    }

    @Override
    public Weight around(List<Tensor> tensors) {
        return new Parameter(name, tensors.getFirst(), null, null);
    }

    /** The fp32 weight of a trainable parameter; what is saved. */
    public Tensor master() {
        return require(master);
    }

    /** The fp32 gradient of a trainable parameter, accumulated until it is cleared. */
    public Tensor gradient() {
        return require(gradient);
    }

    /** The gradient, or null when frozen. */
    @Nullable Tensor gradientOrNull() {
        return gradient;
    }

    /** The weight in the best precision there is. */
    public Tensor best() {
        return master != null ? master : value;
    }

    /** Carries an updated master over to the value. */
    public void refresh(Ops ops) {
        if (value.dtype() != master().dtype()) {
            ops.copy(master(), value);
        }
    }

    /** Overwrites the master, and the value with it, by host bytes. */
    public void load(Ops ops, MemorySegment bytes) {
        ops.load(bytes, master());
        refresh(ops);
    }

    private Tensor require(@Nullable Tensor tensor) {
        if (tensor == null) {
            throw new IllegalStateException("parameter '" + name + "' is frozen");
        }
        return tensor;
    }

    @Override
    public void close() {
        value.close();
        if (master != null) {
            master.close();
        }
        if (gradient != null) {
            gradient.close();
        }
    }
}
