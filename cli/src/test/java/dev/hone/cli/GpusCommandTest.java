package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hone.plan.GpuCatalogue;
import dev.hone.plan.Price;
import dev.hone.plan.PriceFeed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GpusCommandTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void theCatalogueReadsInEightyColumns() {
        for (String more : new String[] {"--sources", "--prices="}) {
            Cli cli = more.endsWith("=") ? Cli.run("gpus") : Cli.run("gpus", more);
            assertThat(cli.code()).isZero();
            assertThat(cli.out().lines())
                    .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
            assertThat(cli.out()).contains("RTX 4090", " 23.52 of 24", "not for Hone: compute");
        }
    }

    @Test
    void jsonHasEveryFigureWithItsSources() {
        JsonNode list = JsonMapper.builder().build().readTree(Cli.run("gpus", "--json").out());
        assertThat(list.size()).isGreaterThan(20);
        for (JsonNode gpu : list) {
            assertThat(gpu.get("usable_gib_sources").size()).isPositive();
            assertThat(gpu.get("bandwidth_gb_s").asDouble()).isPositive();
        }
    }

    @Test
    void theAnswerOfAProviderBecomesAPriceFile() throws Exception {
        Path answer = folder.resolve("runpod.json");
        Files.writeString(
                answer,
                "{\"gpus\":[{\"id\":\"NVIDIA L4\",\"name\":\"L4\",\"price\":{\"secure\":0.43,\"community\":null}}]}");
        Cli cli = Cli.run("gpus", "--refresh", "runpod", "--answer", answer.toString());
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .startsWith(
                        "provider,gpu,count,kind,dollars_per_hour,as_of,source\nRunPod,L4,1,on-demand,0.43,");
        Path prices = folder.resolve("prices.csv");
        Files.writeString(prices, cli.out());
        assertThat(Cli.run("gpus", "--prices", prices.toString()).code()).isZero();
    }

    @Test
    void withoutAKeyTheVariableIsNamed() {
        Feed feed = new Feed(URI.create("http://localhost/"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThatThrownBy(() -> PriceRequest.send(client, feed, Map.of()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "Acme's price list needs a key: set ACME_KEY (a key that may only read will do)");
        }
    }

    @Test
    void aProviderIsAskedWithTheKeyAndAnythingButTwoHundredIsAnError() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    boolean good =
                            "Bearer k1"
                                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
                    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(good ? 200 : 401, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Feed feed =
                    new Feed(
                            URI.create(
                                    "http://127.0.0.1:%d/prices"
                                            .formatted(server.getAddress().getPort())));
            assertThat(PriceRequest.send(client, feed, Map.of("ACME_KEY", "k1"))).isEqualTo("{}");
            assertThatThrownBy(() -> PriceRequest.send(client, feed, Map.of("ACME_KEY", "bad")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Acme answered 401 to %s; expected 200".formatted(feed.address()));
        } finally {
            server.stop(0);
        }
    }

    private record Feed(URI address) implements PriceFeed {
        @Override
        public String provider() {
            return "Acme";
        }

        @Override
        public String keyVariable() {
            return "ACME_KEY";
        }

        @Override
        public List<Price> prices(String answer, GpuCatalogue catalogue, LocalDate today) {
            return List.of();
        }
    }
}
