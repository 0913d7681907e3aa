package dev.hone.torch;

import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.Device;
import dev.hone.tensor.Kernels;
import dev.hone.tensor.OperationTimes;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Primitives;

/**
 * The operations, executed by libtorch. An engine belongs to the platform thread that made it: all
 * its calls, {@link #close} included, come from there.
 */
public final class TorchOps extends Ops {
    private final Kernels kernels;

    private TorchOps(Primitives primitives, Kernels kernels) {
        this(primitives, kernels, kernels);
    }

    /** Calls {@code shown}, which stands in front of {@code kernels}. */
    private TorchOps(Primitives primitives, Kernels shown, Kernels kernels) {
        super(primitives, shown);
        this.kernels = kernels;
    }

    /**
     * The fastest engine on the host's processor; dtypes F32 and BF16.
     *
     * @param threads processor cores to compute on, at least 1
     */
    public static TorchOps cpu(int threads) {
        TorchPrimitives primitives = onCpu(threads);
        return new TorchOps(primitives, KernelChoice.onCpu(primitives, threads));
    }

    /** As {@link #cpu}, with every primitive and kernel timed by {@code times}. */
    public static TorchOps cpuTimed(int threads, OperationTimes times) {
        TorchPrimitives primitives = onCpu(threads);
        Kernels kernels = KernelChoice.onCpu(primitives, threads);
        return new TorchOps(
                times.timed(Primitives.class, primitives),
                times.timed(Kernels.class, kernels),
                kernels);
    }

    /**
     * The plain engine on the host's processor that others are measured against; also F64.
     *
     * @param threads processor cores to compute on, at least 1
     */
    public static TorchOps cpuReference(int threads) {
        TorchPrimitives primitives = onCpu(threads);
        return new TorchOps(primitives, new ComposedKernels(primitives));
    }

    /**
     * An engine on one CUDA card.
     *
     * @throws DeviceUnavailableException with the reason, when the card or its driver will not do
     */
    public static TorchOps cuda(int index) {
        Hardware.detect()
                .cudaRefusal(index)
                .ifPresent(reason -> {
                    throw new DeviceUnavailableException("cuda:" + index + ": " + reason);
                });
        TorchRuntime.load();
        TorchPrimitives primitives = new TorchPrimitives(Device.cuda(index));
        return new TorchOps(primitives, KernelChoice.onCuda(primitives));
    }

    private static TorchPrimitives onCpu(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, found " + threads);
        }
        TorchRuntime.load();
        TorchRuntime.useThreads(threads);
        return new TorchPrimitives(Device.CPU);
    }

    @Override
    public void close() {
        super.close();
        if (kernels instanceof CpuKernels cpu) {
            cpu.close();
        }
    }
}
