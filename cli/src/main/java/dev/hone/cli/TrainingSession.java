package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.ModelConfig;
import dev.hone.plan.Calibration;
import dev.hone.plan.CalibrationBook;
import dev.hone.plan.PlanException;
import dev.hone.plan.Rates;
import dev.hone.plan.TimePlan;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.OutOfDeviceMemoryException;
import dev.hone.train.MemoryFit;
import dev.hone.train.PreparedData;
import dev.hone.train.ProbeCount;
import dev.hone.train.RunFile;
import dev.hone.train.TrainingRun;
import dev.hone.train.TrainingRun.End;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as a person sees it: data report, plan, probe, progress, held-back loss, result, and what
 * was planned beside what it took.
 */
final class TrainingSession implements AutoCloseable {
    private final RunFile run;
    private final PreparedData data;
    private final Ops ops;
    private final RunOptions options;
    private final Plan plan;
    private final PlanFile planFile;
    private final TrainingRun training;
    private final MemoryHelp help;
    private final PrintWriter out;
    private Optional<Probe> probe = Optional.empty();

    private TrainingSession(
            RunFile run,
            PreparedData data,
            Ops ops,
            RunOptions options,
            Plan plan,
            PlanFile planFile,
            TrainingRun training,
            MemoryHelp help,
            PrintWriter out) {
        this.run = run;
        this.data = data;
        this.ops = ops;
        this.options = options;
        this.plan = plan;
        this.planFile = planFile;
        this.training = training;
        this.help = help;
        this.out = out;
    }

    /** Checks the data, plans, loads the model and probes; the session closes {@code ops}. */
    static TrainingSession open(
            RunFile asked, Ops ops, boolean resume, RunOptions options, PrintWriter out)
            throws IOException {
        @Nullable TrainingRun training = null;
        @Nullable MemoryHelp help = null;
        try {
            out.println("Data");
            PreparedData data = PreparedData.load(asked);
            data.dataset().report().lines().forEach(line -> out.println("  " + line));
            ModelConfig config = ModelConfig.read(asked.model());
            List<OptimizerStep> heaviest = data.heaviest();
            DType dtype = asked.training().dtype();
            Rates rates = DeviceRates.of(ops, dtype, config, asked.training().microBatchTokens());
            RunFile run =
                    MemoryFit.fit(asked, config, heaviest, ops.device(), Machine.free(ops), rates);
            help = new MemoryHelp(run, config, heaviest, ops, rates);
            out.println("Plan");
            Plan plan =
                    Plan.of(
                            run,
                            config,
                            data,
                            heaviest,
                            ops.device(),
                            rates,
                            DeviceRates.calibration(ops.device(), dtype),
                            options.price(ops.device()));
            plan.print(out);
            out.flush();
            training =
                    TrainingRun.open(run, data, ops, resume, new StartProgress(run, config, out));
            TrainingSession session =
                    new TrainingSession(
                            run,
                            data,
                            ops,
                            options,
                            plan,
                            PlanFile.write(run.output().resolve("plan.json"), plan),
                            training,
                            help,
                            out);
            if (!session.resumed()) {
                session.probe(
                        ProbeCount.of(
                                ops.device(),
                                config,
                                run,
                                heaviest,
                                data.dataset().holdout(),
                                plan.work().typical()));
            }
            return session;
        } catch (IOException | RuntimeException e) {
            RuntimeException answered =
                    e instanceof OutOfDeviceMemoryException memory && help != null
                            ? help.answered(memory)
                            : null;
            if (training != null) {
                training.close();
            }
            ops.close();
            if (answered != null) {
                throw answered;
            }
            throw e;
        }
    }

    private void probe(ProbeCount count) throws IOException {
        out.println("Probe");
        if (Probe.isTooDear(count, plan)) {
            out.printf(
                    "  skipped: it would take %s, more than 3 %% of so short a run%n",
                    Units.shortDuration(Probe.expectedSeconds(count, plan)));
        } else {
            Probe probed = Probe.of(training, count, plan);
            probed.print(out);
            planFile.add(probed);
            probe = Optional.of(probed);
        }
        out.flush();
    }

