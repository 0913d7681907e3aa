package dev.hone.plan;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One method beside the others.
 *
 * @param name such as {@code lora}
 * @param weightBytes of the base model
 * @param peakBytes needed on one card where the model is held in the fastest way, unless the run
 *     file says how
 * @param leastPeakBytes the same where it is held in the smallest
 * @param keeps how it is held on {@code best}, for people
 * @param best the cheapest single card that it fits, empty when none does
 * @param hours on that card
 * @param dollars on that card
 * @param lost what is given up
 */
public record MethodRow(
        String name,
        long weightBytes,
        long peakBytes,
        long leastPeakBytes,
        Optional<String> keeps,
        Optional<Gpu> best,
        OptionalDouble hours,
        OptionalDouble dollars,
        String lost) {}
