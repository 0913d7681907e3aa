package dev.hone.plan;

import java.util.List;

/**
 * What a few passes timed before a run tell of its time.
 *
 * @param calibration what was believed before and what was seen, together
 * @param settled whether the passes had stopped warming up
 * @param surprising whether what was seen lies outside of what was believed
 */
public record ProbedTime(Calibration calibration, boolean settled, boolean surprising) {
    /** Two passes in a row that differ by less are taken for the steady speed. */
    private static final double STEADY = 0.1;

    /** The least by which a whole run differs from passes timed at its start. */
    private static final double LEAST_DEVIATION = 0.05;

    /**
     * Seconds of passes in which the JVM compiles what they run; before, two that agree say
     * nothing.
     */
    private static final double WARM_UP = 5;

    /**
     * Whether the speed is steady: passes have run for some seconds, and the last two agree.
     *
     * @param seconds of all passes so far
     */
    public static boolean settled(List<Double> factors, double seconds) {
        int n = factors.size();
        return seconds >= WARM_UP
                && n >= 2
                && Math.abs(Math.log(factors.get(n - 1) / factors.get(n - 2))) < STEADY;
    }

    /**
     * Combines what was believed with what was seen. Both are taken as normal in the logarithm of
     * the factor and weigh by how sure they are (Bayes); an interval is two deviations to each
     * side. Passes that still get faster say only that the factor is no larger than the last.
     *
     * @param factors of passes, seconds over roofline, in order
     * @param seconds of all passes
     */
    public static ProbedTime of(Calibration before, List<Double> factors, double seconds) {
        double last = factors.getLast();
        if (!settled(factors, seconds)) {
            double middle = Math.min(before.factor(), last);
            double low = last < before.factor() ? Math.min(before.low(), middle / 2) : before.low();
            return new ProbedTime(
                    with(before, low, middle, Math.min(before.high(), last)), false, false);
        }
        List<Double> steady =
                factors.stream()
                        .map(Math::log)
                        .filter(f -> Math.abs(f - Math.log(last)) < STEADY)
                        .toList();
        double seen = steady.stream().mapToDouble(f -> f).average().orElseThrow();
        double squares = steady.stream().mapToDouble(f -> (f - seen) * (f - seen)).sum();
        double deviation =
                Math.max(LEAST_DEVIATION, Math.sqrt(squares / Math.max(1, steady.size() - 1)));
        double slowest = Math.exp(seen + 2 * deviation);
        double fastest = Math.exp(seen - 2 * deviation);
        if (fastest > before.high() || slowest < before.low()) {
            return new ProbedTime(
                    with(
                            before,
                            Math.min(before.low(), fastest),
                            Math.exp(seen),
                            Math.max(before.high(), slowest)),
                    true,
                    true);
        }
        double believed = Math.log(before.high() / before.low()) / 4;
        double seenWeight = 1 / (deviation * deviation);
        double believedWeight = 1 / (believed * believed);
        double mean =
                (seen * seenWeight + Math.log(before.factor()) * believedWeight)
                        / (seenWeight + believedWeight);
        double half = 2 / Math.sqrt(seenWeight + believedWeight);
        return new ProbedTime(
                with(before, Math.exp(mean - half), Math.exp(mean), Math.exp(mean + half)),
                true,
                false);
    }

    private static Calibration with(Calibration before, double low, double factor, double high) {
        return new Calibration(
                before.device(),
                before.dtype(),
                factor,
                low,
                high,
                before.runs(),
                before.asOf(),
                before.basis());
    }
}
