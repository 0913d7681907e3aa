package dev.hone.train;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelConfig;
import dev.hone.model.Parameter;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.CountingOps;
import org.jspecify.annotations.Nullable;

/**
 * What a run needs, found by running its largest step on paper: the trainer's own code on shapes.
 *
 * @param parameters of the model
 * @param trainableParameters of those and the adapter, what the optimizer updates
 * @param weightBytes live before the optimizer is made: weights, masters and gradients
 * @param stateBytes live between steps, moments included
 * @param peakBytes most live during the step
 * @param flops of the step's matrix products
 * @param bytesMoved by all operations of the step
 * @param stepTokens of the step counted
 */
public record Forecast(
        long parameters,
        long trainableParameters,
        long weightBytes,
        long stateBytes,
        long peakBytes,
        long flops,
        long bytesMoved,
        long stepTokens) {

    /** Counts {@code step} of a run on {@code paper}, which is closed. */
    public static Forecast of(
            CountingOps paper,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection settings,
            OptimizerStep step) {
        @Nullable Adapter adapter =
                method instanceof RunFile.Method.Lora lora
                        ? new Adapter(lora.spec(), WeightSource.undefined())
                        : null;
        Training training = adapter == null ? new Training.Full() : new Training.AdapterOnly();
        try (paper;
                Decoder decoder =
                        DecoderLoader.load(
                                paper,
                                config,
                                WeightSource.undefined(),
                                settings.dtype(),
                                adapter,
                                training,
                                method.base().orElse(null))) {
            long weights = paper.memory().liveBytes();
            try (TrainingStep trainingStep = new TrainingStep(decoder, settings, 1)) {
                long state = paper.memory().liveBytes();
                long flopsBefore = paper.cost().flops();
                long movedBefore = paper.cost().bytesMoved();
                TrainingStep.Outcome outcome = trainingStep.run(step);
                return new Forecast(
                        config.parameters(),
                        decoder.trainable().stream()
                                .map(Parameter::master)
                                .mapToLong(t -> t.elements())
                                .sum(),
                        weights,
                        state,
                        outcome.peakLiveBytes(),
                        paper.cost().flops() - flopsBefore,
                        paper.cost().bytesMoved() - movedBefore,
                        step.tokens());
            }
        }
    }
}
