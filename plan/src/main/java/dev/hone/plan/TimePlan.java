package dev.hone.plan;

import dev.hone.data.Example;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
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
                4 * count.step(count.training().memory().holding()).trainableParameters());
    }

    /** Floating-point operations of one token, as the run's settings have it. */
    public double flopsPerToken() {
        return (double) pass(asked()).flops() / count.work().typical().tokens();
    }

    /** Tokens of the run. */
    public long tokens() {
        return count.work().tokens();
    }

    private Holding asked() {
        return count.training().memory().holding();
    }

    private PassCount pass(Holding holding) {
        return count.step(holding).passes().get(count.typical());
    }

    /** Seconds on one device at best, as the run's settings have it. */
    public double seconds(Rates rates) {
        return seconds(rates, asked());
    }

    /** The same of the training steps alone. */
    public double trainingSeconds(Rates rates) {
        return seconds(rates, asked(), training);
    }

    /** The memory of the same run, every layer counted. */
    public MemoryPlan memory() {
        return count.inFull(asked());
    }

    /** Seconds on one device at best, held like this. */
    double seconds(Rates rates, Holding holding) {
        return seconds(rates, holding, microBatches);
    }

    private double seconds(Rates rates, Holding holding, double passes) {
        return passes * passSeconds(rates, holding)
                + count.work().steps() * rates.seconds(count.step(holding).update());
    }

    private double passSeconds(Rates rates, Holding holding) {
        return count.layered().passSeconds(holding, count.typical(), rates);
    }

    /**
     * Seconds at best on several cards of one machine, each with the whole model, its share of
     * every step's tokens, and the gradients summed over all once a step while nothing else
     * happens. The host starts as many operations for each card.
     */
    public double seconds(Gpu gpu, DType dtype, int cards, Holding holding) {
        Rates rates = Rates.of(gpu, dtype);
        if (cards == 1) {
            return seconds(rates, holding);
        }
        double exchange =
                2.0 * (cards - 1) / cards * gradientBytes / (gpu.link().value() * 1e9 * LINK_SHARE);
        double pass =
                Math.max(
                        passSeconds(rates, holding) / cards,
                        rates.startSeconds(pass(holding).work()));
        return microBatches * pass
                + count.work().steps() * (rates.seconds(count.step(holding).update()) + exchange);
    }

    /** How much of {@code cards} times one card's speed is left. */
    public double efficiency(Gpu gpu, DType dtype, int cards, Holding holding) {
        return seconds(gpu, dtype, 1, holding) / (cards * seconds(gpu, dtype, cards, holding));
    }

    /** Hours on GPUs of the catalogue. */
    public Hours hours(Gpu gpu, DType dtype, int cards, Holding holding, CalibrationBook book) {
        Calibration calibration = book.find(gpu.name(), dtypeName(dtype), Calibration.ANY_GPU);
        return scaled(seconds(gpu, dtype, cards, holding), calibration);
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
