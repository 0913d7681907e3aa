package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.AdapterStart;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.LeadingStart;
import dev.hone.model.LinearModule;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.RestOfBase;
import dev.hone.model.Storage;
import dev.hone.model.WeightSource;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.HeldBackLoss;
import dev.hone.train.OptimizerSection;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a run, found by running its heaviest micro-batch on paper.
 *
 * @param device the kind of device it was counted for
 * @param forecast of the heaviest step
 * @param allocatorBytes taken from a card beyond the bytes that are live at the peak
 * @param contextBytes of a CUDA context and cuBLAS's workspace, outside the allocator
 * @param stages of the run, in order
 */
public record MemoryPlan(
        Device device,
        Forecast forecast,
        long allocatorBytes,
        long contextBytes,
        List<Stage> stages) {
    private static final long MIB = 1 << 20;

    /**
     * The largest context measured, 426 MiB under CUDA 13 (unsloth-zoo pull request 1053), and
     * cuBLAS's workspace of 32 MiB on Hopper, rounded up.
     */
    static final long CONTEXT = 512 * MIB;

    /**
     * What a process of Hone's holds besides tensors: the JVM with its heap and libtorch. Measured
     * on the processor, see docs/plan.md.
     */
    static final long PROCESS = 1024 * MIB;

    /**
     * One stage of a run.
     *
     * @param deviceBytes on the card, or in memory when the processor computes
     * @param hostBytes in memory besides
     * @param diskBytes written, or read for {@code load}
     */
    public record Stage(String name, long deviceBytes, long hostBytes, long diskBytes) {}

    /** Bytes that must be free on the card, or in memory. */
    public long peakBytes() {
        return Math.addExact(forecast.peakBytes(), Math.addExact(allocatorBytes, contextBytes));
    }

    /** Plans a run on this kind of device. */
    public static MemoryPlan of(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        Batch heaviest = heaviest(device, config, method, training, work.heavy());
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = new CachingAllocator();
        paper.memory().observe(allocator);
        Forecast forecast = Forecast.of(paper, config, method, training, step(heaviest));
        boolean cuda = device.kind() == Device.Kind.CUDA;
        long reserved = cuda ? allocator.reservedBytes() : forecast.peakBytes();
        return new MemoryPlan(
                device,
                forecast,
                reserved - forecast.peakBytes(),
                cuda ? CONTEXT : 0,
                stages(device, config, method, training, work, forecast, reserved));
    }

    /**
     * The same for comparing methods, in a fraction of the time: counted on models of two and three
     * layers, since every further layer adds what the third adds, in the passes and in the update.
     * What the allocator takes beyond live bytes is rather too much than too little, and stages are
     * left out.
     */
    static MemoryPlan shallow(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        if (config.layers() <= 3 || !Paper.layersAreAlike(config, method, training)) {
            return of(device, config, method, training, work);
        }
        Shallow found =
                work.heavy().stream()
                        .map(batch -> shallow(device, config, method, training, batch))
                        .max(Comparator.comparingLong(s -> s.forecast().peakBytes()))
                        .orElseThrow();
        boolean cuda = device.kind() == Device.Kind.CUDA;
        return new MemoryPlan(
                device,
                found.forecast(),
                cuda ? found.allocatorBytes() : 0,
                cuda ? CONTEXT : 0,
                List.of());
    }

    /** A forecast of a deep model from shallow ones, with what the allocator takes on top. */
    private record Shallow(Forecast forecast, long allocatorBytes) {}

    private static Shallow shallow(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Batch batch) {
        CachingAllocator allocator = new CachingAllocator();
        Forecast two = counted(device, config, method, training, batch, 2, allocator);
        long little = allocator.reservedBytes() - two.peakBytes();
        allocator = new CachingAllocator();
        Forecast three = counted(device, config, method, training, batch, 3, allocator);
        Forecast whole = extended(two, three, config.layers() - 2L);
        long more = allocator.reservedBytes() - three.peakBytes();
        long most = Math.round((double) more / three.peakBytes() * whole.peakBytes());
        long sum = extended(little, more, config.layers() - 2L);
        return new Shallow(whole, Math.clamp(sum, more, Math.max(more, most)));
    }

    private static Forecast counted(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Batch batch,
            int layers,
            CachingAllocator allocator) {
        CountingOps paper = CountingOps.of(device);
        paper.memory().observe(allocator);
        return Forecast.of(paper, Paper.withLayers(config, layers), method, training, step(batch));
    }

    private static long extended(long two, long three, long more) {
        return two + more * (three - two);
    }

    private static Forecast extended(Forecast two, Forecast three, long more) {
        Forecast.Parts a = two.parts();
        Forecast.Parts b = three.parts();
        long pass = extended(two.passPeakBytes(), three.passPeakBytes(), more);
        // The update holds its largest parameter's temporaries, the same at every depth.
        long state = extended(two.stateBytes(), three.stateBytes(), more);
        long update = state + Math.max(0, three.peakBytes() - three.stateBytes());
        boolean updating = three.peakBytes() > three.passPeakBytes() && update > pass;
        long peak = updating ? update : pass;
        return new Forecast(
                extended(two.parameters(), three.parameters(), more),
                extended(two.trainableParameters(), three.trainableParameters(), more),
                extended(two.weightBytes(), three.weightBytes(), more),
                state,
                peak,
                pass,
                extended(two.flops(), three.flops(), more),
                extended(two.bytesMoved(), three.bytesMoved(), more),
                two.stepTokens(),
                new Forecast.Parts(
                        extended(a.weights(), b.weights(), more),
                        extended(a.adapter(), b.adapter(), more),
                        extended(a.gradients(), b.gradients(), more),
                        extended(a.optimizer(), b.optimizer(), more),
                        0,
                        peak - state),
                Map.of());
    }

    static OptimizerStep step(Batch... batches) {
        return new OptimizerStep(0, 0, List.of(batches));
    }

    /** The micro-batch with the highest peak, by models of two and of three layers. */
    private static Batch heaviest(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            List<Batch> candidates) {
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        return candidates.stream()
                .max(
                        Comparator.comparingLong(batch ->
                                shallow(device, config, method, training, batch)
                                        .forecast()
                                        .peakBytes()))
                .orElseThrow();
    }

    private static List<Stage> stages(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work,
            Forecast forecast,
            long reserved) {
        boolean cuda = device.kind() == Device.Kind.CUDA;
        long context = cuda ? CONTEXT : 0;
        long process = PROCESS + 8 * work.epochTokens();
        long states = forecast.parts().optimizer();
        Forward forward = forward(device, config, method, training, work);
        long largest = 4 * Math.max(Sizes.largestLinear(config), head(config));
        boolean full = method instanceof RunFile.Method.Full;
        boolean masters = training.optimizer().master() == OptimizerSection.Master.FP32;
        long weights = (masters ? 4 : 2) * forecast.trainableParameters();
        long saved = weights + states;
        long result =
                full
                        ? forecast.parameters() * training.dtype().bytes()
                        : 4 * forecast.trainableParameters();
        List<Stage> stages = new ArrayList<>();
        if (method instanceof RunFile.Method.Lora lora && lora.startsFromBase()) {
            stages.add(start(device, config, lora, training, context));
        }
        stages.addAll(
                List.of(
                        new Stage(
                                "load",
                                forward.loadBytes() + context,
                                process,
                                Sizes.bf16Bytes(config.parameters())),
                        new Stage("step", reserved + context, process, 0),
                        new Stage(
                                "evaluate", forward.evaluateBytes() + states + context, process, 0),
                        new Stage(
                                "save",
                                forecast.stateBytes() + context,
                                process + (full ? largest : weights),
                                result + saved * (training.keepCheckpoints() + 1L))));
        return List.copyOf(stages);
    }

    /** Finding the start of an adapter from the base's matrices, one at a time. */
    private static Stage start(
            Device device,
            ModelConfig config,
            RunFile.Method.Lora lora,
            RunFile.TrainingSection training,
            long context) {
        boolean cuda = device.kind() == Device.Kind.CUDA;
        CachingAllocator allocator = new CachingAllocator();
        try (CountingOps paper = CountingOps.of(device)) {
            paper.memory().observe(allocator);
            LeadingStart start =
                    new LeadingStart(
                            paper,
                            config,
                            new StoredWeights(),
                            lora.spec(),
                            lora.quantization(),
                            training.dtype(),
                            training.seed());
            start.rehearse(sizes(config, lora.spec()));
            long found = cuda ? allocator.reservedBytes() : paper.memory().peakBytes();
            return new Stage(
                    "start",
                    found + context,
                    PROCESS + 4 * Sizes.largestLinear(config),
                    4 * Sizes.adapter(config, lora.spec()));
        }
    }

    /** A module of each size that there is. */
    private static List<LinearModule> sizes(ModelConfig config, LoraSpec spec) {
        Map<List<Long>, LinearModule> found = new LinkedHashMap<>();
        for (LinearModule m : spec.modules(config)) {
            found.putIfAbsent(List.of(m.out(), m.in(), (long) spec.size(m.path()).rank()), m);
        }
        return List.copyOf(found.values());
    }

    private static long head(ModelConfig config) {
        return (long) config.vocabulary() * config.hiddenSize();
    }

    /** Bytes on the device while weights are read, and while held-back rows are measured. */
    private record Forward(long loadBytes, long evaluateBytes) {}

    private static Forward forward(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        boolean cuda = device.kind() == Device.Kind.CUDA;
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = new CachingAllocator();
        paper.memory().observe(allocator);
        @Nullable Adapter adapter =
                method instanceof RunFile.Method.Lora lora
                        ? new Adapter(lora.spec(), new StoredWeights(), lora.from().isEmpty())
                        : null;
        WeightSource base =
                adapter != null
                                && method instanceof RunFile.Method.Lora lora
                                && lora.startsFromBase()
                                && lora.start() == AdapterStart.PISSA
                        ? new RestOfBase(new StoredWeights(), adapter)
                        : new StoredWeights();
        try (paper;
                Decoder decoder =
                        DecoderLoader.load(
                                paper,
                                config,
                                base,
                                training.dtype(),
                                adapter,
                                training.optimizer().training(method),
                                new Storage(method.base(), training.memory().placements()))) {
            long load = cuda ? allocator.reservedBytes() : paper.memory().peakBytes();
            paper.memory().resetPeak();
            Optional<Batch> batch =
                    Batch.inOrder(work.holdout(), training.microBatchTokens()).stream()
                            .max(Comparator.comparingInt(Batch::tokens));
            batch.ifPresent(b ->
                    HeldBackLoss.of(
                            decoder, examples(b, work.holdout()), training.microBatchTokens()));
            long evaluate = cuda ? allocator.reservedBytes() : paper.memory().peakBytes();
            return new Forward(load, evaluate);
        }
    }

    private static List<Example> examples(Batch batch, List<Example> holdout) {
        return Arrays.stream(batch.sources()).mapToObj(holdout::get).toList();
    }
}
