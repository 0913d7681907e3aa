package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import java.util.List;
import java.util.OptionalLong;

/**
 * Chooses what layers keep, so that a run stays within its memory limit: the fastest policy of
 * which the largest step fits, found by {@link LayeredStep} and then counted in full.
 */
public final class MemoryFit {
    private final RunFile run;
    private final ModelConfig config;
    private final Device device;

    private MemoryFit(RunFile run, ModelConfig config, Device device) {
        this.run = run;
        this.config = config;
        this.device = device;
    }

    /**
     * The run with what its layers keep decided; the same run when it has no limit.
     *
     * @param heaviest steps of which one needs most memory
     * @param device that the run is for
     * @throws TrainingException if no policy fits
     */
    public static RunFile fit(
            RunFile run, ModelConfig config, List<OptimizerStep> heaviest, Device device) {
        OptionalLong limit = run.training().memory().limit();
        if (limit.isEmpty()) {
            return run;
        }
        return new MemoryFit(run, config, device).within(limit.getAsLong(), heaviest);
    }

    private RunFile within(long limit, List<OptimizerStep> heaviest) {
        List<KeepPolicy> policies = KeepPolicy.byMemory(config.layers());
        LayeredStep layered = layered(heaviest);
        int low = 0; // all before it are too large
        int high = policies.size(); // it and all behind fit, or there is none
        while (low < high) {
            int middle = (low + high) / 2;
            if (layered.peakBytes(policies.get(middle)) <= limit) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        while (low < policies.size() && peak(with(policies.get(low), limit), heaviest) > limit) {
            low++;
        }
        if (low == policies.size()) {
            throw new TrainingException(
                    ("memory.limit is %,d bytes, and a step needs %,d even when every layer keeps only"
                                    + " its input; lower training.micro_batch_tokens (now %,d)%s, or"
                                    + " raise the limit")
                            .formatted(
                                    limit,
                                    peak(with(policies.getLast(), limit), heaviest),
                                    run.training().microBatchTokens(),
                                    run.method().base().isPresent() ? "" : ", use method qlora"));
        }
        return with(policies.get(low), limit);
    }

    private LayeredStep layered(List<OptimizerStep> steps) {
        List<Batch> heavy =
                HeavyBatches.of(steps.stream().flatMap(step -> step.batches().stream()).toList());
        return LayeredStep.of(
                config,
                run.method(),
                (layers, policy) ->
                        StepCount.of(
                                CountingOps.of(device),
                                config.withLayers(layers),
                                run.method(),
                                run.training().keeping(policy),
                                heavy));
    }

    private RunFile with(KeepPolicy keep, long limit) {
        return run.with(new RunFile.MemorySection(keep, OptionalLong.of(limit)));
    }

    private long peak(RunFile candidate, List<OptimizerStep> heaviest) {
        return Forecast.largest(device, config, candidate.method(), candidate.training(), heaviest)
                .peakBytes();
    }
}
