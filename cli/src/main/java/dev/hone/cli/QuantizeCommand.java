package dev.hone.cli;

import dev.hone.model.ModelQuantizer;
import dev.hone.model.ModelQuantizer.Report;
import dev.hone.model.Quantization;
import dev.hone.tensor.Ops;
import dev.hone.torch.TorchOps;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model folder in fewer bits. */
@Command(
        name = "quantize",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a copy of a model folder whose layers' matrices are in 4 or 8 bits, as transformers"
                    + " saves it with bitsandbytes. docs/quantization.md describes the formats.",
            "Embeddings, norms, biases and head stay as they are. One tensor is in memory at a time."
        })
final class QuantizeCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
    private Path model = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder to write; it must not exist, or be empty.")
    private Path out = Path.of("");

    @Option(names = "--type", paramLabel = "TYPE", description = "nf4 (default) or int8.")
    private String type = "nf4";

    @Option(
            names = "--double",
            negatable = true,
            fallbackValue = "true",
            description = "Whether scales of nf4 are quantized too (yes).")
    private @Nullable Boolean doubled;

    @Spec private CommandSpec spec = CommandSpec.create();

    QuantizeCommand() {}

    @Override
    public Integer call() throws IOException {
        Quantization kind = kind();
        PrintWriter print = spec.commandLine().getOut();
        Optional<Report> report;
        // Scales are summed by a single thread; elements are made on all cores.
        try (Ops ops = TorchOps.cpu(1);
                Interrupts interrupts = new Interrupts(QuantizeCommand::announceStop)) {
            QuantizeProgress progress =
                    new QuantizeProgress(print, Terminals.isTerminal(), interrupts);
            report = ModelQuantizer.write(ops, model, out, kind, progress);
        }
        report.ifPresent(r -> print(print, kind, r));
        print.flush();
        return report.isPresent() ? Exit.OK : Exit.STOPPED;
    }

    private Quantization kind() {
        return switch (type) {
            case "nf4" -> new Quantization.Nf4(doubled == null || doubled);
            case "int8" -> {
                if (doubled != null) {
                    throw new BadInputException(
                            "--double is for --type nf4, whose scales can be quantized too");
                }
                yield new Quantization.Int8();
            }
            default ->
                    throw new BadInputException(
                            "--type: expected nf4 or int8, found '%s'".formatted(type));
        };
    }

    private static void announceStop() {
        System.err.println();
        System.err.println("hone: stopping; nothing will be left of the new folder");
    }

    private void print(PrintWriter print, Quantization kind, Report report) {
        print.printf(
                "  weights    %s before, %s after: %s of them%n",
                Units.bytes(report.bytesBefore()),
                Units.bytes(report.bytesAfter()),
                percent((double) report.bytesAfter() / report.bytesBefore()));
        print.printf(
                "  quantized  %s of %s parameters, in %d matrices, to %s%n",
                percent((double) report.quantized() / report.parameters()),
                Units.count(report.parameters()),
                report.matrices(),
                kind);
        print.printf("  stayed     %s%n", stayed(report.stayed()));
        if (!report.leftOut().isEmpty()) {
            print.printf(
                    "  left out   %s: no part of the model%n", String.join(", ", report.leftOut()));
        }
        print.println("  largest error of a matrix, relative to it");
        report.worst()
                .forEach((name, worst) ->
                        print.printf(
                                Locale.ROOT,
                                "    %-10s %.4f  %s%n",
                                name,
                                worst.error(),
                                worst.tensor()));
        print.printf("Result in %s%n", out);
    }

    /** Names outside the layers, and how many in them. */
    private static String stayed(List<String> names) {
        List<String> outside = names.stream().filter(n -> !n.startsWith("model.layers.")).toList();
        int inside = names.size() - outside.size();
        return "%s, and %d norms and biases of layers"
                .formatted(String.join(", ", outside), inside);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
