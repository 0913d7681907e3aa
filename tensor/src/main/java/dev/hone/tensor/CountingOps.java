package dev.hone.tensor;

import java.util.function.Function;

/**
 * The operations on shapes alone: the same code as an engine that computes, with nothing computed.
 * Its {@link #memory} holds what that engine would allocate, byte for byte, and its {@link #cost}
 * the arithmetic. Values read back are zeros.
 */
public final class CountingOps extends Ops {
    private final Cost cost;

    private CountingOps(
            CountingPrimitives primitives, Function<CountingPrimitives, Kernels> kernels) {
        super(primitives, kernels.apply(primitives));
        this.cost = primitives.cost();
    }

    /** Counts an engine whose kernels need no temporaries, as on the CPU. */
    public static CountingOps fused(Device device) {
        return new CountingOps(new CountingPrimitives(device), CountingKernels::new);
    }

    /** Counts an engine whose kernels are composed of plain operations. */
    public static CountingOps composed(Device device) {
        return new CountingOps(new CountingPrimitives(device), ComposedKernels::new);
    }

    /** Counts an engine on a CUDA card. */
    private static CountingOps cuda(Device device) {
        return new CountingOps(
                new CountingPrimitives(device),
                p -> {
                    CountingCuda card = new CountingCuda(p, p.cost());
                    return new CudaKernels(p, card, card, "counted on paper");
                });
    }

    /** Counts what the engine of this kind of device does; the one place that knows. */
    public static CountingOps of(Device device) {
        return switch (device.kind()) {
            case CPU -> fused(device);
            case CUDA -> cuda(device);
        };
    }

    /** What was computed on paper so far. */
    public Cost cost() {
        return cost;
    }
}
