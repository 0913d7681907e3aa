package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.Placement;
import dev.hone.model.Placements;
import dev.hone.model.Quantization;
import dev.hone.plan.Calibration;
import dev.hone.plan.CalibrationBook;
import dev.hone.plan.NamedModels;
import dev.hone.plan.Rates;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.OperationTimes;
import dev.hone.tensor.Ops;
import dev.hone.torch.CardMemory;
import dev.hone.torch.TorchOps;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import dev.hone.train.StepBenchmark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Speed and memory of the training step. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the training step on random weights and tokens.")
final class BenchCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int WARM_UP = 3;

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            description = "A well-known model, such as llama-3.2-1b (default smollm2-135m).")
    private String shape = "smollm2-135m";

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Take the shape from this folder's config.json.")
    private @Nullable Path model;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "lora (default), qlora or full.")
    private String method = "lora";

    @Option(
            names = "--quantization",
            paramLabel = "TYPE",
            description = "Of the base, for qlora: nf4 (default) or int8.")
    private @Nullable String quantization;

    @Option(names = "--rank", paramLabel = "R", description = "Rank of the adapter (default 16).")
    private int rank = 16;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "bf16 (default) or fp32.")
    private @Nullable String dtype;

    @Option(names = "--rows", paramLabel = "N", description = "Sequences a step (default 4).")
    private int rows = 4;

    @Option(names = "--length", paramLabel = "T", description = "Tokens a sequence (default 256).")
    private int length = 256;

    @Option(
            names = "--keep",
            paramLabel = "WHAT",
            description =
                    "What layers keep: everything (default), no_mlp, input or parked (in host memory).")
    private Keep keep = Keep.EVERYTHING;

    @Option(
            names = "--weights",
            paramLabel = "PLACE",
            description = "Where frozen layers are: device (default) or host.")
    private Placement weights = Placement.DEVICE;

    @Option(
            names = "--embedding-on-host",
            description = "Look embeddings up in host memory; for models with a head of its own.")
    private boolean embeddingOnHost;

    @Option(names = "--steps", paramLabel = "N", description = "Steps to time (default 5).")
    private int steps = 5;

    @Option(names = "--profile", description = "Also say where the time goes, by operation.")
    private boolean profile;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--calibrate",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "FILE",
            description =
                    "Keep how long the step took against its roofline, for the hours of plans; in your"
                            + " settings, or in FILE.")
    private @Nullable String calibrate;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    BenchCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ModelConfig config = model == null ? named(shape) : ModelConfig.read(model);
        DType type = EngineOptions.dtype(Optional.ofNullable(dtype));
        OptimizerStep step = StepBenchmark.step(rows, length, config.vocabulary());
        OperationTimes times = new OperationTimes();
        try (TorchOps ops = profile ? engine.openTimed(times) : engine.open()) {
            StepBenchmark.Result result =
                    StepBenchmark.run(
                            ops,
                            config,
                            method(),
                            settings(type),
                            step,
                            WARM_UP + steps,
                            WARM_UP,
                            times::reset);
            List<OperationTimes.Entry> operations = times.byTime();
            Optional<CardMemory> card = ops.cardMemory();
            long peakBytes =
                    card.map(memory -> memory.total() - memory.free())
                            .orElseGet(() ->
                                    Machine.peakResidentBytes().orElse(result.peakLiveBytes()));
            double peakFlops = MatmulPeak.measure(ops, type);
            Forecast forecast =
                    Forecast.of(
                            CountingOps.of(ops.device()), config, method(), settings(type), step);
            ObjectNode report = report(result, forecast, peakBytes, peakFlops, ops, operations);
            card.ifPresent(memory -> {
                report.put("allocated_bytes", memory.allocatedPeak());
                report.put("reserved_bytes", memory.reservedPeak());
            });
            if (calibrate != null) {
                calibrate(report, result.medianSeconds(WARM_UP), forecast, ops, config);
            }
            if (json) {
                out.println(report);
            } else {
                print(out, report);
            }
        }
        out.flush();
        return Exit.OK;
    }

    private void calibrate(
            ObjectNode report, double seconds, Forecast forecast, Ops ops, ModelConfig config)
            throws IOException {
        DType type = EngineOptions.dtype(Optional.ofNullable(dtype));
        Rates rates = DeviceRates.of(ops, type, config, rows * length);
        double roofline = rates.seconds(forecast.work());
        Calibration measured =
                Calibration.measured(
                        DeviceRates.name(ops.device()),
                        type == DType.BF16 ? "bf16" : "fp32",
                        seconds,
                        roofline,
                        LocalDate.now(ZoneId.systemDefault()),
                        "%s %s of %d x %d tokens"
                                .formatted(
                                        model == null ? shape : "a model", method, rows, length));
        Path file =
                calibrate == null || calibrate.isEmpty()
                        ? DeviceRates.userFile()
                        : Path.of(calibrate);
        CalibrationBook.save(file, measured);
        report.put("roofline_step_s", roofline);
        report.put("roofline_flops", rates.flops());
        report.put("roofline_bytes_per_s", rates.bytes());
        report.put("roofline_s_per_operation", rates.secondsPerOperation());
        report.put("calibration_factor", measured.factor());
        report.put("calibration_file", file.toString());
    }

    private static ModelConfig named(String shape) {
        Map<String, ModelConfig> shapes = NamedModels.all();
        ModelConfig config = shapes.get(shape);
        if (config == null) {
            throw new BadInputException(
                    "--shape: unknown shape '%s'; expected one of %s"
                            .formatted(shape, String.join(", ", shapes.keySet())));
        }
        return config;
    }

    private RunFile.TrainingSection settings(DType type) {
        Placements layers = Placements.all(weights);
        return StepBenchmark.settings(type)
                .with(
                        new RunFile.MemorySection(
                                new Holding(
                                        KeepPolicy.all(keep),
                                        new Placements(
                                                layers.streamed(),
                                                layers.away(),
                                                embeddingOnHost))));
    }

    private RunFile.Method method() {
        if (quantization != null && !method.equals("qlora")) {
            throw new BadInputException("--quantization is for --method qlora");
        }
        return switch (method) {
            case "full" -> new RunFile.Method.Full();
            case "lora" -> lora(Optional.empty());
            case "qlora" -> lora(Optional.of(base()));
            default ->
                    throw new BadInputException(
                            "--method: expected lora, qlora or full, found '%s'".formatted(method));
        };
    }

    private Quantization base() {
        return switch (quantization == null ? "nf4" : quantization) {
            case "nf4" -> new Quantization.Nf4(true);
            case "int8" -> new Quantization.Int8();
            default ->
                    throw new BadInputException(
                            "--quantization: expected nf4 or int8, found '%s'"
                                    .formatted(quantization));
        };
    }

    private RunFile.Method lora(Optional<Quantization> base) {
        return new RunFile.Method.Lora(
                new LoraSpec(rank, 2.0 * rank, 0, List.of(LoraSpec.ALL_LINEAR), false),
                Optional.empty(),
                base);
    }

    private ObjectNode report(
            StepBenchmark.Result result,
            Forecast forecast,
            long peakBytes,
            double peakFlops,
            Ops ops,
            List<OperationTimes.Entry> operations) {
        double seconds = result.medianSeconds(WARM_UP);
        ObjectNode report = MAPPER.createObjectNode();
        report.put("shape", model == null ? shape : model.toString());
        report.put("method", method);
        method().base().ifPresent(base -> report.put("quantization", base.type()));
        report.put("dtype", EngineOptions.dtype(Optional.ofNullable(dtype)).name());
        report.put("device", ops.device().toString());
        report.put("kernels", ops.description());
        report.put("rows", rows);
        report.put("length", length);
        report.put("tokens_per_second", result.tokens() / seconds);
        report.put("median_step_s", seconds);
        report.put("peak_bytes", peakBytes);
        report.put("peak_live_bytes", result.peakLiveBytes());
        report.put("planned_peak_live_bytes", forecast.peakBytes());
        report.put("step_flops", forecast.flops());
        report.put("matmul_peak_flops", peakFlops);
        report.put("share_of_peak", forecast.flops() / seconds / peakFlops);
        if (!operations.isEmpty()) {
            ArrayNode list = report.putArray("operations");
            for (OperationTimes.Entry entry : operations) {
                ObjectNode node = list.addObject();
                node.put("operation", entry.operation());
                node.put("calls_per_step", entry.calls() / steps);
                node.put("ms_per_step", entry.nanos() / 1e6 / steps);
                node.put("share", entry.nanos() / 1e9 / steps / seconds);
            }
        }
        return report;
    }

    private static void print(PrintWriter out, ObjectNode report) {
        report.properties()
                .forEach(e -> {
                    if (!e.getKey().equals("operations")) {
                        out.printf("%-24s %s%n", e.getKey(), e.getValue().asString());
                    }
                });
        report.path("operations")
                .forEach(o ->
                        out.printf(
                                "  %-56s %6d calls %9.2f ms %5.1f %%%n",
                                o.get("operation").asString(),
                                o.get("calls_per_step").asLong(),
                                o.get("ms_per_step").asDouble(),
                                100 * o.get("share").asDouble()));
    }
}
