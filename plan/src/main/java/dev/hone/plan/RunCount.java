package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.BatchLayout;
import dev.hone.train.Forecast;
import dev.hone.train.HeavyBatches;
import dev.hone.train.LayeredStep;
import dev.hone.train.Mix;
import dev.hone.train.RunFile;
import dev.hone.train.StepCount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A run counted for one kind of device, under every policy of what its layers keep. Each count is
 * made once, when it is first asked for.
 */
final class RunCount implements Needs {
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
    private final Map<KeepPolicy, StepCount> steps = new HashMap<>();
    private final Map<KeepPolicy, Long> peaks = new HashMap<>();
    private final Map<KeepPolicy, AllocatorShare> shares = new HashMap<>();

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
    }

    private boolean onCard() {
        return device.kind() == Device.Kind.CUDA;
    }

    private StepCount counted(int layers, KeepPolicy policy) {
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = new CachingAllocator();
        if (onCard()) {
            paper.memory().observe(allocator);
        }
        StepCount step =
                StepCount.of(
                        paper,
                        config.withLayers(layers),
                        method,
                        training.keeping(policy),
                        batches);
        shares.merge(
                policy,
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

    /** The step under a policy. */
    StepCount step(KeepPolicy policy) {
        return steps.computeIfAbsent(policy, layered::under);
    }

    /** All there are, or the one that the run file asks for. */
    @Override
    public List<KeepPolicy> policies() {
        RunFile.MemorySection memory = training.memory();
        return memory.limit().isPresent() || !memory.keep().equals(KeepPolicy.EVERYTHING)
                ? List.of(memory.keep())
                : KeepPolicy.byMemory(config.layers());
    }

    @Override
    public long peakBytes(KeepPolicy policy) {
        return peaks.computeIfAbsent(
                policy,
                p -> {
                    long live = layered.peakBytes(p);
                    return live + allocatorBytes(p, live) + MemoryPlan.context(device);
                });
    }

    /** What a card's allocator takes beyond {@code live} bytes. */
    private long allocatorBytes(KeepPolicy policy, long live) {
        if (!onCard()) {
            return 0;
        }
        if (!layered.derives()) {
            return share(policy).bytes();
        }
        return Mix.of(policy, config.layers()).blocks().stream()
                .map(block -> share(block.kind().everywhere()))
                .reduce(AllocatorShare::or)
                .orElseThrow()
                .at(live);
    }

    private AllocatorShare share(KeepPolicy policy) {
        AllocatorShare share = shares.get(policy);
        if (share == null) {
            throw new IllegalStateException(policy + " was not counted");
        }
        return share;
    }

    /**
     * The memory under a policy. What is live is exact either way; what the allocator takes beyond
     * that is replayed where every layer is counted.
     */
    MemoryPlan memory(KeepPolicy policy) {
        long operations = step(policy).forecast(0).work().values().stream().mapToLong(n -> n).sum();
        return operations <= FEW_OPERATIONS ? inFull(policy) : derived(policy);
    }

    private MemoryPlan derived(KeepPolicy policy) {
        StepCount step = step(policy);
        Batch heaviest = batches.get(step.heaviestPass());
        Forecast forecast = step.forecast(heaviest.tokens());
        return plan(policy, forecast, allocatorBytes(policy, forecast.peakBytes()), false);
    }

    /** The memory under a policy, every layer counted. */
    MemoryPlan inFull(KeepPolicy policy) {
        Batch heaviest = batches.get(step(policy).heaviestPass());
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = new CachingAllocator();
        if (onCard()) {
            paper.memory().observe(allocator);
        }
        Forecast forecast =
                Forecast.of(
                        paper, config, method, training.keeping(policy), MemoryPlan.step(heaviest));
        long beyond = onCard() ? Math.max(0, allocator.reservedBytes() - forecast.peakBytes()) : 0;
        peaks.put(policy, forecast.peakBytes() + beyond + MemoryPlan.context(device));
        return plan(policy, forecast, beyond, true);
    }

    private MemoryPlan plan(
            KeepPolicy policy, Forecast forecast, long allocatorBytes, boolean replayed) {
        return new MemoryPlan(
                device,
                policy,
                forecast,
                allocatorBytes,
                replayed,
                MemoryPlan.context(device),
                new Stages(this, forecast, allocatorBytes).all());
    }
}
