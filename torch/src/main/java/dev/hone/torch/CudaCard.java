package dev.hone.torch;

import dev.hone.tensor.CudaKernels;
import dev.hone.tensor.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Stat;
import org.bytedeco.pytorch.cuda.DeviceStats;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/** One CUDA card, opened: libtorch on it, our kernels compiled for it. */
final class CudaCard implements AutoCloseable {
    private final int index;
    private final Arena arena;
    private final CudaDriver driver;
    private final TorchPrimitives primitives;
    private final Kernels kernels;

    private CudaCard(int index, Hardware.Gpu gpu) {
        this.index = index;
        arena = Arena.ofShared();
        driver = new CudaDriver(index);
        primitives = new TorchPrimitives(index, driver);
        String architecture = "sm_%d%d".formatted(gpu.major(), gpu.minor());
        MemorySegment code = CudaCompiler.compile(architecture, cache(), arena);
        kernels =
                new CudaKernels(
                        primitives,
                        new CudaLauncher(driver, code, arena),
                        new LibtorchFlash(primitives),
                        "our kernels for %s, libtorch's flash attention".formatted(architecture));
    }

    /**
     * @throws DeviceUnavailableException with the reason, when the card or its driver will not do
     */
    static CudaCard open(int index) {
        Hardware hardware = Hardware.detect();
        hardware.cudaRefusal(index)
                .ifPresent(reason -> {
                    throw new DeviceUnavailableException("cuda:" + index + ": " + reason);
                });
        torch_cuda.set_device((byte) index);
        // Sums of a product stay in fp32, and fp32 factors are not rounded.
        torch.globalContext().setAllowBF16ReductionCuBLAS(false);
        torch.globalContext().setAllowTF32CuBLAS(false);
        // What is asked of some operations; a tensor to be overwritten needs no filling for it.
        torch.globalContext().setDeterministicFillUninitializedMemory(false);
        return new CudaCard(index, hardware.gpu(index).orElseThrow());
    }

    /** {@code $XDG_CACHE_HOME/hone/cuda}, {@code ~/.cache/hone/cuda} without it. */
    private static Path cache() {
        Map<String, String> environment = System.getenv();
        String set = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path cache =
                set.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(set);
        return cache.resolve("hone").resolve("cuda");
    }

    TorchPrimitives primitives() {
        return primitives;
    }

    Kernels kernels() {
        return kernels;
    }

    CardMemory memory() {
        CudaDriver.CardMemory card = driver.cardMemory();
        try (DeviceStats stats = torch_cuda.getAllocator().getDeviceStats((byte) index);
                Stat allocated = stats.allocated_bytes();
                Stat reserved = stats.reserved_bytes()) {
            return new CardMemory(card.total(), card.free(), allocated.peak(), reserved.peak());
        }
    }

    @Override
    public void close() {
        driver.close();
        arena.close();
    }
}
