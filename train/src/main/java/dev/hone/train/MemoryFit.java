package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Chooses how a model is held, so that a run stays within its memory: the fastest way of which the
 * largest step fits, found by {@link LayeredStep} and then counted in full.
 */
public final class MemoryFit {
    /** Of the memory that is free, what allocators may need beside tensors: one part of so many. */
    private static final int MARGIN = 20;

    private final RunFile run;
    private final ModelConfig config;
    private final List<OptimizerStep> heaviest;
    private final Device device;
    private final Speed speed;

    private MemoryFit(
            RunFile run,
            ModelConfig config,
            List<OptimizerStep> heaviest,
            Device device,
            Speed speed) {
        this.run = run;
        this.config = config;
        this.heaviest = heaviest;
        this.device = device;
        this.speed = speed;
    }

    /**
     * The run with how its model is held decided; the same run where its file says that, or where
     * the limit is what is free and nothing knows how much that is.
     *
     * @param heaviest steps of which one needs most memory
     * @param device that the run is for
     * @param free bytes of its memory that are free
     * @throws TrainingException if no way fits
     */
    public static RunFile fit(
            RunFile run,
            ModelConfig config,
            List<OptimizerStep> heaviest,
            Device device,
            OptionalLong free,
            Speed speed) {
        MemoryFit fit = new MemoryFit(run, config, heaviest, device, speed);
        return switch (run.training().memory().limit()) {
            case RunFile.Limit.None _ -> run;
            case RunFile.Limit.Bytes(long bytes) ->
                    fit.within(bytes)
                            .orElseThrow(() ->
                                    fit.refusal("memory.limit is %,d bytes".formatted(bytes)));
            case RunFile.Limit.Auto _ -> {
                if (free.isEmpty()) {
                    yield run;
                }
                long room = free.getAsLong() - free.getAsLong() / MARGIN;
                yield fit.within(room)
                        .orElseThrow(() ->
                                fit.refusal(
                                        "of the device's memory %,d bytes are free for tensors"
                                                .formatted(room)));
            }
        };
    }

    private Optional<RunFile> within(long limit) {
        HoldingSearch search = HoldingSearch.of(config, run.method(), device);
        if (peak(search.first()) <= limit) {
            return Optional.of(with(search.first()));
        }
        List<Batch> heavy =
                HeavyBatches.of(
                        heaviest.stream().flatMap(step -> step.batches().stream()).toList());
        LayeredStep layered =
                LayeredStep.of(
                        config,
                        run.method(),
                        (layers, holding) ->
                                StepCount.of(
                                        CountingOps.of(device),
                                        config.withLayers(layers),
                                        run.method(),
                                        run.training().holding(holding),
                                        heavy));
        for (long room = limit; ; ) {
            Optional<Holding> found =
                    search.fastest(
                            room,
                            layered::peakBytes,
                            holding ->
                                    layered.passSeconds(holding, layered.under(holding), 0, speed));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            long beyond = peak(found.get()) - limit;
            if (beyond <= 0) {
                return found.map(this::with);
            }
            room -= beyond;
        }
    }

    private TrainingException refusal(String limit) {
        Holding smallest = HoldingSearch.of(config, run.method(), device).smallest();
        return new TrainingException(
                "%s, and a step needs %,d even when %s; lower training.micro_batch_tokens (now %,d)%s, or raise memory.limit"
                        .formatted(
                                limit,
                                peak(smallest),
                                smallest.placements().streamed() > 0
                                        ? "every layer's input and frozen weights are in host memory"
                                        : "every layer keeps only its input",
                                run.training().microBatchTokens(),
                                run.method().base().isPresent() ? "" : ", use method qlora"));
    }

    private RunFile with(Holding holding) {
        return run.with(new RunFile.MemorySection(holding, run.training().memory().limit()));
    }

    private long peak(Holding holding) {
        RunFile candidate = with(holding);
        return Forecast.largest(device, config, candidate.method(), candidate.training(), heaviest)
                .peakBytes();
    }
}
