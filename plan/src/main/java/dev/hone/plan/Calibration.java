package dev.hone.plan;

import java.time.LocalDate;

/**
 * How much longer than its roofline a step takes on a device.
 *
 * @param device name of a GPU in the catalogue or of a processor; {@link #ANY_GPU} and {@link
 *     #ANY_PROCESSOR} for one that was never measured
 * @param dtype bf16 or fp32
 * @param factor step time over roofline
 * @param low the least it may be
 * @param high the most it may be
 * @param asOf the day it was measured
 * @param basis what was measured, or what stands in for it
 */
public record Calibration(
        String device,
        String dtype,
        double factor,
        double low,
        double high,
        LocalDate asOf,
        String basis) {
    /** The device that stands for every GPU. */
    public static final String ANY_GPU = "any GPU";

    /** The device that stands for every processor. */
    public static final String ANY_PROCESSOR = "any processor";

    /** Share of a measured factor by which the next run may differ from it. */
    private static final double SPREAD = 0.15;

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
                device, dtype, factor, factor * (1 - SPREAD), factor * (1 + SPREAD), day, what);
    }

    /** Whether this was measured on the device itself. */
    public boolean measured() {
        return !device.equals(ANY_GPU) && !device.equals(ANY_PROCESSOR);
    }
}
