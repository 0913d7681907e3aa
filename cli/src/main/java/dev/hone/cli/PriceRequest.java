package dev.hone.cli;

import dev.hone.plan.PriceFeed;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Asks a provider for its price list. */
final class PriceRequest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private PriceRequest() {}

    /** The provider's answer. */
    static String send(HttpClient client, PriceFeed feed, Map<String, String> environment)
            throws IOException {
        String key = environment.getOrDefault(feed.keyVariable(), "");
        if (key.isBlank()) {
            throw new BadInputException(
                    "%s's price list needs a key: set %s (a key that may only read will do)"
                            .formatted(feed.provider(), feed.keyVariable()));
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(feed.address())
                        .timeout(PATIENCE)
                        .header("Authorization", "Bearer " + key)
                        .header("Accept", "application/json");
        feed.body()
                .ifPresent(body ->
                        request.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body)));
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(
                        "%s answered %d to %s; expected 200"
                                .formatted(feed.provider(), response.statusCode(), feed.address()));
            }
            return response.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + feed.provider(), e);
        }
    }
}
