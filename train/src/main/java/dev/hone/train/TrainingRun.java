package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.data.StepPlan;
import dev.hone.model.AdapterStart;
import dev.hone.model.CopyingStart;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.LeadingStart;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelWriter;
import dev.hone.model.PeftAdapter;
import dev.hone.model.PeftWriter;
import dev.hone.model.RandomWeights;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A run from its file to its result: the loop over optimizer steps, metrics, checkpoints, and at
 * the end the adapter or the model. It holds the decoder until it is closed, so that the result can
 * be evaluated where it stands.
 */
public final class TrainingRun implements AutoCloseable {
    private final RunFile run;
    private final PreparedData data;
    private final Ops ops;
    private final WeightSource weights;
    private final Decoder decoder;
    private final TrainingStep step;
    private final Checkpoints checkpoints;
    private long done;

    private TrainingRun(
            RunFile run, PreparedData data, Ops ops, WeightSource weights, Decoder decoder) {
        this.run = run;
        this.weights = weights;
        this.data = data;
        this.ops = ops;
        this.decoder = decoder;
        this.step = new TrainingStep(decoder, run.training(), data.steps().steps());
        this.checkpoints =
                new Checkpoints(
                        run.output().resolve("checkpoints"),
                        run.training().keepCheckpoints(),
                        fingerprint(run, data));
    }

    /** How a run ended. */
    public enum End {
        /** All steps are done and the result is written. */
        FINISHED,
        /** It was asked to stop; a checkpoint holds what was done. */
        STOPPED
    }

    /**
     * Loads the model and prepares the output folder.
     *
     * @param resume whether to go on from the newest checkpoint there
     * @throws TrainingException if the folder holds a run already and {@code resume} is false, or
     *     the other way round
     */
    public static TrainingRun open(RunFile run, PreparedData data, Ops ops, boolean resume)
            throws IOException {
        return open(run, data, ops, resume, () -> {});
    }

    /**
     * The same.
     *
     * @param startFound told after each matrix where the adapter's start is found from the base
     */
    public static TrainingRun open(
            RunFile run, PreparedData data, Ops ops, boolean resume, Runnable startFound)
            throws IOException {
        Path metrics = run.output().resolve("metrics.jsonl");
        if (!resume && Files.exists(metrics)) {
            throw new TrainingException(
                    "%s already holds a run; go on with it by --resume, or choose another output"
                            .formatted(run.output()));
        }
        TrainingRun training = loaded(run, data, ops, resume, startFound);
        try {
            Files.createDirectories(run.output());
            if (resume) {
                training.done =
                        training.checkpoints.restore(ops, training.step.optimizer()).orElse(0L);
            }
            Files.writeString(run.output().resolve("run.yml"), run.resolved());
            return training;
        } catch (IOException | RuntimeException e) {
            training.close();
            throw e;
        }
    }

