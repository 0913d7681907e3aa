package dev.hone.plan;

import dev.hone.data.Example;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.RunFile;

/**
 * The time of a run: what its steps compute and move, divided by what a device does a second, times
 * how much longer than that steps were measured to take.
 */
public final class TimePlan {
    /** Share of a link's rate that an all-reduce reaches; an assumption. */
    private static final double LINK_SHARE = 0.7;

    private final StepWork step;
    private final double microBatches;
    private final long steps;
    private final long gradientBytes;
    private final long tokens;

    private TimePlan(
            StepWork step, double microBatches, long steps, long gradientBytes, long tokens) {
        this.step = step;
        this.microBatches = microBatches;
        this.steps = steps;
        this.gradientBytes = gradientBytes;
        this.tokens = tokens;
    }

    /**
     * Hours of a run with the interval they lie in.
     *
     * @param calibration what the interval rests on
     */
    public record Hours(double low, double middle, double high, Calibration calibration) {}

    /** Counts a run. Held-back rows are measured before and after; a forward is half a step. */
    public static TimePlan of(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        StepWork step = StepWork.of(device, config, method, training, work.typical());
        long heldBack = work.holdout().stream().mapToLong(Example::length).sum();
        double equivalent = work.tokens() + 2 * 0.5 * heldBack;
        long trainable =
                method instanceof RunFile.Method.Lora lora
                        ? Sizes.adapter(config, lora.spec())
                        : config.parameters();
        return new TimePlan(
                step,
                equivalent / step.microBatchTokens(),
                work.steps(),
                4 * trainable,
                work.tokens());
    }

    /** Floating-point operations of one token. */
    public double flopsPerToken() {
        return (double) step.flops() / step.microBatchTokens();
    }

    /** Tokens of the run. */
    public long tokens() {
        return tokens;
    }

    /** Seconds on one device at best. */
    public double seconds(Rates rates) {
        return microBatches * rates.seconds(step.microBatch())
                + steps * rates.seconds(step.optimizer());
    }

    /**
     * Seconds at best on several cards of one machine, each with the whole model, its share of
     * every step's tokens, and the gradients summed over all once a step while nothing else
     * happens.
     */
    public double seconds(Gpu gpu, DType dtype, int count) {
        Rates rates = Rates.of(gpu, dtype);
        if (count == 1) {
            return seconds(rates);
        }
        double exchange =
                2.0 * (count - 1) / count * gradientBytes / (gpu.link().value() * 1e9 * LINK_SHARE);
        return microBatches * rates.seconds(step.microBatch()) / count
                + steps * (rates.seconds(step.optimizer()) + exchange);
    }

    /** How much of {@code count} times one card's speed is left. */
    public double efficiency(Gpu gpu, DType dtype, int count) {
        return seconds(gpu, dtype, 1) / (count * seconds(gpu, dtype, count));
    }

    /** Hours on a GPU of the catalogue. */
    public Hours hours(Gpu gpu, DType dtype, int count, CalibrationBook book) {
        Calibration calibration = book.find(gpu.name(), dtypeName(dtype), Calibration.ANY_GPU);
        return scaled(seconds(gpu, dtype, count), calibration);
    }

    /** Hours where {@code seconds} is the best possible. */
    public static Hours scaled(double seconds, Calibration calibration) {
        double hours = seconds / 3600;
        return new Hours(
                hours * calibration.low(),
                hours * calibration.factor(),
                hours * calibration.high(),
                calibration);
    }

    /** The name of a dtype in calibrations and run files. */
    public static String dtypeName(DType dtype) {
        return dtype == DType.BF16 ? "bf16" : "fp32";
    }
}
