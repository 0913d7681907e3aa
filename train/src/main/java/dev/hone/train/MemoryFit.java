package dev.hone.train;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Device;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Chooses how a model is held, so that a run stays within its memory: the fastest way of which the
 * largest step fits, found by {@link LayeredStep} and then counted in full.
 */
public final class MemoryFit {
    private final RunFile run;
    private final ModelConfig config;
    private final List<OptimizerStep> heaviest;
    private final Device device;
    private final FreeMemory free;
    private final Speed speed;
    private final HoldingSearch search;
    private final LayeredStep layered;

    private MemoryFit(
            RunFile run,
            ModelConfig config,
            List<OptimizerStep> heaviest,
            Device device,
            FreeMemory free,
            Speed speed) {
        this.run = run;
        this.config = config;
        this.heaviest = heaviest;
        this.device = device;
        this.free = free;
        this.speed = speed;
        this.search = HoldingSearch.of(config, run.method(), device);
        this.layered =
                LayeredStep.of(
                        device,
                        config,
                        run.method(),
                        run.training(),
                        HeavyBatches.ofSteps(heaviest));
    }

    /**
     * The run with how its model is held decided; the same run where its file says that, or where
     * the limit is what is free and nothing knows how much that is.
     *
     * @param heaviest steps of which one needs most memory
     * @param device that the run is for
     * @param free memory before the run
     * @throws TrainingException if no way fits
     */
    public static RunFile fit(
            RunFile run,
            ModelConfig config,
            List<OptimizerStep> heaviest,
            Device device,
            FreeMemory free,
            Speed speed) {
        MemoryFit fit = new MemoryFit(run, config, heaviest, device, free, speed);
        return switch (run.training().memory().limit()) {
            case RunFile.Limit.None _ -> run;
            case RunFile.Limit.Bytes(long bytes) ->
                    fit.within(bytes)
                            .orElseThrow(() ->
                                    fit.refusal(
                                            bytes, "memory.limit is %,d bytes".formatted(bytes)));
            case RunFile.Limit.Auto _ -> {
                OptionalLong room = free.deviceRoom();
                if (room.isEmpty()) {
                    yield run;
                }
                yield fit.within(room.getAsLong())
                        .orElseThrow(() ->
                                fit.refusal(
                                        room.getAsLong(),
                                        "of the device's memory %,d bytes are free for tensors"
                                                .formatted(room.getAsLong())));
            }
        };
    }

    private Optional<RunFile> within(long limit) {
        return within(limit, free.hostRoom());
    }

    private Optional<RunFile> within(long limit, long hostRoom) {
        if (peak(search.first()) <= limit) {
            return Optional.of(with(search.first()));
        }
        for (long room = limit; ; ) {
            Optional<Holding> found = search.fastest(room, hostRoom, needs());
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

    private HoldingSearch.Needs needs() {
        return new HoldingSearch.Needs() {
            @Override
            public long deviceBytes(Holding holding) {
                return layered.peakBytes(holding);
            }

            @Override
            public long hostBytes(Holding holding) {
                return layered.under(holding).hostBytes();
            }

            @Override
            public double seconds(Holding holding) {
                return layered.passSeconds(holding, 0, speed);
            }
        };
    }

    private TrainingException refusal(long room, String limit) {
        Optional<RunFile> onLargerHost = within(room, Long.MAX_VALUE);
        if (onLargerHost.isPresent()) {
            Holding holding = onLargerHost.get().training().memory().holding();
            return new TrainingException(
                    "%s, and when layers keep %s, which fits, %,d bytes wait in host memory, where %,d are free; lower training.micro_batch_tokens (now %,d)%s, or take a machine with more memory"
                            .formatted(
                                    limit,
                                    holding.describe(config.layers()),
                                    layered.under(holding).hostBytes(),
                                    free.hostRoom(),
                                    run.training().microBatchTokens(),
                                    smallerBase()));
        }
        Holding smallest = search.smallest();
        return new TrainingException(
                "%s, and a step needs %,d even when %s; lower training.micro_batch_tokens (now %,d)%s, or raise memory.limit"
                        .formatted(
                                limit,
                                peak(smallest),
                                smallest.placements().streamed() > 0
                                        ? "every layer's input and frozen weights are in host memory"
                                        : "every layer keeps only its input",
                                run.training().microBatchTokens(),
                                smallerBase()));
    }

    private String smallerBase() {
        return run.method().base().isPresent() ? "" : ", use method qlora";
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
