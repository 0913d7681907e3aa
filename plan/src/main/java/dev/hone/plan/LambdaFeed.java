package dev.hone.plan;

import java.net.URI;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Lambda's {@code GET /instance-types}: cents an hour for a machine, named by type. */
final class LambdaFeed implements PriceFeed {
    /** The GPU of a type such as {@code gpu_8x_h100_sxm5gdr}. */
    private static final Pattern TYPE = Pattern.compile("gpu_\\d+x_([a-z0-9]+)(?:_([a-z0-9_]+))?");

    private static final Map<String, String> GPUS =
            Map.ofEntries(
                    Map.entry("a10", "A10"),
                    Map.entry("a6000", "RTX A6000"),
                    Map.entry("h100 pcie", "H100 PCIe"),
                    Map.entry("h100 sxm", "H100 SXM"),
                    Map.entry("gh200", "GH200"),
                    Map.entry("b200", "B200"),
                    Map.entry("v100", "V100"));

    @Override
    public String provider() {
        return "Lambda";
    }

    @Override
    public URI address() {
        return URI.create("https://cloud.lambda.ai/api/v1/instance-types");
    }

    @Override
    public String keyVariable() {
        return "LAMBDA_API_KEY";
    }

    @Override
    public List<Price> prices(String answer, GpuCatalogue catalogue, LocalDate today) {
        List<Price> prices = new ArrayList<>();
        JsonNode root = FeedJson.read(provider(), answer);
        for (JsonNode entry : FeedJson.require(provider(), root, "data")) {
            JsonNode type = FeedJson.require(provider(), entry, "instance_type");
            int count =
                    FeedJson.require(
                                    provider(), FeedJson.require(provider(), type, "specs"), "gpus")
                            .asInt();
            double cents = FeedJson.require(provider(), type, "price_cents_per_hour").asDouble();
            gpu(
                            FeedJson.require(provider(), type, "name").asString(),
                            type.path("gpu_description").asString(""))
                    .flatMap(catalogue::find)
                    .filter(_ -> count >= 1 && cents > 0)
                    .ifPresent(gpu ->
                            prices.add(
                                    new Price(
                                            provider(),
                                            gpu.name(),
                                            count,
                                            Price.Kind.ON_DEMAND,
                                            cents / 100,
                                            today,
                                            address().toString())));
        }
        return prices;
    }

    /** The catalogue's name; A100s are told apart by what the description says of their memory. */
    private static Optional<String> gpu(String type, String description) {
        Matcher matcher = TYPE.matcher(type);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String model = matcher.group(1);
        String form = matcher.group(2) == null ? "" : matcher.group(2);
        if (model.equals("a100")) {
            return Optional.of(
                    !description.contains("80 GB")
                            ? "A100 40GB"
                            : description.contains("PCIe") ? "A100 PCIe" : "A100 SXM");
        }
        if (model.equals("h100")) {
            model += form.startsWith("pcie") ? " pcie" : " sxm";
        }
        return Optional.ofNullable(GPUS.get(model));
    }
}
