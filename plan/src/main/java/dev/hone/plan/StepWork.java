package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.HashMap;
import java.util.Map;

/**
 * The operations of a typical step, apart: those of one micro-batch, and those of the optimizer.
 * Counted on models of two and three layers, since every further layer repeats the third.
 *
 * @param microBatch operations of a micro-batch
 * @param microBatchTokens its tokens
 * @param optimizer operations once a step
 * @param flops of matrix products, one micro-batch
 */
record StepWork(
        Map<Cost.Work, Long> microBatch,
        long microBatchTokens,
        Map<Cost.Work, Long> optimizer,
        long flops) {
    private static final int SHALLOW = 2;

    static StepWork of(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Batch typical) {
        // Updates in the backward pass are the same operations as updates after it.
        RunFile.TrainingSection after = training.with(training.optimizer().afterBackward());
        Map<Cost.Work, Long> one = counted(device, config, method, after, typical);
        Map<Cost.Work, Long> two = counted(device, config, method, after, typical, typical);
        Map<Cost.Work, Long> micro = combine(two, one, -1);
        long flops = 0;
        for (Map.Entry<Cost.Work, Long> entry : micro.entrySet()) {
            flops += entry.getKey().flops() * entry.getValue();
        }
        return new StepWork(micro, typical.tokens(), combine(one, micro, -1), flops);
    }

    private static Map<Cost.Work, Long> counted(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Batch... batches) {
        if (config.layers() <= SHALLOW + 1 || !Paper.layersAreAlike(config, method, training)) {
            return work(device, config, method, training, batches);
        }
        Map<Cost.Work, Long> shallow =
                work(device, Paper.withLayers(config, SHALLOW), method, training, batches);
        Map<Cost.Work, Long> deeper =
                work(device, Paper.withLayers(config, SHALLOW + 1), method, training, batches);
        Map<Cost.Work, Long> layer = combine(deeper, shallow, -1);
        return combine(shallow, layer, config.layers() - SHALLOW);
    }

    private static Map<Cost.Work, Long> work(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Batch... batches) {
        return Forecast.of(
                        CountingOps.of(device), config, method, training, MemoryPlan.step(batches))
                .work();
    }

    /** a + factor · b, without what comes to nothing. */
    private static Map<Cost.Work, Long> combine(
            Map<Cost.Work, Long> a, Map<Cost.Work, Long> b, long factor) {
        Map<Cost.Work, Long> sum = new HashMap<>(a);
        b.forEach((work, count) -> sum.merge(work, factor * count, Long::sum));
        sum.values().removeIf(count -> count == 0);
        return Map.copyOf(sum);
    }
}
