package dev.hone.cli;

import dev.hone.tensor.Ops;
import dev.hone.torch.Hardware;
import dev.hone.torch.TorchOps;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What this machine offers, and what follows from it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says what was found on this machine and what follows from it.")
final class DoctorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    DoctorCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Hardware found = Hardware.detect();
        line(
                out,
                "Java",
                "%s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name")));
        line(out, "System", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        line(out, "Processor", "%s, %d cores".formatted(found.processor(), found.logicalCores()));
        line(out, "Instructions", found.cpuCapability());
        line(out, "bf16", found.bf16() + ": " + bf16Meaning(found.bf16()));
        line(out, "Memory", memory());
        line(
                out,
                "libtorch",
                "%s, oneDNN %s%s"
                        .formatted(
                                found.libtorch(),
                                found.oneDnn(),
                                found.cudaOnClassPath() ? ", with CUDA" : ", without CUDA"));
        try (Ops ops = TorchOps.cpu(1)) {
            line(out, "Kernels", ops.description());
        }
        line(out, "NVIDIA driver", found.driver().orElse("none"));
        for (Hardware.Gpu gpu : found.gpus()) {
            line(
                    out,
                    "GPU " + gpu.index(),
                    "%s, %s, compute capability %d.%d"
                            .formatted(
                                    gpu.name(),
                                    Units.bytes(gpu.memoryBytes()),
                                    gpu.major(),
                                    gpu.minor()));
        }
        out.println();
        Optional<String> refusal = found.cudaRefusal(0);
        out.println(
                refusal.map(reason -> "Training runs on the processor: " + reason + ".")
                        .orElse("Training runs on cuda:0."));
        out.flush();
        return Exit.OK;
    }

    private static String bf16Meaning(String how) {
        return switch (how) {
            case "amx" -> "matrix units multiply it, several times faster than fp32";
            case "avx512_bf16" -> "vector units multiply it, faster than fp32";
            default -> "emulated, slower than fp32 here: set training.dtype to fp32";
        };
    }

    private static String memory() {
        return "%s, Java heap up to %s"
                .formatted(
                        Machine.memoryBytes().map(Units::bytes).orElse("unknown"),
                        Units.bytes(Runtime.getRuntime().maxMemory()));
    }

    private static void line(PrintWriter out, String what, String value) {
        out.printf("%-14s %s%n", what, value);
    }
}
