package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.train.MemoryFit;
import dev.hone.train.PreparedData;
import dev.hone.train.RunFile;
import dev.hone.train.TrainingRun;
import dev.hone.train.TrainingRun.End;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run as a person sees it: data report, plan, progress, held-back loss, result. */
final class TrainingSession implements AutoCloseable {
    private final RunFile run;
    private final PreparedData data;
    private final Ops ops;
    private final Plan plan;
    private final TrainingRun training;
    private final PrintWriter out;

    private TrainingSession(
            RunFile run,
            PreparedData data,
            Ops ops,
            Plan plan,
            TrainingRun training,
            PrintWriter out) {
        this.run = run;
        this.data = data;
        this.ops = ops;
        this.plan = plan;
        this.training = training;
        this.out = out;
    }

    /** Checks the data, plans, and loads the model; the session closes {@code ops}. */
    static TrainingSession open(RunFile asked, Ops ops, boolean resume, PrintWriter out)
            throws IOException {
        try {
            out.println("Data");
            PreparedData data = PreparedData.load(asked);
            data.dataset().report().lines().forEach(line -> out.println("  " + line));
            ModelConfig config = ModelConfig.read(asked.model());
            List<OptimizerStep> heaviest = data.heaviest();
            RunFile run = MemoryFit.fit(asked, config, heaviest, ops.device());
            out.println("Plan");
            DType dtype = run.training().dtype();
            Plan plan =
                    Plan.of(
                            run,
                            config,
                            data,
                            heaviest,
                            ops.device(),
                            DeviceRates.measure(
                                    ops, dtype, config, run.training().microBatchTokens()),
                            DeviceRates.calibration(ops.device(), dtype));
            plan.print(out);
            out.flush();
            TrainingRun training =
                    TrainingRun.open(run, data, ops, resume, new StartProgress(run, config, out));
            plan.write(run.output().resolve("plan.json"));
            return new TrainingSession(run, data, ops, plan, training, out);
        } catch (IOException | RuntimeException e) {
            ops.close();
            throw e;
        }
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

    Plan plan() {
        return plan;
    }

    /** Trains to the end or until Ctrl-C, and writes the report. */
    End train() throws IOException {
        @Nullable Double before = resumed() ? null : training.heldBackLoss().orElse(null);
        out.println("Training");
        if (resumed()) {
            out.println("  going on behind step " + training.stepsDone());
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
            HeldBack heldBack = new HeldBack(before, after.orElse(null));
            heldBack.print(out);
            heldBack.write(run.output().resolve("holdout.json"));
            Report.write(run.output());
            out.println("Result in " + run.output());
        }
        out.flush();
        return end;
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
