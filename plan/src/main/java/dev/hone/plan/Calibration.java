package dev.hone.plan;

import java.time.LocalDate;

/**
 * How much longer than its roofline a step takes on a device.
 *
 * @param device name of a GPU in the catalogue or of a processor, without commas; {@link #ANY_GPU}
 *     and {@link #ANY_PROCESSOR} for one that was never measured
 * @param dtype bf16 or fp32
 * @param factor step time over roofline
 * @param low the least it may be
 * @param high the most it may be
 * @param runs how many measurements it rests on, 0 for an assumption
 * @param asOf the day of the last one
 * @param basis what was measured last, or what stands in for it
 */
public record Calibration(
        String device,
        String dtype,
        double factor,
        double low,
        double high,
        int runs,
        LocalDate asOf,
        String basis) {
    /** The device that stands for every GPU. */
    public static final String ANY_GPU = "any GPU";

    /** The device that stands for every processor. */
    public static final String ANY_PROCESSOR = "any processor";

    /** Share of a factor measured once by which the next run may differ from it. */
    private static final double SPREAD = 0.15;

    /** The least it may differ by, however often it was measured. */
    private static final double LEAST_SPREAD = 0.05;

    /** Most measurements that weigh in, so that a new driver or engine shows after some runs. */
    private static final int MEMORY = 20;

    public Calibration {
        device = device.replace(',', ' ');
    }

    /** A step that took {@code seconds} where its roofline says {@code roofline}. */
    public static Calibration measured(
            String device,
            String dtype,
            double seconds,
            double roofline,
            LocalDate day,
            String what) {
        double factor = seconds / roofline;
        return new Calibration(
                device, dtype, factor, factor * (1 - SPREAD), factor * (1 + SPREAD), 1, day, what);
    }

    /** Whether this is of that device, commas aside, and dtype. */
    boolean isOf(String otherDevice, String otherDtype) {
        return device.equals(otherDevice.replace(',', ' ')) && dtype.equals(otherDtype);
    }

    /** Whether this was measured on the device itself. */
    public boolean measured() {
        return runs > 0;
    }

    /**
     * With one more measurement. The factor becomes the geometric mean of all, each weighing the
     * same; the interval's half-width, in logarithms, the root mean square of what it was and of
     * twice the distance of the new one, so that runs which agree narrow it and one that does not
     * widens it.
     */
    Calibration with(Calibration newer) {
        int before = Math.min(runs, MEMORY);
        double distance = Math.log(newer.factor / factor);
        double half = Math.log(high / low) / 2;
        double squares = before * half * half + 4 * distance * distance;
        double spread = Math.max(LEAST_SPREAD, Math.sqrt(squares / (before + 1)));
        double mean = factor * Math.exp(distance / (before + 1));
        return new Calibration(
                device,
                dtype,
                mean,
                mean * Math.exp(-spread),
                mean * Math.exp(spread),
                runs + 1,
                newer.asOf,
                newer.basis);
    }
}
