package dev.hone.plan;

import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A provider's public price list: where to ask, and what the answer means. Whoever adds a provider
 * writes one of these and a line in {@link PriceFeeds}.
 */
public interface PriceFeed {
    /** The provider's name, as in price lists. */
    String provider();

    /** What is asked. */
    URI address();

    /** The body of the request; empty for a GET. */
    default Optional<String> body() {
        return Optional.empty();
    }

    /** The environment variable that holds the key to ask with. */
    String keyVariable();

    /**
     * The prices that an answer holds for cards of the catalogue; cards that are not in it are
     * passed over.
     *
     * @throws PlanException when the answer is not of the documented shape
     */
    List<Price> prices(String answer, GpuCatalogue catalogue, LocalDate today);
}
