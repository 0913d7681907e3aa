package dev.hone.torch;

import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.Kernels;
import dev.hone.tensor.OperationTimes;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Primitives;
import java.util.Optional;

/**
 * The operations, executed by libtorch. An engine belongs to the platform thread that made it: all
 * its calls, {@link #close} included, come from there.
 */
public final class TorchOps extends Ops {
    private final AutoCloseable held;

    private TorchOps(Primitives primitives, Kernels kernels, AutoCloseable held) {
        super(primitives, kernels);
        this.held = held;
    }

    /**
     * The fastest engine on the host's processor; dtypes F32 and BF16.
     *
     * @param threads processor cores to compute on, at least 1
     */
    public static TorchOps cpu(int threads) {
        TorchPrimitives primitives = onCpu(threads);
        Kernels kernels = KernelChoice.onCpu(primitives, threads);
        return new TorchOps(primitives, kernels, heldBy(kernels));
    }

    /** As {@link #cpu}, with every primitive and kernel timed by {@code times}. */
    public static TorchOps cpuTimed(int threads, OperationTimes times) {
        TorchPrimitives primitives = onCpu(threads);
        Kernels kernels = KernelChoice.onCpu(primitives, threads);
        return timed(primitives, kernels, heldBy(kernels), times);
    }

    private static AutoCloseable heldBy(Kernels kernels) {
        return kernels instanceof CpuKernels cpu ? cpu : () -> {};
    }

    private static TorchOps timed(
            Primitives primitives, Kernels kernels, AutoCloseable held, OperationTimes times) {
        return new TorchOps(
                times.timed(Primitives.class, primitives, primitives::finish),
                times.timed(Kernels.class, kernels, primitives::finish),
                held);
    }

    /**
     * The plain engine on the host's processor that others are measured against; also F64.
     *
     * @param threads processor cores to compute on, at least 1
     */
    public static TorchOps cpuReference(int threads) {
        TorchPrimitives primitives = onCpu(threads);
        return new TorchOps(primitives, new ComposedKernels(primitives), () -> {});
    }

    /**
     * An engine on one CUDA card.
     *
     * @throws DeviceUnavailableException with the reason, when the card or its driver will not do
     */
    public static TorchOps cuda(int index) {
        CudaCard card = CudaCard.open(index);
        return new TorchOps(card.primitives(), card.kernels(), card);
    }

    /** As {@link #cuda}, with every primitive and kernel timed by {@code times}, one by one. */
    public static TorchOps cudaTimed(int index, OperationTimes times) {
        CudaCard card = CudaCard.open(index);
        return timed(card.primitives(), card.kernels(), card, times);
    }

    /** The plain engine on one CUDA card, as {@link #cpuReference}. */
    public static TorchOps cudaReference(int index) {
        CudaCard card = CudaCard.open(index);
        return new TorchOps(card.primitives(), new ComposedKernels(card.primitives()), card);
    }

    private static TorchPrimitives onCpu(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, found " + threads);
        }
        TorchRuntime.load();
        TorchRuntime.useThreads(threads);
        return new TorchPrimitives();
    }

    /** What the card holds, if this engine is on one. */
    public Optional<CardMemory> cardMemory() {
        return held instanceof CudaCard card ? Optional.of(card.memory()) : Optional.empty();
    }

    @Override
    public void close() {
        super.close();
        try {
            held.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
