package dev.hone.plan;

import java.net.URI;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Vast.ai's offers, {@code POST /api/v0/bundles}: each is one machine of one host. Of alike ones
 * the median counts, since the cheapest is gone first.
 */
final class VastFeed implements PriceFeed {
    private static final Map<String, String> GPUS =
            Map.ofEntries(
                    Map.entry("RTX 4070S Ti", "RTX 4070 Ti Super"),
                    Map.entry("RTX 4080S", "RTX 4080 Super"),
                    Map.entry("RTX 6000Ada", "RTX 6000 Ada"),
                    Map.entry("RTX PRO 6000 S", "RTX PRO 6000"),
                    Map.entry("RTX PRO 6000 WS", "RTX PRO 6000"),
                    Map.entry("A100 SXM4", "A100 SXM"),
                    Map.entry("Tesla T4", "T4"),
                    Map.entry("Tesla V100", "V100"));

    @Override
    public String provider() {
        return "Vast";
    }

    @Override
    public URI address() {
        return URI.create("https://console.vast.ai/api/v0/bundles/");
    }

    @Override
    public Optional<String> body() {
        return Optional.of(
                "{\"type\":\"ondemand\",\"verified\":{\"eq\":true},\"rentable\":{\"eq\":true},"
                        + "\"reliability\":{\"gte\":0.98},\"limit\":1000}");
    }

    @Override
    public String keyVariable() {
        return "VAST_API_KEY";
    }

    @Override
    public List<Price> prices(String answer, GpuCatalogue catalogue, LocalDate today) {
        Map<List<Object>, List<Double>> offers = new LinkedHashMap<>();
        JsonNode root = FeedJson.read(provider(), answer);
        for (JsonNode offer : FeedJson.require(provider(), root, "offers")) {
            String name =
                    FeedJson.require(provider(), offer, "gpu_name").asString().replace('_', ' ');
            int count = FeedJson.require(provider(), offer, "num_gpus").asInt();
            double dollars = FeedJson.require(provider(), offer, "dph_total").asDouble();
            catalogue
                    .find(GPUS.getOrDefault(name, name))
                    .filter(_ -> count >= 1 && dollars > 0)
                    .filter(gpu -> memoryFits(gpu, offer))
                    .ifPresent(gpu ->
                            offers.computeIfAbsent(
                                            List.of(gpu.name(), count), _ -> new ArrayList<>())
                                    .add(dollars));
        }
        List<Price> prices = new ArrayList<>();
        offers.forEach((key, dollars) -> {
            dollars.sort(Comparator.naturalOrder());
            prices.add(
                    new Price(
                            provider(),
                            (String) key.get(0),
                            (Integer) key.get(1),
                            Price.Kind.COMMUNITY,
                            dollars.get(dollars.size() / 2),
                            today,
                            "median of %d offers at %s".formatted(dollars.size(), address())));
        });
        return prices;
    }

    /** A100s of 40 and of 80 GB go by one name there; {@code gpu_ram} is in MB. */
    private static boolean memoryFits(Gpu gpu, JsonNode offer) {
        JsonNode ram = offer.path("gpu_ram");
        return !ram.isNumber() || ram.asDouble() >= gpu.usable().value() * 1024 * 0.9;
    }
}
