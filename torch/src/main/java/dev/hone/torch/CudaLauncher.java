package dev.hone.torch;

import dev.hone.tensor.KernelLauncher;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Starts kernels of ours on a card, in the order of libtorch's own work. */
final class CudaLauncher implements KernelLauncher {
    private final CudaDriver driver;
    private final MemorySegment module;
    private final Map<String, MemorySegment> kernels = new HashMap<>();
    private final KernelArguments arguments;

    /**
     * @param image machine code for the card
     */
    CudaLauncher(CudaDriver driver, MemorySegment image, Arena arena) {
        this.driver = driver;
        this.module = driver.module(image);
        this.arguments = new KernelArguments(arena);
    }

    @Override
    public long address(Tensor tensor) {
        return KernelArguments.address(tensor);
    }

    @Override
    public void launch(String kernel, long blocks, int threads, Argument... given) {
        MemorySegment function =
                kernels.computeIfAbsent(kernel, name -> driver.kernel(module, name));
        driver.launch(function, Math.toIntExact(blocks), threads, arguments.of(given));
    }
}
