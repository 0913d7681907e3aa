package dev.hone.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;

/**
 * What this machine offers, for {@code hone doctor} and for choosing a device.
 *
 * @param logicalCores processor cores that Java sees
 * @param processor the processor's own name, or "unknown"
 * @param cpuCapability the widest instructions that libtorch uses, for example AVX512
 * @param bf16 how the processor multiplies bf16: "amx", "avx512_bf16", or "emulated"
 * @param oneDnn version of the library behind bf16 matrix products, for example v3.7.1
 * @param libtorch version of libtorch
 * @param driver version of the NVIDIA driver, empty without one
 * @param gpus the cards that the driver lists
 * @param slowKernels why the CPU engine would run without its fused kernels and how to get them,
 *     empty when it has them
 * @param cudaOnClassPath whether this process carries libtorch for CUDA
 */
public record Hardware(
        int logicalCores,
        String processor,
        String cpuCapability,
        String bf16,
        String oneDnn,
        String libtorch,
        Optional<String> driver,
        List<Gpu> gpus,
        Optional<String> slowKernels,
        boolean cudaOnClassPath) {
    /** First driver branch that runs CUDA 13. */
    private static final int LEAST_DRIVER = 580;

    /** One card: its index, name, memory, and compute capability such as 8.9. */
    public record Gpu(int index, String name, long memoryBytes, int major, int minor) {

        /**
         * Why libtorch has no code for this card, empty when it has. Its code is for 7.5, 8.0, 9.0,
         * 10.0 and 12.0; a card runs code of its own major version with an equal or lower minor.
         */
        public Optional<String> refusal() {
            boolean covered =
                    switch (major) {
                        case 7 -> minor >= 5;
                        case 8, 9, 10, 12 -> true;
                        default -> false;
                    };
            return covered
                    ? Optional.empty()
                    : Optional.of(
                            "%s has compute capability %d.%d, libtorch was built for 7.5, 8.x, 9.0, 10.x and 12.x"
                                    .formatted(name, major, minor));
        }
    }

    /** Looks at this machine; loads libtorch. */
    public static Hardware detect() {
        TorchRuntime.load();
        Nvml.Report cards = Nvml.report();
        List<String> cpuInfo = lines(Path.of("/proc/cpuinfo"));
        return new Hardware(
                Runtime.getRuntime().availableProcessors(),
                field(cpuInfo, "model name").orElse("unknown"),
                torch.get_cpu_capability().getString(),
                bf16(field(cpuInfo, "flags").orElse("")),
                torch.get_mkldnn_version().getString().replaceFirst("^.*? (v[0-9.]+).*$", "$1"),
                TorchRuntime.version(),
                cards.driver(),
                cards.gpus(),
                KernelChoice.whyNotFused(),
                TorchRuntime.cudaOnClassPath());
    }

    static String bf16(String flags) {
        List<String> words = List.of(flags.split("\\s+"));
        return words.contains("amx_bf16")
                ? "amx"
                : words.contains("avx512_bf16") ? "avx512_bf16" : "emulated";
    }

    /**
     * Why {@link TorchOps#cuda} would refuse this card, in one sentence; empty when it would not.
     */
    public Optional<String> cudaRefusal(int index) {
        if (driver.isEmpty()) {
            return Optional.of("no NVIDIA driver answers on this machine");
        }
        if (Integer.parseInt(driver.get().split("\\.", 2)[0]) < LEAST_DRIVER) {
            return Optional.of(
                    "the NVIDIA driver is %s, CUDA 13 needs %d or later: update the driver"
                            .formatted(driver.get(), LEAST_DRIVER));
        }
        Optional<Gpu> gpu = gpu(index);
        if (gpu.isEmpty()) {
            return Optional.of(
                    "there is no card %d, the driver lists %d".formatted(index, gpus.size()));
        }
        Optional<String> refusal = gpu.get().refusal();
        if (refusal.isPresent()) {
            return refusal;
        }
        return cudaOnClassPath
                ? Optional.empty()
                : Optional.of(
                        "libtorch for CUDA is not on the class path: add org.bytedeco:pytorch with the classifier %s-gpu"
                                .formatted(TorchRuntime.platform()));
    }

    /** The card of this index. */
    Optional<Gpu> gpu(int index) {
        return gpus.stream().filter(g -> g.index() == index).findFirst();
    }

    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        } catch (IOException _) {
            return List.of(); // only Linux has this file
        }
    }

    private static Optional<String> field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }
}
