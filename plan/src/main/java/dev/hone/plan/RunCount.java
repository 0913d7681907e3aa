package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.BatchLayout;
import dev.hone.train.Forecast;
import dev.hone.train.FreeMemory;
import dev.hone.train.HeavyBatches;
import dev.hone.train.HoldingSearch;
import dev.hone.train.LayeredStep;
import dev.hone.train.Mix;
import dev.hone.train.RunFile;
import dev.hone.train.StepCount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A run counted for one kind of device, however its model is held. Each count is made once, when it
 * is first asked for.
 */
final class RunCount {
    /** A step of no more operations is counted layer by layer where it is shown. */
    private static final long FEW_OPERATIONS = 100_000;

    private final Device device;
    private final ModelConfig config;
    private final RunFile.Method method;
    private final RunFile.TrainingSection training;
    private final Workload work;
    private final List<Batch> batches;
    private final int typical;
    private final LayeredStep layered;
    private final HoldingSearch search;
    private final Map<Holding, Long> peaks = new HashMap<>();
    private final Map<Holding, AllocatorShare> shares = new HashMap<>();

    RunCount(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        this.device = device;
        this.config = config;
        this.method = method;
        this.training = training;
        this.work = work;
        // The engine of the processor is planned to the byte, so no candidate is left out there.
        this.batches =
                new ArrayList<>(
                        onCard()
                                ? HeavyBatches.of(work.heavy())
                                : HeavyBatches.distinct(work.heavy()));
        List<BatchLayout> layouts = batches.stream().map(BatchLayout::of).toList();
        int same = layouts.indexOf(BatchLayout.of(work.typical()));
        if (same < 0) {
            batches.add(work.typical());
        }
        this.typical = same < 0 ? layouts.size() : same;
        this.layered = LayeredStep.of(config, method, this::counted);
        RunFile.MemorySection memory = training.memory();
        this.search =
                memory.limit() instanceof RunFile.Limit.Auto
                        ? HoldingSearch.of(config, method, device)
                        : HoldingSearch.fixed(memory.holding());
    }

    private boolean onCard() {
        return device.kind() == Device.Kind.CUDA;
    }

    private StepCount counted(int layers, Holding holding) {
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = CachingAllocator.of(paper);
        StepCount step =
                StepCount.of(
                        paper,
                        config.withLayers(layers),
                        method,
                        training.holding(holding),
                        batches);
        shares.merge(
                holding,
                AllocatorShare.of(allocator.reservedBytes(), step.peakBytes()),
                AllocatorShare::or);
        return step;
    }

    Device device() {
        return device;
    }

    ModelConfig config() {
        return config;
    }

    RunFile.Method method() {
        return method;
    }

    RunFile.TrainingSection training() {
        return training;
    }

    Workload work() {
        return work;
    }

    LayeredStep layered() {
        return layered;
    }

    /** Index of the typical micro-batch among the passes of every count. */
    int typical() {
        return typical;
    }

    /** The step where the model is held like this. */
    StepCount step(Holding holding) {
        return layered.under(holding);
    }

    /** All ways of holding the model, or the one that the run file asks for. */
    HoldingSearch search() {
        return search;
    }

    /**
     * The fastest way that leaves a twentieth of {@code usable} bytes free; where none does, the
     * smallest.
     */
    Holding fastest(long usable, ToDoubleFunction<Holding> seconds) {
        HoldingSearch.Needs needs =
                new HoldingSearch.Needs() {
                    @Override
                    public long deviceBytes(Holding holding) {
                        return peakBytes(holding);
                    }

                    @Override
                    public long hostBytes(Holding holding) {
                        return step(holding).hostBytes();
                    }

                    @Override
                    public double seconds(Holding holding) {
                        return seconds.applyAsDouble(holding);
                    }
                };
        return search.fastest(FreeMemory.room(usable), Long.MAX_VALUE, needs)
                .orElseGet(search::smallest);
    }

    /** Bytes that must be free on the card. */
    long peakBytes(Holding holding) {
        return peaks.computeIfAbsent(
                holding,
                p -> {
                    long live = layered.peakBytes(p);
                    return live + allocatorBytes(p, live) + MemoryPlan.context(device);
                });
    }

    /** What a card's allocator takes beyond {@code live} bytes. */
    private long allocatorBytes(Holding holding, long live) {
        if (!onCard()) {
            return 0;
        }
        if (!layered.derives()) {
            return CachingAllocator.CUBLAS_WORKSPACE + share(holding).bytes();
        }
        return Mix.of(holding, config.layers()).blocks().stream()
                .map(block -> share(block.kind().everywhere()))
                .reduce(AllocatorShare::or)
                .orElseThrow()
                .at(live);
    }

    private AllocatorShare share(Holding holding) {
        AllocatorShare share = shares.get(holding);
        if (share == null) {
            throw new IllegalStateException(holding + " was not counted");
        }
        return share;
    }

    /**
     * The memory where the model is held like this. What is live is exact either way; what the
     * allocator takes beyond that is replayed where every layer is counted.
     */
    MemoryPlan memory(Holding holding) {
        long operations =
                step(holding).forecast(0).work().values().stream().mapToLong(n -> n).sum();
        return operations <= FEW_OPERATIONS ? inFull(holding) : derived(holding);
    }

    /** The same from shallow models. */
    MemoryPlan derived(Holding holding) {
        StepCount step = step(holding);
        Batch heaviest = batches.get(step.heaviestPass());
        Forecast forecast = step.forecast(heaviest.tokens());
        return plan(holding, forecast, allocatorBytes(holding, forecast.peakBytes()), false);
    }

    /** The same, every layer counted. */
    MemoryPlan inFull(Holding holding) {
        Batch heaviest = batches.get(step(holding).heaviestPass());
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = CachingAllocator.of(paper);
        Forecast forecast =
                Forecast.of(
                        paper,
                        config,
                        method,
                        training.holding(holding),
                        MemoryPlan.step(heaviest));
        long beyond = onCard() ? Math.max(0, allocator.reservedBytes() - forecast.peakBytes()) : 0;
        peaks.put(holding, forecast.peakBytes() + beyond + MemoryPlan.context(device));
        return plan(holding, forecast, beyond, true);
    }

    private MemoryPlan plan(
            Holding holding, Forecast forecast, long allocatorBytes, boolean replayed) {
        return new MemoryPlan(
                device,
                holding,
                step(Holding.EVERYTHING).state().weights(),
                forecast,
                allocatorBytes,
                replayed,
                MemoryPlan.context(device),
                new Stages(this, holding, forecast, allocatorBytes).all());
    }
}
