package dev.hone.cli;

import dev.hone.plan.Gpu;
import dev.hone.plan.GpuCatalogue;
import dev.hone.plan.Price;
import dev.hone.plan.PriceBook;
import dev.hone.tensor.Device;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a run that are not the run file's: money, and what is learned from it. */
final class RunOptions {
    private static final Set<Price.Kind> TERMS =
            EnumSet.of(Price.Kind.ON_DEMAND, Price.Kind.COMMUNITY);

    @Option(
            names = "--price-per-hour",
            paramLabel = "DOLLARS",
            description =
                    "What an hour of this machine costs; default: the cheapest price known of its card.")
    private @Nullable Double pricePerHour;

    @Option(
            names = "--no-learn",
            description = "Do not keep the run's speed for the hours of later plans.")
    private boolean noLearn;

    RunOptions() {}

    boolean learns() {
        return !noLearn;
    }

    /** What an hour costs, when it is known. */
    Optional<HourPrice> price(Device device) {
        if (pricePerHour != null) {
            if (!(pricePerHour > 0)) {
                throw new BadInputException(
                        "--price-per-hour must be greater than 0, found " + pricePerHour);
            }
            return Optional.of(new HourPrice(pricePerHour, "as given"));
        }
        return DeviceRates.gpu(device).flatMap(RunOptions::cheapest);
    }

    private static Optional<HourPrice> cheapest(Gpu gpu) {
        return PriceBook.load(GpuCatalogue.load())
                .cheapest(gpu, 1, TERMS)
                .map(p ->
                        new HourPrice(
                                p.dollarsPerHour(),
                                "%s, %s, as of %s".formatted(p.provider(), p.kind(), p.asOf())));
    }
}
