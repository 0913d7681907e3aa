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
 * has an fp32 gradient, and an fp32 master that the optimizer updates, which is the value itself
 * where arithmetic runs in fp32; without a master the optimizer updates the value. The gradient is
 * there from the start, or only between {@link #openGradient} and {@link #closeGradient}.
 */
public final class Parameter implements Weight {
    private final String name;
    private final Tensor value;
    private final @Nullable Tensor master;
    private final boolean trainable;
    private @Nullable Tensor gradient;

    private Parameter(String name, Tensor value, @Nullable Tensor master, boolean trainable) {
        this.name = name;
        this.value = value;
        this.master = master;
        this.trainable = trainable;
    }

    /** Loads a weight. The caller's scope must not own it. */
    static Parameter load(
            Ops ops,
            WeightSource source,
            String name,
            Shape shape,
            DType compute,
            Training.Trained trained) {
        if (!trained.trainable()) {
            return new Parameter(name, source.load(ops, name, shape, compute), null, false);
        }
        DType precise = compute == DType.F64 ? DType.F64 : DType.F32;
        Tensor master = source.load(ops, name, shape, trained.master() ? precise : compute);
        return trained(ops, name, master, compute, trained);
    }

    /**
     * A trainable parameter around its weight in the best precision there is.
     *
     * @param compute the dtype that arithmetic runs in
     */
    static Parameter trained(
            Ops ops, String name, Tensor weight, DType compute, Training.Trained trained) {
        boolean precise = weight.dtype() != DType.BF16;
        Tensor value = weight.dtype() == compute ? weight : ops.cast(weight, compute);
        Parameter parameter = new Parameter(name, value, precise ? weight : null, true);
        if (trained.gradient()) {
            parameter.openGradient(ops);
        }
        return parameter;
    }

    /** A frozen parameter around its value. */
    static Parameter frozen(String name, Tensor value) {
        return new Parameter(name, value, null, false);
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
        return trainable;
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(value);
    }

    @Override
    public Weight around(List<Tensor> tensors) {
        return frozen(name, tensors.getFirst());
    }

    public ParameterRole role() {
        return ParameterRole.of(name, value.shape());
    }

    /** The fp32 weight of a trainable parameter that has one. */
    public Tensor master() {
        if (master == null) {
            throw new IllegalStateException(
                    "parameter '%s' %s".formatted(name, trainable ? "has no master" : "is frozen"));
        }
        return master;
    }

    /** The fp32 weight, or null where the value is all there is. */
    public @Nullable Tensor masterOrNull() {
        return master;
    }

    /** The fp32 gradient of a trainable parameter, accumulated until it is cleared. */
    public Tensor gradient() {
        if (gradient == null) {
            throw new IllegalStateException(
                    "parameter '%s' %s"
                            .formatted(name, trainable ? "has no gradient now" : "is frozen"));
        }
        return gradient;
    }

    /** Whether there is a gradient now. */
    public boolean hasGradient() {
        return gradient != null;
    }

    /** Bytes of the value, and of the master where that is another tensor. */
    public long weightBytes() {
        return master == null || master.dtype() == value.dtype()
                ? value.bytes()
                : value.bytes() + master.bytes();
    }

    /** The gradient, or null when frozen. */
    @Nullable Tensor gradientOrNull() {
        return trainable ? gradient() : null;
    }

    /**
     * Makes the gradient of a trainable parameter, zero, unless it is there; it is the innermost
     * scope's until it is closed.
     */
    void openGradient(Ops ops) {
        if (trainable && (gradient == null || gradient.closed())) {
            DType precise = value.dtype() == DType.F64 ? DType.F64 : DType.F32;
            try (var _ = ops.memory().booking(MemoryUse.GRADIENTS)) {
                gradient = ops.zeros(precise, value.shape());
            }
        }
    }

    /** Gives the gradient up until it is opened again. */
    public void closeGradient() {
        if (gradient != null) {
            gradient.close();
            gradient = null;
        }
    }

    /** The weight in the best precision there is; what is saved. */
    public Tensor best() {
        return master != null ? master : value;
    }

    /** Carries an updated master over to the value. */
    public void refresh(Ops ops) {
        if (master != null && value.dtype() != master.dtype()) {
            ops.copy(master, value);
        }
    }

    /** Overwrites the master, and the value with it, by host bytes. */
    public void load(Ops ops, MemorySegment bytes) {
        ops.load(bytes, best());
        refresh(ops);
    }

    @Override
    public void close() {
        value.close();
        if (master != null) {
            master.close();
        }
        closeGradient();
    }
}
