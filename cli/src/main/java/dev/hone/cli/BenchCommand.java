package dev.hone.cli;

import dev.hone.plan.Calibration;
import dev.hone.plan.CalibrationBook;
import dev.hone.plan.Rates;
import dev.hone.plan.TimePlan;
import dev.hone.tensor.DType;
import dev.hone.tensor.OperationTimes;
import dev.hone.torch.TorchOps;
import dev.hone.train.StepBenchmark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Speed and memory of the training step. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures a training step on random weights and tokens: speed, share of the device's peak,"
                        + " memory against plan, beside the last result of the same.")
final class BenchCommand implements Callable<Integer> {
    @Mixin private BenchOptions what = new BenchOptions();

    @Mixin private EngineOptions engine = new EngineOptions();

    @Option(names = "--steps", paramLabel = "N", description = "Steps to time (default 5).")
    private int steps = 5;

    @Option(names = "--profile", description = "Also say where the time goes, by operation.")
    private boolean profile;

    @Option(names = "--json", description = "Print one JSON object; docs/bench.md has its keys.")
    private boolean json;

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description = "Keep results here (default: in your data folder).")
    private @Nullable Path history;

    @Option(
            names = "--no-history",
            description = "Neither keep the result nor compare it with the last one.")
    private boolean noHistory;

    @Option(
            names = "--calibrate",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "FILE",
            description =
                    "Keep how long the step took against its roofline, for the hours of plans; in your"
                            + " settings, or in FILE.")
    private @Nullable String calibrate;

    @Spec private CommandSpec spec = CommandSpec.create();

    BenchCommand() {}

    @Override
    public Integer call() throws IOException {
        check();
        BenchCase asked = what.read();
        PrintWriter out = spec.commandLine().getOut();
        OperationTimes times = new OperationTimes();
        try (TorchOps ops = profile ? engine.openTimed(times) : engine.open()) {
            DType dtype = asked.run().training().dtype();
            Rates rates =
                    DeviceRates.of(
                            ops, dtype, asked.config(), asked.run().training().microBatchTokens());
            BenchCase bench = asked.fitted(ops, rates);
            BenchPlan plan =
                    BenchPlan.of(
                            bench,
                            ops.device(),
                            rates,
                            DeviceRates.calibration(ops.device(), dtype));
            BenchReport report = new BenchReport(bench, plan, ops, engine.threads());
            BenchTable table = new BenchTable(report.json(), out);
            if (calibrate != null) {
                refuseSmallSteps(bench, plan, rates);
            }
            if (!json) {
                table.head();
            }
            measure(bench, ops, times, report);
            if (calibrate != null) {
                calibrate(calibrate, bench, plan.roofline(), rates, report.json());
            }
            remember(report);
            if (json) {
                out.println(report.json());
            } else {
                table.result();
            }
        }
        out.flush();
        return Exit.OK;
    }

    private void check() {
        if (steps < 1) {
            throw new BadInputException("--steps must be at least 1, found " + steps);
        }
        if (history != null && noHistory) {
            throw new BadInputException("give either --history or --no-history, not both");
        }
        if (calibrate != null && profile) {
            throw new BadInputException(
                    "--profile waits for every operation, which takes time of its own: leave out either it or --calibrate");
        }
    }

    private void measure(BenchCase bench, TorchOps ops, OperationTimes times, BenchReport report) {
        StepBenchmark.Result result =
                StepBenchmark.run(
                        ops,
                        bench.config(),
                        bench.run().method(),
                        bench.run().training(),
                        bench.step(),
                        steps,
                        times::reset);
        report.timed(result, profile);
        if (profile) {
            report.operations(times.byTime());
        }
        report.memory(ops.cardMemory());
        report.shareOf(MatmulPeak.measure(ops, bench.run().training().dtype()));
    }

    private static void refuseSmallSteps(BenchCase bench, BenchPlan plan, Rates rates) {
        if (rates.waitsForHost(plan.forecast().work())) {
            throw new BadInputException(
                    "--calibrate: a step of %,d tokens of %s waits for the host to start operations and says nothing of the card; take more --tokens or a larger --shape"
                            .formatted(bench.step().tokens(), bench.model()));
        }
    }

    private static void calibrate(
            String into, BenchCase bench, double roofline, Rates rates, ObjectNode report)
            throws IOException {
        Calibration measured =
                Calibration.measured(
                        report.get("device_name").asString(),
                        TimePlan.dtypeName(bench.run().training().dtype()),
                        report.get("median_step_s").asDouble(),
                        roofline,
                        LocalDate.now(ZoneId.systemDefault()),
                        "%s %s of %d x %d tokens"
                                .formatted(
                                        bench.model(),
                                        bench.run().method().name(),
                                        bench.rows(),
                                        bench.length()));
        Path file = into.isEmpty() ? DeviceRates.userFile() : Path.of(into);
        CalibrationBook.save(file, measured);
        report.put("roofline_step_s", roofline);
        report.put("roofline_flops", rates.flops());
        report.put("roofline_attention_flops", rates.attentionFlops());
        report.put("roofline_bytes_per_s", rates.bytes());
        report.put("roofline_s_per_operation", rates.secondsPerOperation());
        report.put("roofline_s_per_start", rates.secondsPerStart());
        report.put("calibration_factor", measured.factor());
        report.put("calibration_file", file.toString());
    }

    /**
     * Keeps the result and holds it against the last one. It is not lost because a file cannot be
     * written.
     */
    private void remember(BenchReport report) {
        if (noHistory) {
            return;
        }
        Path file =
                history == null
                        ? BenchHistory.userFile(
                                System.getenv(), Path.of(System.getProperty("user.home")))
                        : history;
        PrintWriter err = spec.commandLine().getErr();
        try {
            BenchHistory.Found found = BenchHistory.add(file, report.json());
            found.previous().ifPresent(report::compare);
            if (found.skipped() > 0) {
                err.printf(
                        "hone: %s:%d: no result of hone bench; skipped %d such line%s%n",
                        file,
                        found.firstSkipped(),
                        found.skipped(),
                        found.skipped() == 1 ? "" : "s");
            }
        } catch (IOException e) {
            err.printf("hone: %s: the result is not kept: %s%n", file, e.getMessage());
        }
        err.flush();
    }
}
