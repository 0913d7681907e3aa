package dev.hone.cli;

import dev.hone.tensor.DType;
import dev.hone.tensor.OperationTimes;
import dev.hone.torch.Hardware;
import dev.hone.torch.TorchOps;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where to compute. */
final class EngineOptions {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "cpu, cuda, cuda:N or auto (default): a CUDA card if one will do.")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Processor cores to use (default: all).")
    private @Nullable Integer threads;

    EngineOptions() {}

    /** Opens the engine; the caller closes it, on the same thread. */
    TorchOps open() {
        return cuda().map(TorchOps::cuda).orElseGet(() -> TorchOps.cpu(threads()));
    }

    /** As {@link #open}, with every operation timed, one by one. */
    TorchOps openTimed(OperationTimes times) {
        return cuda().map(index -> TorchOps.cudaTimed(index, times))
                .orElseGet(() -> TorchOps.cpuTimed(threads(), times));
    }

    /** The card to compute on; empty for the processor. */
    private Optional<Integer> cuda() {
        return switch (device) {
            case "cpu" -> Optional.empty();
            case "auto" ->
                    Hardware.detect().cudaRefusal(0).isEmpty() ? Optional.of(0) : Optional.empty();
            default -> Optional.of(cudaIndex());
        };
    }

    /** Processor cores to compute on. */
    int threads() {
        int cores = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (cores < 1) {
            throw new BadInputException("--threads must be at least 1, found " + cores);
        }
        return cores;
    }

    private int cudaIndex() {
        if (device.equals("cuda")) {
            return 0;
        }
        if (device.matches("cuda:\\d{1,3}")) {
            return Integer.parseInt(device.substring("cuda:".length()));
        }
        throw new BadInputException(
                "--device: expected cpu, cuda, cuda:N or auto, found '%s'".formatted(device));
    }

    /** The dtype an option names, or the one that suits the device. */
    static DType dtype(Optional<String> name) {
        return switch (name.orElse("bf16")) {
            case "bf16" -> DType.BF16;
            case "fp32" -> DType.F32;
            default ->
                    throw new BadInputException(
                            "--dtype: expected bf16 or fp32, found '%s'".formatted(name.get()));
        };
    }
}
