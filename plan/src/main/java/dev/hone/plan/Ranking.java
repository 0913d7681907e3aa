package dev.hone.plan;

import dev.hone.model.Holding;
import dev.hone.tensor.DType;
import dev.hone.train.HoldingSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Every GPU, one and several, from the best to the worst; those that will not do come last. */
public final class Ranking {
    private static final int[] COUNTS = {1, 2, 4, 8};

    /** NCCL's buffers, an assumption: hundreds of megabytes for each communicator. */
    static final long EXCHANGE_BYTES = 300L << 20;

    private Ranking() {}

    /** What comes first. */
    public enum Sort {
        /** The cheapest run. */
        COST,
        /** The soonest done. */
        TIME,
        /** The fewest dollars for each hour saved against the cheapest run. */
        SAVED,
        /** The most memory left free. */
        MEMORY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What will do.
     *
     * @param gpu only this one
     * @param budget dollars that the run may cost
     * @param deadlineHours hours that it may take
     * @param electricity dollars a kWh, for owning a card
     */
    public record Wishes(
            Sort sort,
            Optional<Gpu> gpu,
            int maxCount,
            Set<Price.Kind> kinds,
            OptionalDouble budget,
            OptionalDouble deadlineHours,
            double electricity) {}

    /** Ranks the catalogue for a run. */
    static List<Choice> of(
            GpuCatalogue catalogue,
            PriceBook prices,
            CalibrationBook calibrations,
            RunCount needs,
            TimePlan time,
            DType dtype,
            Wishes wishes) {
        List<Choice> choices = new ArrayList<>();
        for (Gpu gpu : catalogue.gpus()) {
            if (wishes.gpu().isPresent() && !wishes.gpu().get().equals(gpu)) {
                continue;
            }
            for (int count : COUNTS) {
                if (count <= wishes.maxCount()) {
                    choices.add(
                            choice(gpu, count, prices, calibrations, needs, time, dtype, wishes));
                }
            }
        }
        choices.sort(order(choices, wishes.sort()));
        return List.copyOf(choices);
    }

    private static Choice choice(
            Gpu gpu,
            int count,
            PriceBook prices,
            CalibrationBook calibrations,
            RunCount needs,
            TimePlan time,
            DType dtype,
            Wishes wishes) {
        long exchange = count > 1 ? EXCHANGE_BYTES : 0;
        Holding holding =
                needs.fastest(
                        gpu.usableBytes() - exchange,
                        held -> time.seconds(gpu, dtype, count, held));
        long peak = needs.peakBytes(holding) + exchange;
        boolean fits = peak <= gpu.usableBytes();
        TimePlan.Hours hours = time.hours(gpu, dtype, count, holding, calibrations);
        Optional<Price> price = prices.cheapest(gpu, count, wishes.kinds());
        Choice choice =
                new Choice(
                        gpu,
                        count,
                        holding,
                        peak,
                        fits,
                        gpu.refusal(dtype),
                        hours,
                        price,
                        time.efficiency(gpu, dtype, count, holding),
                        owning(gpu, count, price, wishes.electricity()));
        return choice.out().isPresent()
                ? choice
                : with(choice, reason(choice, wishes, needs.search()));
    }

    private static Choice with(Choice c, Optional<String> out) {
        return new Choice(
                c.gpu(),
                c.count(),
                c.holding(),
                c.peakBytes(),
                c.fits(),
                out,
                c.hours(),
                c.price(),
                c.efficiency(),
                c.owningHours());
    }

    private static Optional<String> reason(Choice c, Wishes wishes, HoldingSearch search) {
        if (!c.fits()) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "too small by %.1f GiB%s",
                            -c.freeBytes() / (double) (1L << 30),
                            !search.hasChoice()
                                    ? ""
                                    : search.smallest().placements().streamed() > 0
                                            ? ", even with weights and inputs in host memory"
                                            : ", even when every layer keeps its input alone"));
        }
        if (wishes.deadlineHours().isPresent()
                && c.hours().middle() > wishes.deadlineHours().getAsDouble()) {
            return Optional.of(
                    String.format(
                            Locale.ROOT, "takes %.1f h, past the deadline", c.hours().middle()));
        }
        if (wishes.budget().isPresent()) {
            if (c.dollars().isEmpty()) {
                return Optional.of("no price is known to hold against the budget");
            }
            if (c.dollars().getAsDouble() > wishes.budget().getAsDouble()) {
                return Optional.of(
                        String.format(
                                Locale.ROOT,
                                "costs $%.2f, over the budget",
                                c.dollars().getAsDouble()));
            }
        }
        return Optional.empty();
    }

    private static OptionalDouble owning(
            Gpu gpu, int count, Optional<Price> price, double electricity) {
        if (price.isEmpty() || gpu.launchDollars().isEmpty()) {
            return OptionalDouble.empty();
        }
        double power = gpu.watts().value() / 1000 * electricity;
        double saved = price.get().dollarsPerHour() / count - power;
        return saved > 0
                ? OptionalDouble.of(gpu.launchDollars().get().value() / saved)
                : OptionalDouble.empty();
    }

    private static Comparator<Choice> order(List<Choice> choices, Sort sort) {
        Comparator<Choice> within =
                switch (sort) {
                    case COST -> Comparator.comparingDouble(Ranking::dollarsOrInfinity);
                    case TIME -> Comparator.comparingDouble(c -> c.hours().middle());
                    case SAVED -> {
                        Optional<Choice> cheapest =
                                choices.stream()
                                        .filter(c -> c.out().isEmpty() && c.price().isPresent())
                                        .min(
                                                Comparator.comparingDouble(
                                                        Ranking::dollarsOrInfinity));
                        yield Comparator.comparingDouble(c ->
                                cheapest.map(base -> dollarsPerHourSaved(base, c))
                                        .orElse(Double.POSITIVE_INFINITY));
                    }
                    case MEMORY -> Comparator.comparingLong(c -> -c.freeBytes());
                };
        return Comparator.comparing((Choice c) -> c.out().isPresent())
                .thenComparing(within)
                .thenComparingDouble(c -> c.hours().middle())
                .thenComparing(c -> c.gpu().name())
                .thenComparingInt(Choice::count);
    }

    private static double dollarsOrInfinity(Choice c) {
        return c.dollars().orElse(Double.POSITIVE_INFINITY);
    }

    /**
     * Dollars more than the cheapest run for each hour less. The cheapest itself comes first; what
     * is dearer and no faster comes last.
     */
    static double dollarsPerHourSaved(Choice cheapest, Choice c) {
        if (c.equals(cheapest)) {
            return Double.NEGATIVE_INFINITY;
        }
        double hours = cheapest.hours().middle() - c.hours().middle();
        return hours <= 0
                ? Double.POSITIVE_INFINITY
                : (dollarsOrInfinity(c) - dollarsOrInfinity(cheapest)) / hours;
    }
}
