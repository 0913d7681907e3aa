package dev.hone.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Rental prices: those that come with Hone, and on top of them those of a user's file. */
public final class PriceBook {
    static final List<String> COLUMNS =
            List.of("provider", "gpu", "count", "kind", "dollars_per_hour", "as_of", "source");

    private final List<Price> prices;

    private PriceBook(List<Price> prices) {
        this.prices = prices;
    }

    /** The prices that come with Hone. */
    public static PriceBook load(GpuCatalogue catalogue) {
        return of(Table.resource("prices.csv", COLUMNS), catalogue);
    }

    /** The prices of one file; a {@link PlanException} names line and column of a fault. */
    public static PriceBook read(Path file, GpuCatalogue catalogue) {
        return of(Table.read(file, COLUMNS), catalogue);
    }

    /** These prices. */
    public static PriceBook of(List<Price> prices) {
        return new PriceBook(List.copyOf(prices));
    }

    private static PriceBook of(Table table, GpuCatalogue catalogue) {
        List<Price> prices = new ArrayList<>();
        for (Table.Row row : table.rows()) {
            Gpu gpu =
                    catalogue
                            .find(row.text("gpu"))
                            .orElseThrow(() -> row.wrong("gpu", "a GPU that `hone gpus` lists"));
            prices.add(
                    new Price(
                            row.text("provider"),
                            gpu.name(),
                            row.count("count"),
                            row.choice("kind", Price.Kind.class),
                            row.positive("dollars_per_hour"),
                            row.date("as_of"),
                            row.text("source")));
        }
        return new PriceBook(List.copyOf(prices));
    }

    /** These prices, replaced by those of {@code newer} for the same offer, and with its others. */
    public PriceBook with(PriceBook newer) {
        Map<List<Object>, Price> merged = new LinkedHashMap<>();
        Stream.concat(prices.stream(), newer.prices.stream())
                .forEach(p -> merged.put(List.of(p.provider(), p.gpu(), p.count(), p.kind()), p));
        return new PriceBook(List.copyOf(merged.values()));
    }

    public List<Price> prices() {
        return prices;
    }

    /**
     * The cheapest way to rent {@code count} of a GPU in one machine: an offer of that size, or
     * that many times an offer of one. Empty when nobody offers it.
     *
     * @param kinds the terms that will do
     */
    public Optional<Price> cheapest(Gpu gpu, int count, Set<Price.Kind> kinds) {
        return prices.stream()
                .filter(p -> p.gpu().equals(gpu.name()) && kinds.contains(p.kind()))
                .filter(p -> p.count() == count || p.count() == 1)
                .map(p ->
                        new Price(
                                p.provider(),
                                p.gpu(),
                                count,
                                p.kind(),
                                p.dollarsPerHour() * count / p.count(),
                                p.asOf(),
                                p.source()))
                .min(Comparator.comparingDouble(Price::dollarsPerHour));
    }

    /** The prices as a file that {@link #read} takes. */
    public String csv() {
        StringBuilder out = new StringBuilder(String.join(",", COLUMNS)).append('\n');
        for (Price p : prices) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "%s,%s,%d,%s,%s,%s,%s%n",
                            p.provider(),
                            p.gpu(),
                            p.count(),
                            p.kind(),
                            p.dollarsPerHour(),
                            p.asOf(),
                            p.source()));
        }
        return out.toString();
    }
}