    private static TrainingRun loaded(
            RunFile run, PreparedData data, Ops ops, boolean resume, Runnable startFound)
            throws IOException {
        ModelConfig config = ModelConfig.read(run.model());
        requireLayers(run, config);
        WeightSource weights = weights(run, config);
        try {
            Decoder decoder = decoder(run, config, weights, ops, resume, startFound);
            return new TrainingRun(run, data, ops, weights, decoder);
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static WeightSource weights(RunFile run, ModelConfig config) {
        long seed = run.training().seed();
        return switch (run.initialize()) {
            case NO -> ModelFiles.open(run.model());
            case RANDOM -> new RandomWeights(seed, config.layers());
            case COPYING -> new CopyingStart(seed, config);
        };
    }

    private static Decoder decoder(
            RunFile run,
            ModelConfig config,
            WeightSource weights,
            Ops ops,
            boolean resume,
            Runnable startFound)
            throws IOException {
        DType dtype = run.training().dtype();
        Training training = run.training().optimizer().training(run.method());
        return switch (run.method()) {
            case RunFile.Method.Full _ ->
                    DecoderLoader.load(ops, config, weights, dtype, null, training);
            case RunFile.Method.Lora lora -> {
                Path start = start(run);
                if (lora.startsFromBase() && !(resume && PeftAdapter.present(start))) {
                    start(run, lora, config, weights, ops, start, startFound);
                }
                long seed = run.training().seed();
                try (AdapterSource adapter = AdapterSource.of(lora, start, seed)) {
                    yield DecoderLoader.load(
                            ops,
                            config,
                            adapter.base(weights),
                            dtype,
                            adapter.adapter(),
                            training,
                            run.storage());
                }
            }
        };
    }

    /** A module of the run file must stand in one of the model's layers. */
    private static void requireLayers(RunFile run, ModelConfig config) {
        if (run.method() instanceof RunFile.Method.Lora lora && lora.from().isEmpty()) {
            lora.spec().requireLayersOf(config);
        }
    }

    private static void start(
            RunFile run,
            RunFile.Method.Lora lora,
            ModelConfig config,
            WeightSource weights,
            Ops ops,
            Path folder,
            Runnable found)
            throws IOException {
        new LeadingStart(
                        ops,
                        config,
                        weights,
                        lora.spec(),
                        lora.quantization(),
                        run.training().dtype(),
                        run.training().seed())
                .write(folder, run.model().toString(), found);
    }

    /**
     * Everything that decides what a step computes, hashed; what layers keep, and whether they are
     * updated within the backward pass, changes no bit of it.
     */
    private static String fingerprint(RunFile run, PreparedData data) {
        String settings =
                run.resolved()
                        .lines()
                        .filter(l ->
                                !l.matches(
                                        "(output|memory|  cache|  update|  checkpoint_every|  keep_checkpoints|  limit|  keep|  weights|  embedding):.*"))
                        .collect(Collectors.joining("\n"));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(settings.getBytes(StandardCharsets.UTF_8));
            digest.update(data.dataset().fingerprint().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public Decoder decoder() {
        return decoder;
    }

    /** Optimizer steps done so far, those before a resume included. */
    public long stepsDone() {
        return done;
    }

    /** Loss on the rows kept from training, now; empty when there are none. */
    public Optional<Double> heldBackLoss() {
        if (data.dataset().holdout().isEmpty()) {
            return Optional.empty();
        }
        try (ResultWeights _ = step.optimizer().result()) {
            return Optional.of(
                    HeldBackLoss.of(
                            decoder, data.dataset().holdout(), run.training().microBatchTokens()));
        }
    }

    /**
     * Runs a micro-batch forward and backward as a step would, and forgets it: nothing that trains
     * changes, so the run goes on as it would have, to the bit.
     */
    public Rehearsal rehearse(Batch batch) {
        long start = System.nanoTime();
        long peak = step.rehearse(batch);
        ops.finish();
        double seconds = (System.nanoTime() - start) / 1e9;
        step.forget();
        return new Rehearsal(seconds, peak);
    }

    /** Measures the largest batch of held-back rows; empty when there are none. */
    public Optional<Rehearsal> rehearseEvaluation() {
        List<Example> holdout = data.dataset().holdout();
        if (holdout.isEmpty()) {
            return Optional.empty();
        }
        int tokens = run.training().microBatchTokens();
        ops.memory().resetPeak();
        long start = System.nanoTime();
        HeldBackLoss.of(decoder, ProbeCount.largest(holdout, tokens), tokens);
        double seconds = (System.nanoTime() - start) / 1e9;
        return Optional.of(new Rehearsal(seconds, ops.memory().peakBytes()));
    }

    /**
     * Trains to the end, or until asked to stop.
     *
     * @param progress told after every step
     * @param stop asked after every step
     */
    public End train(Consumer<StepMetrics> progress, BooleanSupplier stop) throws IOException {
        StepPlan plan = data.steps();
        try (MetricsFile metrics =
                MetricsFile.continueAfter(run.output().resolve("metrics.jsonl"), done)) {
            while (done < plan.steps()) {
                OptimizerStep next = plan.step(done);
                long start = System.nanoTime();
                TrainingStep.Outcome outcome = runStep(next);
                double seconds = (System.nanoTime() - start) / 1e9;
                done++;
                StepMetrics line =
                        new StepMetrics(
                                done,
                                plan.steps(),
                                next.epoch(),
                                outcome.loss(),
                                outcome.gradientNorm(),
                                outcome.learningRate(),
                                next.tokens(),
                                next.tokens() / seconds,
                                outcome.peakLiveBytes());
                metrics.write(line);
                progress.accept(line);
                boolean stopping = stop.getAsBoolean() && done < plan.steps();
                int every = run.training().checkpointEvery();
                if (stopping || done == plan.steps() || (every > 0 && done % every == 0)) {
                    checkpoints.save(done, ops, step.optimizer());
                }
                if (stopping) {
                    return End.STOPPED;
                }
            }
        }
        writeResult();
        return End.FINISHED;
    }

    private TrainingStep.Outcome runStep(OptimizerStep next) {
        try {
            return step.run(next);
        } catch (NotFiniteException e) {
            throw new TrainingException(
                    "%s, so training stopped %s. Rows in the step: %s. Lower training.learning_rate or mend those rows; %s"
                            .formatted(
                                    e.getMessage(),
                                    e.updated()
                                            ? "when training.update: in_backward had changed weights already"
                                            : "before it touched the weights",
                                    rows(e.step()),
                                    checkpoints.lastGood()),
                    e);
        }
    }

    private String rows(OptimizerStep step) {
        List<String> sources =
                step.batches().stream()
                        .flatMapToInt(b -> Arrays.stream(b.sources()))
                        .mapToObj(i -> data.dataset().train().get(i).source())
                        .toList();
        int shown = Math.min(20, sources.size());
        return String.join(", ", sources.subList(0, shown))
                + (shown < sources.size() ? " and %d more".formatted(sources.size() - shown) : "");
    }

    private void writeResult() throws IOException {
        step.optimizer().finish();
        switch (run.method()) {
            case RunFile.Method.Full _ ->
                    ModelWriter.write(
                            run.output().resolve("model"),
                            decoder,
                            run.model(),
                            run.training().dtype());
            case RunFile.Method.Lora lora -> writeAdapter(lora);
        }
    }

    /** Where the start of an adapter is kept that was found from the base. */
    private static Path start(RunFile run) {
        return run.output().resolve("start");
    }

    private void writeAdapter(RunFile.Method.Lora lora) throws IOException {
        Path folder = run.output().resolve("adapter");
        String model = run.model().toString();
        if (lora.changesBase()) {
            try (PeftAdapter start = PeftAdapter.open(start(run))) {
                PeftWriter.writeDifference(folder, decoder, lora.spec(), start, model);
            }
            return;
        }
        PeftWriter.write(
                folder,
                decoder,
                lora.spec(),
                new PeftWriter.Origin(
                        model,
                        lora.start(),
                        lora.start() == AdapterStart.LOFTQ
                                ? lora.quantization()
                                : Optional.empty()));
    }

    @Override
    public void close() {
        step.close();
        decoder.close();
        weights.close();
    }
}
