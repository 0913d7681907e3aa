package dev.hone.plan;

import java.net.URI;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** RunPod's catalogue, {@code GET /v2/catalog/gpus}: dollars an hour for one card. */
final class RunPodFeed implements PriceFeed {

    @Override
    public String provider() {
        return "RunPod";
    }

    @Override
    public URI address() {
        return URI.create("https://api.runpod.io/v2/catalog/gpus");
    }

    @Override
    public String keyVariable() {
        return "RUNPOD_API_KEY";
    }

    @Override
    public List<Price> prices(String answer, GpuCatalogue catalogue, LocalDate today) {
        List<Price> prices = new ArrayList<>();
        JsonNode root = FeedJson.read(provider(), answer);
        for (JsonNode gpu : FeedJson.require(provider(), root, "gpus")) {
            String id = FeedJson.require(provider(), gpu, "id").asString();
            JsonNode price = FeedJson.require(provider(), gpu, "price");
            catalogue
                    .find(id)
                    .or(() -> catalogue.find(gpu.path("name").asString("")))
                    .ifPresent(known -> {
                        add(prices, known, Price.Kind.ON_DEMAND, price.path("secure"), today);
                        add(prices, known, Price.Kind.COMMUNITY, price.path("community"), today);
                    });
        }
        return prices;
    }

    private void add(
            List<Price> prices, Gpu gpu, Price.Kind kind, JsonNode dollars, LocalDate today) {
        if (dollars.isNumber() && dollars.asDouble() > 0) {
            prices.add(
                    new Price(
                            provider(),
                            gpu.name(),
                            1,
                            kind,
                            dollars.asDouble(),
                            today,
                            address().toString()));
        }
    }
}
