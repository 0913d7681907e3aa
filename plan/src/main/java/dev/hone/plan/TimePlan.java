package dev.hone.plan;

import dev.hone.data.Example;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.LayeredStep;
import dev.hone.train.Mix;
import dev.hone.train.PassCount;
import dev.hone.train.RunFile;

/**
 * The time of a run: what its steps compute and move, divided by what a device does a second, times
 * how much longer than that steps were measured to take.
 */
public final class TimePlan {
    /** Share of a link's rate that an all-reduce reaches; an assumption. */
    private static final double LINK_SHARE = 0.7;

    private final RunCount count;
    private final double training;
    private final double microBatches;
    private final long gradientBytes;

    private TimePlan(RunCount count, double training, double microBatches, long gradientBytes) {
        this.count = count;
        this.training = training;
        this.microBatches = microBatches;
        this.gradientBytes = gradientBytes;
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
        return of(new RunCount(device, config, method, training, work));
    }

    static TimePlan of(RunCount count) {
        Workload work = count.work();
        long heldBack = work.holdout().stream().mapToLong(Example::length).sum();
        double equivalent = work.tokens() + 2 * 0.5 * heldBack;
        double typical = work.typical().tokens();
        return new TimePlan(
                count,
                work.tokens() / typical,
                equivalent / typical,
                4 * count.step(count.training().memory().keep()).trainableParameters());
    }

    /** Floating-point operations of one token, as the run's settings have it. */
    public double flopsPerToken() {
        return (double) pass(keep()).flops() / count.work().typical().tokens();
    }

    /** Tokens of the run. */
    public long tokens() {
        return count.work().tokens();
    }

    private KeepPolicy keep() {
        return count.training().memory().keep();
    }

    private PassCount pass(KeepPolicy policy) {
        return count.step(policy).passes().get(count.typical());
    }

    /** Seconds on one device at best, as the run's settings have it. */
    public double seconds(Rates rates) {
        return seconds(rates, keep());
    }

    /** The same of the training steps alone. */
    public double trainingSeconds(Rates rates) {
        return training * passSeconds(rates, keep())
                + count.work().steps() * rates.seconds(count.step(keep()).update());
    }

    /** Seconds on one device at best, with layers that keep what {@code policy} says. */
    double seconds(Rates rates, KeepPolicy policy) {
        return microBatches * passSeconds(rates, policy)
                + count.work().steps() * rates.seconds(count.step(policy).update());
    }

    private double passSeconds(Rates rates, KeepPolicy policy) {
        return passSeconds(
                rates,
                count.layered(),
                Mix.of(policy, count.config().layers()),
                pass(policy),
                count.typical());
    }

    /**
     * Seconds of a micro-batch's passes. A layer's copies to and from the host go on beside its own
     * arithmetic, so that it takes the longer of the two.
     *
     * @param whole all layers together
     * @param index of the micro-batch among the passes counted
     */
    static double passSeconds(
            Rates rates, LayeredStep layered, Mix mix, PassCount whole, int index) {
        if (whole.transferBytes() == 0 || !layered.derives()) {
            return rates.seconds(whole.work(), whole.transferBytes());
        }
        double seconds = rates.seconds(whole.work());
        for (Mix.Block block : mix.blocks()) {
            PassCount layer = layered.layer(block.kind()).passes().get(index);
            double both = rates.seconds(layer.work(), layer.transferBytes());
            seconds += block.layers() * (both - rates.seconds(layer.work()));
        }
        return seconds;
    }

    /**
     * Seconds at best on several cards of one machine, each with the whole model, its share of
     * every step's tokens, and the gradients summed over all once a step while nothing else
     * happens.
     */
    public double seconds(Gpu gpu, DType dtype, int cards, KeepPolicy policy) {
        Rates rates = Rates.of(gpu, dtype);
        if (cards == 1) {
            return seconds(rates, policy);
        }
        double exchange =
                2.0 * (cards - 1) / cards * gradientBytes / (gpu.link().value() * 1e9 * LINK_SHARE);
        return microBatches * passSeconds(rates, policy) / cards
                + count.work().steps() * (rates.seconds(count.step(policy).update()) + exchange);
    }

    /** How much of {@code cards} times one card's speed is left. */
    public double efficiency(Gpu gpu, DType dtype, int cards, KeepPolicy policy) {
        return seconds(gpu, dtype, 1, policy) / (cards * seconds(gpu, dtype, cards, policy));
    }

    /** Hours on GPUs of the catalogue. */
    public Hours hours(Gpu gpu, DType dtype, int cards, KeepPolicy policy, CalibrationBook book) {
        Calibration calibration = book.find(gpu.name(), dtypeName(dtype), Calibration.ANY_GPU);
        return scaled(seconds(gpu, dtype, cards, policy), calibration);
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