    RunFile run() {
        return run;
    }

    PreparedData data() {
        return data;
    }

    TrainingRun training() {
        return training;
    }

    /** Trains to the end or until Ctrl-C, and writes the report. */
    End train() throws IOException {
        try {
            return trained();
        } catch (OutOfDeviceMemoryException e) {
            throw help.answered(e);
        }
    }

    private End trained() throws IOException {
        long before = training.stepsDone();
        @Nullable Double lossBefore = resumed() ? null : training.heldBackLoss().orElse(null);
        out.println("Training");
        if (resumed()) {
            out.println("  going on behind step " + before);
        }
        Progress progress =
                new Progress(
                        out,
                        Terminals.isTerminal(),
                        plan.forecast().peakBytes(),
                        remainingTokens());
        End end;
        try (Interrupts interrupts = new Interrupts(this::announceStop)) {
            end = training.train(progress::step, interrupts);
            if (end == End.STOPPED) {
                out.printf("%nStopped after step %d; go on with --resume.%n", training.stepsDone());
                out.flush();
            }
        }
        if (end == End.FINISHED) {
            Optional<Double> after = training.heldBackLoss();
            HeldBack heldBack = new HeldBack(lossBefore, after.orElse(null));
            heldBack.print(out);
            heldBack.write(run.output().resolve("holdout.json"));
            measure(before);
            Report.write(run.output());
            out.println("Result in " + run.output());
        }
        out.flush();
        return end;
    }

    /** Holds what was planned beside what was measured, and learns from it. */
    private void measure(long before) throws IOException {
        Measured measured = Measured.of(run.output().resolve("metrics.jsonl"), before);
        measured.print(out, plan, probe.map(Probe::plan));
        planFile.add(measured, plan);
        if (options.learns() && measured.teaches()) {
            learn(measured);
        }
    }

    /**
     * Keeps the run's factor, if it is the device's. Where the machine's rates were tried, they
     * must be the same again: else something else ran beside it, before or after. A result is not
     * lost because a file of settings cannot be written.
     */
    private void learn(Measured measured) {
        if (plan.rates().waitsForHost(plan.forecast().work())) {
            out.println(
                    "  learned  nothing of the card: steps so small wait for the host to start operations");
            return;
        }
        DType dtype = run.training().dtype();
        Rates now =
                DeviceRates.of(
                        ops, dtype, training.decoder().config(), run.training().microBatchTokens());
        Path file = DeviceRates.userFile();
        if (!DeviceRates.agree(plan.rates(), now)) {
            out.println(
                    "  learned  nothing: this machine computes at another rate than before the run");
            return;
        }
        try {
            Calibration known =
                    CalibrationBook.learn(
                            file,
                            measured.calibration(
                                    plan,
                                    DeviceRates.name(ops.device()),
                                    TimePlan.dtypeName(dtype),
                                    LocalDate.now(ZoneId.systemDefault())));
            out.printf(
                    "  learned  %.2f times the roofline for %s in %s, by %d measurement%s (%s)%n",
                    known.factor(),
                    known.device(),
                    known.dtype(),
                    known.runs(),
                    known.runs() == 1 ? "" : "s",
                    file);
        } catch (IOException | PlanException e) {
            out.printf("  learned  nothing: %s cannot be written: %s%n", file, e.getMessage());
        }
    }

    private boolean resumed() {
        return training.stepsDone() > 0;
    }

    private long remainingTokens() {
        long tokens = 0;
        for (long step = training.stepsDone(); step < data.steps().steps(); step++) {
            tokens += data.steps().tokens(step);
        }
        return tokens;
    }

    private void announceStop() {
        System.err.println();
        System.err.println("hone: stopping after this step, with a checkpoint");
    }

    @Override
    public void close() {
        training.close();
        ops.close();
    }
}
