package dev.hone.train;

import dev.hone.data.BatchPlan;
import dev.hone.data.DataSpec;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LoraSpec;
import dev.hone.model.Quantization;
import dev.hone.tensor.DType;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
         */
        record Lora(LoraSpec spec, Optional<Path> from, Optional<Quantization> quantization)
                implements Method {

            /** On a base in full. */
            public Lora(LoraSpec spec, Optional<Path> from) {
                this(spec, from, Optional.empty());
            }
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
     * @param dtype of weights and activations; masters, gradients and moments are fp32
     * @param checkpointEvery steps between checkpoints, 0 for none but the last
     */
    public record TrainingSection(
            BatchPlan.RunLength length,
            BatchPlan.StepSize stepSize,
            int microBatchTokens,
            double learningRate,
            Schedule schedule,
            Warmup warmup,
            double weightDecay,
            double beta1,
            double beta2,
            double eps,
            double maxGradNorm,
            DType dtype,
            boolean shuffle,
            long seed,
            int checkpointEvery,
            int keepCheckpoints,
            MemorySection memory) {

        /** The same with another memory. */
        public TrainingSection with(MemorySection other) {
            return new TrainingSection(
                    length,
                    stepSize,
                    microBatchTokens,
                    learningRate,
                    schedule,
                    warmup,
                    weightDecay,
                    beta1,
                    beta2,
                    eps,
                    maxGradNorm,
                    dtype,
                    shuffle,
                    seed,
                    checkpointEvery,
                    keepCheckpoints,
                    other);
        }

        /** The same with layers that keep what {@code policy} says, whatever they take. */
        public TrainingSection keeping(KeepPolicy policy) {
            return with(new MemorySection(policy, OptionalLong.empty()));
        }

        /** How rows become steps. */
        public BatchPlan batchPlan(boolean pack) {
            return new BatchPlan(seed, shuffle, length, stepSize, pack, microBatchTokens);
        }
    }

    /**
     * The section {@code memory}.
     *
     * @param keep what layers keep for the backward; with a limit, {@link MemoryFit} decides
     * @param limit most bytes of tensors at once
     */
    public record MemorySection(KeepPolicy keep, OptionalLong limit) {
        /** Everything is kept. */
        public static final MemorySection UNLIMITED =
                new MemorySection(KeepPolicy.EVERYTHING, OptionalLong.empty());
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
