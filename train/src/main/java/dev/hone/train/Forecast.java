package dev.hone.train;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelConfig;
import dev.hone.model.RestOfBase;
import dev.hone.model.WeightSource;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run needs, found by running its largest step on paper: the trainer's own code on shapes.
 *
 * @param parameters of the model
 * @param trainableParameters of those and the adapter, what the optimizer updates
 * @param weightBytes live before the optimizer is made: weights, masters and gradients
 * @param stateBytes live between steps, the optimizer's states included
 * @param peakBytes most live during the step
 * @param passPeakBytes most live in its passes forward and backward, before the update
 * @param flops of the step's matrix products
 * @param bytesMoved by all operations of the step
 * @param stepTokens of the step counted
 * @param parts what the bytes at the peak are for
 * @param work every operation of the step, alike ones together with their number
 */
public record Forecast(
        long parameters,
        long trainableParameters,
        long weightBytes,
        long stateBytes,
        long peakBytes,
        long passPeakBytes,
        long flops,
        long bytesMoved,
        long stepTokens,
        Parts parts,
        Map<Cost.Work, Long> work) {

    /**
     * The bytes at the peak, by what they are for; together they are {@link #peakBytes}.
     *
     * @param weights of the model, with the fp32 masters of those that train
     * @param adapter its weights, with their masters
     * @param gradients of everything that trains; those that are only there while a layer is
     *     updated within the backward pass are workspace
     * @param optimizer the states of the optimizer
     * @param kept activations that the forward of the largest micro-batch leaves for the backward
     * @param workspace everything else: what an operation needs while it runs
     */
    public record Parts(
            long weights,
            long adapter,
            long gradients,
            long optimizer,
            long kept,
            long workspace) {}

    /** Of these steps the one that needs most memory, counted for a device. */
    public static Forecast largest(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            List<OptimizerStep> steps) {
        return steps.stream()
                .map(step -> of(CountingOps.of(device), config, method, settings, step))
                .max(Comparator.comparingLong(Forecast::peakBytes))
                .orElseThrow();
    }

    /** Counts {@code step} of a run on {@code paper}, which is closed. */
    public static Forecast of(
            CountingOps paper,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            OptimizerStep step) {
        try (paper;
                Decoder decoder =
                        decoder(paper, config, method, settings, WeightSource.undefined())) {
            long weights = paper.memory().liveBytes();
            try (TrainingStep trainingStep = new TrainingStep(decoder, settings, 1)) {
                long state = paper.memory().liveBytes();
                paper.cost().restart();
                TrainingStep.Outcome outcome = trainingStep.run(step);
                Map<Cost.Work, Long> work = paper.cost().work();
                long flops = paper.cost().flops();
                long moved = paper.cost().bytesMoved();
                long peak = outcome.peakLiveBytes();
                return new Forecast(
                        config.parameters(),
                        trainableParameters(decoder),
                        weights,
                        state,
                        peak,
                        trainingStep.passPeakBytes(),
                        flops,
                        moved,
                        step.tokens(),
                        parts(
                                decoder,
                                trainingStep.keptBytes(),
                                weights,
                                state,
                                peak,
                                trainingStep.passPeakBytes()),
                        work);
            }
        }
    }

    static long trainableParameters(Decoder decoder) {
        return decoder.trainable().stream()
                .mapToLong(parameter -> parameter.value().elements())
                .sum();
    }

    /** A run's decoder on paper, its weights and its adapter's from {@code weights}. */
    public static Decoder decoder(
            CountingOps paper,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            WeightSource weights) {
        @Nullable Adapter adapter = null;
        WeightSource base = weights;
        if (method instanceof RunFile.Method.Lora lora) {
            adapter = new Adapter(lora.spec(), weights, lora.from().isEmpty());
            if (lora.changesBase()) {
                base = new RestOfBase(weights, adapter);
            }
        }
        return DecoderLoader.load(
                paper,
                config,
                base,
                settings.dtype(),
                adapter,
                settings.optimizer().training(method),
                RunFile.storage(method, settings));
    }

    static Parts parts(
            Decoder decoder, long keptBytes, long loaded, long state, long peak, long passPeak) {
        long[] adapter = {0};
        long[] gradients = {0};
        decoder.forEachParameter(parameter -> {
            if (parameter.hasGradient()) {
                gradients[0] += parameter.gradient().bytes();
            }
            if (parameter.name().contains(".lora_")) {
                adapter[0] += parameter.weightBytes();
            }
        });
        // Where the update needs more than the passes, nothing is kept any more at the peak.
        long kept = peak > passPeak ? 0 : Math.min(keptBytes, peak - state);
        return new Parts(
                loaded - adapter[0] - gradients[0],
                adapter[0],
                gradients[0],
                state - loaded,
                kept,
                peak - state - kept);
    }
}
