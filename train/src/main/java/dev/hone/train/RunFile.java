package dev.hone.train;

import dev.hone.data.BatchPlan;
import dev.hone.data.DataSpec;
import dev.hone.model.AdapterStart;
import dev.hone.model.Holding;
import dev.hone.model.LoraSpec;
import dev.hone.model.Quantization;
import dev.hone.model.Storage;
import dev.hone.tensor.DType;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a run file says, in full: every key with the value it has after defaults. Paths are as the
 * file's folder makes them.
 */
public record RunFile(
        Path file,
        Path model,
        Initialize initialize,
        DataSpec data,
        Method method,
        TrainingSection training,
        Path output) {

    /** Where the weights come from when not from the model folder. */
    public enum Initialize {
        /** The folder's weights. */
        NO,
        /** Random ones, see {@link dev.hone.model.RandomWeights}. */
        RANDOM,
        /** Random ones that copy from the start, see {@link dev.hone.model.CopyingStart}. */
        COPYING
    }

    /** What trains. */
    public sealed interface Method {

        /** Every weight. */
        record Full() implements Method {}

        /**
         * A low-rank adapter.
         *
         * @param from an adapter folder to start from
         * @param quantization of the frozen base; with it, the method is called QLoRA
         * @param start what the adapter began as, also where it comes from a folder
         */
        record Lora(
                LoraSpec spec,
                Optional<Path> from,
                Optional<Quantization> quantization,
                AdapterStart start)
                implements Method {

            /** From the default start. */
            public Lora(LoraSpec spec, Optional<Path> from, Optional<Quantization> quantization) {
                this(spec, from, quantization, AdapterStart.DEFAULT);
            }

            /** On a base in full. */
            public Lora(LoraSpec spec, Optional<Path> from) {
                this(spec, from, Optional.empty());
            }

            /** Whether the start is found from the base's matrices. */
            public boolean startsFromBase() {
                return from.isEmpty()
                        && (start == AdapterStart.PISSA || start == AdapterStart.LOFTQ);
            }

            /** Whether the start takes its part away from the base. */
            boolean changesBase() {
                return startsFromBase() && start == AdapterStart.PISSA;
            }
        }

        /** Its name in run files. */
        default String name() {
            return switch (this) {
                case Full _ -> "full";
                case Lora lora -> lora.quantization().isPresent() ? "qlora" : "lora";
            };
        }

        /** How the frozen base is stored; empty for the dtype of arithmetic. */
        default Optional<Quantization> base() {
            return this instanceof Lora lora ? lora.quantization() : Optional.empty();
        }
    }

    /**
     * The section {@code training}.
     *
     * @param warmup share of the steps, or a number of steps
     * @param dtype of weights and activations; masters, gradients and states are fp32
     * @param neftuneAlpha of the noise on embeddings while training, 0 for none
     * @param checkpointEvery steps between checkpoints, 0 for none but the last
     */
    public record TrainingSection(
            BatchPlan.RunLength length,
            BatchPlan.StepSize stepSize,
            int microBatchTokens,
            double learningRate,
            Schedule schedule,
            Warmup warmup,
            OptimizerSection optimizer,
            double maxGradNorm,
            DType dtype,
            boolean shuffle,
            long seed,
            int checkpointEvery,
            int keepCheckpoints,
            MemorySection memory,
            double neftuneAlpha) {

        /** Without noise. */
        public TrainingSection(
                BatchPlan.RunLength length,
                BatchPlan.StepSize stepSize,
                int microBatchTokens,
                double learningRate,
                Schedule schedule,
                Warmup warmup,
                OptimizerSection optimizer,
                double maxGradNorm,
                DType dtype,
                boolean shuffle,
                long seed,
                int checkpointEvery,
                int keepCheckpoints,
                MemorySection memory) {
            this(
                    length,
                    stepSize,
                    microBatchTokens,
                    learningRate,
                    schedule,
                    warmup,
                    optimizer,
                    maxGradNorm,
                    dtype,
                    shuffle,
                    seed,
                    checkpointEvery,
                    keepCheckpoints,
                    memory,
                    0);
        }

        /** The same with another memory. */
        public TrainingSection with(MemorySection other) {
            return with(optimizer, other, neftuneAlpha);
        }

        /** The same with another optimizer. */
        public TrainingSection with(OptimizerSection other) {
            return with(other, memory, neftuneAlpha);
        }

        /** The same with noise on embeddings. */
        public TrainingSection withNoise(double alpha) {
            return with(optimizer, memory, alpha);
        }

        private TrainingSection with(
                OptimizerSection otherOptimizer, MemorySection otherMemory, double otherAlpha) {
            return new TrainingSection(
                    length,
                    stepSize,
                    microBatchTokens,
                    learningRate,
                    schedule,
                    warmup,
                    otherOptimizer,
                    maxGradNorm,
                    dtype,
                    shuffle,
                    seed,
                    checkpointEvery,
                    keepCheckpoints,
                    otherMemory,
                    otherAlpha);
        }

        /** The same with the model held like this, whatever it takes. */
        public TrainingSection holding(Holding holding) {
            return with(new MemorySection(holding));
        }

        /** How rows become steps. */
        public BatchPlan batchPlan(boolean pack) {
            return new BatchPlan(seed, shuffle, length, stepSize, pack, microBatchTokens);
        }
    }

    /**
     * The section {@code memory}.
     *
     * @param holding how the model is held; with a limit, {@link MemoryFit} decides
     */
    public record MemorySection(Holding holding, Limit limit) {
        /** Everything is kept, and on the device. */
        public static final MemorySection UNLIMITED = new MemorySection(Holding.EVERYTHING);

        /** As the section is left out. */
        public static final MemorySection AUTO =
                new MemorySection(Holding.EVERYTHING, new Limit.Auto());

        /** Held like this, whatever there is of memory. */
        public MemorySection(Holding holding) {
            this(holding, new Limit.None());
        }
    }

    /** Most bytes of tensors at once. */
    public sealed interface Limit {
        /** None: the run file says how the model is held. */
        record None() implements Limit {}

        /** What is free of the device's memory. */
        record Auto() implements Limit {}

        /** So many. */
        record Bytes(long bytes) implements Limit {}
    }

    /** How the frozen weights of the run are stored. */
    public Storage storage() {
        return storage(method, training);
    }

    static Storage storage(Method method, TrainingSection training) {
        return new Storage(method.base(), training.memory().holding().placements());
    }

    /** The same run with another memory. */
    public RunFile with(MemorySection memory) {
        return new RunFile(file, model, initialize, data, method, training.with(memory), output);
    }

    /** How long the learning rate rises. */
    public sealed interface Warmup {
        long steps(long total);

        record Share(double share) implements Warmup {
            @Override
            public long steps(long total) {
                return Math.round(Math.ceil(share * total));
            }
        }

        record Steps(long steps) implements Warmup {
            @Override
            public long steps(long total) {
                return Math.min(steps, total);
            }
        }
    }

    /**
     * Reads and checks a run file; a {@link RunFileException} names the line and key of a fault.
     */
    public static RunFile read(Path file, Map<String, String> overrides) {
        return new RunFileReader(file, Settings.read(file, overrides)).read();
    }

    /**
     * What settings alone say, without a file; paths are relative to the folder Hone was started
     * in.
     *
     * @param name what messages call the settings
     * @param settings {@code section.key} to a YAML value
     */
    public static RunFile of(String name, Map<String, String> settings) {
        return new RunFileReader(Path.of(name), Settings.of(name, settings)).read();
    }

    /** The whole file as YAML with every default written out. */
    public String resolved() {
        return RunFileWriter.yaml(this);
    }
}
