package dev.hone.plan;

import dev.hone.model.Decoder;
import dev.hone.model.Holding;
import dev.hone.model.LeadingStart;
import dev.hone.model.LinearModule;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.HeldBackLoss;
import dev.hone.train.OptimizerSection;
import dev.hone.train.ProbeCount;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stages of a run, from reading the weights to files that others load. What tensors take on the
 * device is counted; memory of the host and disk follow from the sizes of what is copied and
 * written; merging and exporting, which Hone does not do yet, are by formula altogether.
 */
final class Stages {
    private static final int SHALLOW = 2;
    private static final int DEEPER = SHALLOW + 1;

    private final Device device;
    private final ModelConfig config;
    private final RunFile.Method method;
    private final RunFile.TrainingSection training;
    private final Workload work;
    private final long hostBytes;
    private final Forecast forecast;
    private final long reserved;

    /**
     * @param holding how the model is held
     */
    Stages(RunCount count, Holding holding, Forecast forecast, long allocatorBytes) {
        this.device = count.device();
        this.config = count.config();
        this.method = count.method();
        this.training = count.training().holding(holding);
        this.hostBytes = count.step(holding).hostBytes();
        this.work = count.work();
        this.forecast = forecast;
        this.reserved = forecast.peakBytes() + allocatorBytes;
    }

    List<Stage> all() {
        long context = MemoryPlan.context(device);
        long process = MemoryPlan.PROCESS + 8 * work.epochTokens() + hostBytes;
        boolean full = method instanceof RunFile.Method.Full;
        Forward forward = forward();
        List<Stage> stages = new ArrayList<>();
        if (method instanceof RunFile.Method.Lora lora && lora.startsFromBase()) {
            stages.add(start(lora, context));
        }
        long stored = Sizes.bf16Bytes(config.parameters());
        stages.add(Stage.counted("load", forward.loadBytes() + context, process, stored));
        if (method.base().isPresent()) {
            // One matrix at a time is on the device in bf16 and fp32, and on the host in fp32.
            long host = process + 5 * Sizes.largestLinear(config);
            stages.add(Stage.counted("quantize", forward.loadBytes() + context, host, 0));
        }
        stages.add(Stage.counted("step", reserved + context, process, 0));
        stages.add(Stage.counted("evaluate", forward.evaluateBytes() + context, process, 0));
        boolean masters = training.optimizer().master() == OptimizerSection.Master.FP32;
        long checkpoint =
                (masters ? 4 : 2) * forecast.trainableParameters() + forecast.parts().optimizer();
        long result =
                full
                        ? forecast.parameters() * training.dtype().bytes()
                        : 4 * forecast.trainableParameters();
        stages.add(
                Stage.counted(
                        "save",
                        forecast.stateBytes() + context,
                        process + 4 * largestTrained(),
                        result + checkpoint * (training.keepCheckpoints() + 1L)));
        if (!full) {
            // In: the base's bf16. W + s·B·A in fp32, two matrices, and the result in bf16.
            long host = MemoryPlan.PROCESS + 12 * Sizes.largestLinear(config);
            stages.add(Stage.byFormula("merge", "", host, stored));
        }
        // A tensor in bf16 and fp32, and a byte a weight of the result.
        long host = MemoryPlan.PROCESS + 7 * Math.max(Sizes.largestLinear(config), head(config));
        stages.add(Stage.byFormula("export", "q8_0", host, GgufSizes.q8(config)));
        stages.add(Stage.byFormula("export", "q4_k_m", host, GgufSizes.q4(config)));
        return List.copyOf(stages);
    }

    /** Finding the start of an adapter from the base's matrices, one at a time. */
    private Stage start(RunFile.Method.Lora lora, long context) {
        try (CountingOps paper = CountingOps.of(device)) {
            CachingAllocator allocator = CachingAllocator.of(paper);
            LeadingStart start =
                    new LeadingStart(
                            paper,
                            config,
                            new StoredWeights(),
                            lora.spec(),
                            lora.quantization(),
                            training.dtype(),
                            training.seed());
            start.rehearse(sizes(lora.spec()));
            return Stage.counted(
                    "start",
                    Taken.of(paper, allocator).reserved() + context,
                    MemoryPlan.PROCESS + 4 * Sizes.largestLinear(config),
                    4 * Sizes.adapter(config, lora.spec()));
        }
    }

    /** A module of each size that there is. */
    private List<LinearModule> sizes(LoraSpec spec) {
        Map<List<Long>, LinearModule> found = new LinkedHashMap<>();
        for (LinearModule m : spec.modules(config)) {
            found.putIfAbsent(List.of(m.out(), m.in(), (long) spec.size(m.path()).rank()), m);
        }
        return List.copyOf(found.values());
    }

    private static long head(ModelConfig config) {
        return (long) config.vocabulary() * config.hiddenSize();
    }

    /** Elements of the largest tensor that trains. */
    private long largestTrained() {
        long widest = Math.max(config.mlpWidth(), (long) config.heads() * config.headSize());
        return method instanceof RunFile.Method.Lora lora
                ? lora.spec().rank() * Math.max(widest, config.hiddenSize())
                : Math.max(Sizes.largestLinear(config), head(config));
    }

    /**
     * Bytes on the device.
     *
     * @param loadBytes most while weights are read, and quantized one by one
     * @param evaluateBytes most while held-back rows are measured, moments included
     */
    private record Forward(long loadBytes, long evaluateBytes) {}

    /** From two and three layers: every further one adds what the third adds. */
    private Forward forward() {
        if (config.layers() <= DEEPER) {
            Live whole = live(config);
            return new Forward(
                    whole.load().reserved(),
                    whole.evaluate().reserved() + forecast.parts().optimizer());
        }
        Live two = live(config.withLayers(SHALLOW));
        Live three = live(config.withLayers(DEEPER));
        return new Forward(
                two.load().deep(three.load(), config.layers()),
                two.evaluate().deep(three.evaluate(), config.layers())
                        + forecast.parts().optimizer());
    }

    /** Live bytes and what the allocator holds. */
    private record Taken(long live, long reserved) {

        /** Of a card what its allocator holds, else what is live. */
        static Taken of(CountingOps paper, CachingAllocator allocator) {
            long live = paper.memory().peakBytes();
            boolean card = paper.device().kind() == Device.Kind.CUDA;
            return new Taken(live, card ? allocator.reservedBytes() : live);
        }

        long deep(Taken deeper, int layers) {
            long deepLive = live + (layers - SHALLOW) * (deeper.live - live);
            return reserved == live
                    ? deepLive
                    : deepLive
                            + AllocatorShare.of(reserved, live)
                                    .or(AllocatorShare.of(deeper.reserved, deeper.live))
                                    .at(deepLive);
        }
    }

    private record Live(Taken load, Taken evaluate) {}

    private Live live(ModelConfig shape) {
        CountingOps paper = CountingOps.of(device);
        CachingAllocator allocator = CachingAllocator.of(paper);
        try (paper;
                Decoder decoder =
                        Forecast.decoder(paper, shape, method, training, new StoredWeights())) {
            Taken load = Taken.of(paper, allocator);
            paper.memory().resetPeak();
            int tokens = training.microBatchTokens();
            if (!work.holdout().isEmpty()) {
                HeldBackLoss.of(decoder, ProbeCount.largest(work.holdout(), tokens), tokens);
            }
            return new Live(load, Taken.of(paper, allocator));
        }
    }
}
