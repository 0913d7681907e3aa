package dev.hone.plan;

import dev.hone.model.Holding;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One way to run: so many of a GPU, in one machine.
 *
 * @param holding how the model is held there: the fastest way that leaves room
 * @param peakBytes needed on each card
 * @param out why it will not do; empty when it will
 * @param fits whether the run fits into its memory
 * @param price the cheapest found, for the whole machine
 * @param efficiency how much of {@code count} times one card's speed is left
 * @param owningHours hours of training after which the card, bought at its launch price, has cost
 *     less than renting it
 */
public record Choice(
        Gpu gpu,
        int count,
        Holding holding,
        long peakBytes,
        boolean fits,
        Optional<String> out,
        TimePlan.Hours hours,
        Optional<Price> price,
        double efficiency,
        OptionalDouble owningHours) {

    /** Dollars of the run, when there is a price. */
    public OptionalDouble dollars() {
        return price.isPresent()
                ? OptionalDouble.of(price.get().dollarsPerHour() * hours.middle())
                : OptionalDouble.empty();
    }

    /** Dollars should it take as long as it may. */
    public OptionalDouble dollarsAtMost() {
        return price.isPresent()
                ? OptionalDouble.of(price.get().dollarsPerHour() * hours.high())
                : OptionalDouble.empty();
    }

    /** Bytes that stay free on each card; negative when so many are missing. */
    public long freeBytes() {
        return gpu.usableBytes() - peakBytes;
    }
}
