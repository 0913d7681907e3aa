package dev.hone.plan;

import java.util.List;
import java.util.Locale;

/** The list of providers that can be asked for prices. A new one is a file and a line here. */
public final class PriceFeeds {
    private static final List<PriceFeed> ALL =
            List.of(new RunPodFeed(), new LambdaFeed(), new VastFeed());

    private PriceFeeds() {}

    /** All of them. */
    public static List<PriceFeed> all() {
        return ALL;
    }

    /** That of this provider, upper or lower case. */
    public static PriceFeed require(String provider) {
        return ALL.stream()
                .filter(f -> f.provider().equalsIgnoreCase(provider))
                .findFirst()
                .orElseThrow(() ->
                        new PlanException(
                                "no prices can be asked of '%s'; %s"
                                        .formatted(
                                                provider,
                                                Choices.hint(
                                                        provider,
                                                        ALL.stream()
                                                                .map(f ->
                                                                        f.provider()
                                                                                .toLowerCase(
                                                                                        Locale
                                                                                                .ROOT))
                                                                .toList()))));
    }
}
