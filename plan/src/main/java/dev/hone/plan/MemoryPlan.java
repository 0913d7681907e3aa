package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.List;

/**
 * The memory of a run, found by running its heaviest micro-batch on paper.
 *
 * @param device the kind of device it was counted for
 * @param holding how the model is held
 * @param weightBytes of the model's weights wherever they are, with the masters of those that train
 * @param forecast of the heaviest step
 * @param allocatorBytes taken from a card beyond the bytes that are live at the peak
 * @param allocatorReplayed whether that was replayed for every layer; else it follows from shallow
 *     models
 * @param contextBytes of a CUDA context, outside the allocator
 * @param stages of the run, in order
 */
public record MemoryPlan(
        Device device,
        Holding holding,
        long weightBytes,
        Forecast forecast,
        long allocatorBytes,
        boolean allocatorReplayed,
        long contextBytes,
        List<Stage> stages) {
    private static final long MIB = 1 << 20;

    /**
     * A CUDA context with the code of libtorch, cuBLAS and ours: 689 MiB on an H200 under CUDA 13,
     * for models of 0.1 to 8 billion parameters alike, rounded up; see
     * docs/benchmarks/gpu-checklist.md.
     */
    private static final long CONTEXT = 704 * MIB;

    /**
     * What a process of Hone's holds besides tensors: the JVM with its heap and libtorch. Measured
     * on the processor, see docs/plan.md.
     */
    static final long PROCESS = 1280 * MIB;

    /** What a process takes of a device beside its allocator. */
    static long context(Device device) {
        return device.kind() == Device.Kind.CUDA ? CONTEXT : 0;
    }

    /** Bytes that must be free on the card, or in memory. */
    public long peakBytes() {
        return Math.addExact(forecast.peakBytes(), Math.addExact(allocatorBytes, contextBytes));
    }

    /**
     * Of the weights, those that take nothing of the device: in host memory or on disk, less the
     * buffers on the device that they pass through.
     */
    public long weightBytesOffDevice() {
        return weightBytes - forecast.parts().weights();
    }

    /** Plans a run on this kind of device as its settings have it, every layer counted. */
    public static MemoryPlan of(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        return new RunCount(device, config, method, training, work)
                .inFull(training.memory().holding());
    }

    static OptimizerStep step(Batch... batches) {
        return new OptimizerStep(0, 0, List.of(batches));
    }
}
