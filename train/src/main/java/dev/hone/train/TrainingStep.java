package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Decoder;
import dev.hone.model.Decoder.Forward;
import dev.hone.model.Decoder.HeadGradients;
import dev.hone.model.Pass;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;

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
        this.optimizer = new Optimizer(ops, decoder.trainable());
        this.settings = settings;
        this.steps = steps;
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
        ops.memory().resetPeak();
        double total = step.supervisedWeight();
        double loss = 0;
        int micro = 0;
        for (Batch batch : step.batches()) {
            loss += accumulate(batch, total, dropoutSeed(step.index(), micro++));
        }
        loss /= total;
        requireFinite("loss", loss, step);
        double norm = optimizer.gradientNorm();
        requireFinite("gradient norm", norm, step);
        double limit = settings.maxGradNorm();
        double clip = limit > 0 && norm > limit ? limit / (norm + 1e-6) : 1;
        long warmup = settings.warmup().steps(steps);
        double rate = settings.learningRate() * settings.schedule().at(step.index(), warmup, steps);
        passPeakBytes = ops.memory().peakBytes();
        ops.memory().resetPeak();
        optimizer.update(settings, step.index() + 1, rate, clip);
        long peak = Math.max(passPeakBytes, ops.memory().peakBytes());
        return new Outcome(loss, norm, rate, peak);
    }

    /** Adds a micro-batch's gradients; returns its −Σ w·log p. */
    private double accumulate(Batch batch, double total, long seed) {
        Supervised.Targets targets = Supervised.Targets.of(batch);
        if (targets.isEmpty()) {
            return 0;
        }
        try (Scope _ = ops.scope()) {
            long before = ops.memory().liveBytes();
            Forward forward =
                    decoder.forward(batch.ids(), batch.offsets(), seed, settings.memory().keep());
            keptBytes = Math.max(keptBytes, ops.memory().liveBytes() - before);
            Tensor dLogProbs = ops.ofFloats(targets.gradient(total), targets.targets().length);
            HeadGradients head =
                    decoder.logProbsBackward(
                            forward.hidden(),
                            ops.ofIndices(targets.rows()),
                            ops.ofIndices(targets.targets()),
                            dLogProbs);
            double loss = targets.loss(ops.floats(head.logProbs()));
            decoder.backward(forward, head.dHidden());
            return loss;
        }
    }

    /**
     * Forward and backward of a micro-batch as in a step, for what they hold and how long they
     * take. {@link #forget} undoes all it did.
     *
     * @return most bytes live in between
     */
    long rehearse(Batch batch) {
        ops.memory().resetPeak();
        keptBytes = 0;
        accumulate(batch, batch.supervisedWeight(), dropoutSeed(0, 0));
        return ops.memory().peakBytes();
    }

    /** Clears the gradients. */
    void forget() {
        decoder.trainable().forEach(parameter -> ops.fill(parameter.gradient(), 0));
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
