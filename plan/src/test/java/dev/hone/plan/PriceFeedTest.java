package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers in the shape of the providers' published API documents. */
class PriceFeedTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

    private final GpuCatalogue catalogue = GpuCatalogue.load();

    private List<Price> prices(String provider) throws IOException {
        String name = "/feeds/" + provider + ".json";
        try (InputStream in = PriceFeedTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is missing");
            }
            return PriceFeeds.require(provider)
                    .prices(new String(in.readAllBytes(), StandardCharsets.UTF_8), catalogue, DAY);
        }
    }

    private static String line(Price p) {
        return "%s %d %s %s".formatted(p.gpu(), p.count(), p.kind(), p.dollarsPerHour());
    }

    @Test
    void runPodListsDollarsAnHourForOneCard() throws Exception {
        assertThat(prices("runpod"))
                .extracting(PriceFeedTest::line)
                .containsExactly(
                        "RTX 4090 1 on-demand 0.44",
                        "RTX 4090 1 community 0.31",
                        "H100 SXM 1 on-demand 3.99");
        assertThat(prices("runpod")).allSatisfy(p -> assertThat(p.asOf()).isEqualTo(DAY));
    }

    @Test
    void lambdaListsCentsAnHourForAMachine() throws Exception {
        assertThat(prices("lambda"))
                .extracting(PriceFeedTest::line)
                .containsExactlyInAnyOrder(
                        "H100 SXM 8 on-demand 35.92",
                        "A10 1 on-demand 0.86",
                        "A100 40GB 8 on-demand 15.92",
                        "A100 SXM 8 on-demand 22.32",
                        "H100 PCIe 1 on-demand 3.29");
    }

    @Test
    void ofVastsOffersTheMedianCounts() throws Exception {
        assertThat(prices("vast"))
                .extracting(PriceFeedTest::line)
                .containsExactlyInAnyOrder("RTX 4090 1 community 0.36", "A100 SXM 2 community 2.1");
    }

    @Test
    void anAnswerOfAnotherShapeIsRefusedWithWhatWasFound() {
        assertThatThrownBy(
                        () -> PriceFeeds.require("RunPod").prices("{\"gpu\": []}", catalogue, DAY))
                .isInstanceOf(PlanException.class)
                .hasMessage("RunPod's price list has no 'gpus'; found {\"gpu\":[]}");
        assertThatThrownBy(() ->
                        PriceFeeds.require("vast")
                                .prices("{\"offers\":[{\"id\":1}]}", catalogue, DAY))
                .hasMessage("Vast's price list has no 'gpu_name'; found {\"id\":1}");
        assertThatThrownBy(() -> PriceFeeds.require("lambda").prices("<html>", catalogue, DAY))
                .hasMessageStartingWith("Lambda's price list is not JSON: ");
    }

    @Test
    void aProviderWithoutAFeedIsRefusedWithTheList() {
        assertThatThrownBy(() -> PriceFeeds.require("coreweave"))
                .hasMessage(
                        "no prices can be asked of 'coreweave'; expected one of runpod, lambda, vast");
    }
}
