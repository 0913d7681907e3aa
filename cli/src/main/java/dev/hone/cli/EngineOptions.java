package dev.hone.cli;

import dev.hone.tensor.DType;
import dev.hone.tensor.OperationTimes;
import dev.hone.tensor.Ops;
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
    Ops open() {
        return switch (device) {
            case "cpu" -> TorchOps.cpu(threads());
            case "auto" ->
                    Hardware.detect().cudaRefusal(0).isEmpty()
                            ? TorchOps.cuda(0)
                            : TorchOps.cpu(threads());
            default -> TorchOps.cuda(cudaIndex());
        };
    }

    /** Opens the processor's engine with every operation timed. */
    Ops openTimed(OperationTimes times) {
        return TorchOps.cpuTimed(threads(), times);
    }

    private int threads() {
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
