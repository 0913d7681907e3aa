package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Decoder;
import dev.hone.model.Decoder.Forward;
import dev.hone.model.Decoder.HeadGradients;
import dev.hone.model.Parameter;
import dev.hone.model.Pass;
import dev.hone.tensor.MemoryUse;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * One optimizer step: every micro-batch forward and backward, clip, update. The same code trains on
 * an engine and is planned on paper; nothing in it depends on a value it computes but the refusal
 * of numbers that are not finite.
 */
final class TrainingStep implements AutoCloseable {
    private final Decoder decoder;
    private final Ops ops;
    private final Optimizer optimizer;
    private final RunFile.TrainingSection settings;
    private final long steps;
    private long keptBytes;
    private long passPeakBytes;

    TrainingStep(Decoder decoder, RunFile.TrainingSection settings, long steps) {
        this.decoder = decoder;
        this.ops = decoder.ops();
        this.settings = settings;
        this.steps = steps;
        try (var _ = ops.memory().booking(MemoryUse.OPTIMIZER)) {
            this.optimizer =
                    new Optimizer(
                            ops,
                            decoder.trainable(),
                            settings.optimizer(),
                            settings.seed(),
                            settings.warmup().steps(steps));
        }
    }

    /**
     * What a step came to.
     *
     * @param loss mean over the step's supervised weight, before the update
     * @param gradientNorm before clipping
     */
    record Outcome(double loss, double gradientNorm, double learningRate, long peakLiveBytes) {}

    Optimizer optimizer() {
        return optimizer;
    }

    /** The most live in the last step before its update. */
    long passPeakBytes() {
        return passPeakBytes;
    }

    /** The most that the forward of a micro-batch has left for its backward so far. */
    long keptBytes() {
        return keptBytes;
    }

    Outcome run(OptimizerStep step) {
        return settings.optimizer().update() == OptimizerSection.Update.AFTER
                ? runThenUpdate(step)
                : runUpdating(step);
    }

    private Outcome runThenUpdate(OptimizerStep step) {
        ops.memory().resetPeak();
        double total = step.supervisedWeight();
        double loss = 0;
        int micro = 0;
        for (Batch batch : step.batches()) {
            loss += accumulate(batch, total, dropoutSeed(step.index(), micro++), _ -> {}, _ -> {});
        }
        loss /= total;
        requireFinite("loss", loss, step);
        double norm = optimizer.gradientNorm();
        requireFinite("gradient norm", norm, step);
        double limit = settings.maxGradNorm();
        double clip = limit > 0 && norm > limit ? limit / (norm + 1e-6) : 1;
        double rate = learningRate(step);
        passPeakBytes = ops.memory().peakBytes();
        ops.memory().resetPeak();
        optimizer.update(step.index() + 1, rate, clip);
        long peak = Math.max(passPeakBytes, ops.memory().peakBytes());
        return new Outcome(loss, norm, rate, peak);
    }

    /** The same with updates in the backward pass; the loss is known before the first of them. */
    private Outcome runUpdating(OptimizerStep step) {
        if (step.batches().size() != 1) {
            throw new IllegalArgumentException(
                    "step %d has %d micro-batches; updates in the backward pass need one"
                            .formatted(step.index() + 1, step.batches().size()));
        }
        ops.memory().resetPeak();
        double total = step.supervisedWeight();
        double rate = learningRate(step);
        try (Scope _ = ops.scope()) {
            var update = new UpdateInBackward(ops, optimizer, step.index() + 1, rate);
            double loss =
                    accumulate(
                            step.batches().getFirst(),
                            total,
                            dropoutSeed(step.index(), 0),
                            sum -> requireFinite("loss", sum.getAsDouble() / total, step),
                            update);
            requireFinite("loss", loss / total, step);
            double norm = update.gradientNorm();
            if (!Double.isFinite(norm)) {
                throw NotFiniteException.afterUpdates("gradient norm", norm, step);
            }
            passPeakBytes = ops.memory().peakBytes();
            return new Outcome(loss / total, norm, rate, passPeakBytes);
        }
    }

    private double learningRate(OptimizerStep step) {
        long warmup = settings.warmup().steps(steps);
        return settings.learningRate() * settings.schedule().at(step.index(), warmup, steps);
    }

    /**
     * Adds a micro-batch's gradients; returns its −Σ w·log p.
     *
     * @param lossThere is given that before the first gradient is complete; reading it waits
     * @param complete is given parameters whose gradients are complete
     */
    private double accumulate(
            Batch batch,
            double total,
            long seed,
            Consumer<DoubleSupplier> lossThere,
            Consumer<List<Parameter>> complete) {
        Supervised.Targets targets = Supervised.Targets.of(batch);
        if (targets.isEmpty()) {
            return 0;
        }
        try (Scope _ = ops.scope()) {
            long before = ops.memory().liveBytes();
            Forward forward =
                    decoder.forward(
                            batch.ids(),
                            batch.offsets(),
                            seed,
                            settings.memory().holding().keep(),
                            settings.neftuneAlpha());
            keptBytes = Math.max(keptBytes, ops.memory().liveBytes() - before);
            Tensor dLogProbs = ops.ofFloats(targets.gradient(total), targets.targets().length);
            HeadGradients head =
                    decoder.logProbsBackward(
                            forward.hidden(),
                            ops.ofIndices(targets.rows()),
                            ops.ofIndices(targets.targets()),
                            dLogProbs);
            DoubleSupplier loss = () -> targets.loss(ops.floats(head.logProbs()));
            lossThere.accept(loss);
            decoder.backward(forward, head.dHidden(), complete);
            return loss.getAsDouble(); // read last: a card need not wait
        }
    }

    /**
     * Forward and backward of a micro-batch as in a step, for what they hold and how long they
     * take, without updates. {@link #forget} undoes all it did.
     *
     * @return most bytes live in between
     */
    long rehearse(Batch batch) {
        return settings.optimizer().update() == OptimizerSection.Update.AFTER
                ? rehearse(batch, _ -> {})
                : rehearse(batch, complete -> complete.forEach(Parameter::closeGradient));
    }

    /** The same with the updates that a step makes in the backward pass; for paper. */
    long rehearseWhole(Batch batch) {
        if (settings.optimizer().update() == OptimizerSection.Update.AFTER) {
            return rehearse(batch, _ -> {});
        }
        try (Scope _ = ops.scope()) {
            return rehearse(batch, new UpdateInBackward(ops, optimizer, 1, 0));
        }
    }

    private long rehearse(Batch batch, Consumer<List<Parameter>> complete) {
        ops.memory().resetPeak();
        keptBytes = 0;
        accumulate(batch, batch.supervisedWeight(), dropoutSeed(0, 0), _ -> {}, complete);
        return ops.memory().peakBytes();
    }

    /** Clears the gradients. */
    void forget() {
        for (Parameter parameter : decoder.trainable()) {
            if (parameter.hasGradient()) {
                ops.fill(parameter.gradient(), 0);
            }
        }
    }

    private long dropoutSeed(long step, int micro) {
        long seed = (settings.seed() * 31 + step) * 0x9E3779B97F4A7C15L + micro;
        return seed == Pass.NO_DROPOUT ? 1 : seed;
    }

    private static void requireFinite(String what, double value, OptimizerStep step) {
        if (!Double.isFinite(value)) {
            throw new NotFiniteException(what, value, step);
        }
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
