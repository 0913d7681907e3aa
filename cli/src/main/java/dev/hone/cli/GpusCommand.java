package dev.hone.cli;

import dev.hone.plan.Figure;
import dev.hone.plan.Gpu;
import dev.hone.plan.GpuCatalogue;
import dev.hone.plan.Price;
import dev.hone.plan.PriceBook;
import dev.hone.plan.PriceFeed;
import dev.hone.plan.PriceFeeds;
import dev.hone.tensor.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The GPU catalogue and the price list. */
@Command(
        name = "gpus",
        mixinStandardHelpOptions = true,
        description = "Lists the GPUs that plans rank, with what each costs to rent.")
final class GpusCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Option(names = "--prices", paramLabel = "FILE", description = "Prices on top of Hone's.")
    private @Nullable Path prices;

    @Option(names = "--sources", description = "Also say where each figure was read.")
    private boolean sources;

    @Option(
            names = "--price-list",
            description = "Print all prices as a file that --prices takes, with date and source.")
    private boolean priceList;

    @Option(
            names = "--refresh",
            split = ",",
            paramLabel = "PROVIDER",
            description =
                    "Ask runpod, lambda or vast for prices of today and print them as a file that"
                            + " --prices takes. The key is read from RUNPOD_API_KEY, LAMBDA_API_KEY,"
                            + " VAST_API_KEY.")
    private List<String> refresh = List.of();

    @Option(
            names = "--answer",
            paramLabel = "FILE",
            description = "With one --refresh: read the provider's answer from this file instead.")
    private @Nullable Path answer;

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    GpusCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        GpuCatalogue catalogue = GpuCatalogue.load();
        if (!refresh.isEmpty()) {
            out.print(PriceBook.of(refreshed(catalogue)).csv());
        } else {
            PriceBook book = PriceBook.load(catalogue);
            if (prices != null) {
                book = book.with(PriceBook.read(prices, catalogue));
            }
            if (priceList) {
                out.print(book.csv());
            } else if (json) {
                out.println(json(catalogue, book));
            } else {
                print(out, catalogue, book);
            }
        }
        out.flush();
        return Exit.OK;
    }

    private List<Price> refreshed(GpuCatalogue catalogue) throws IOException {
        if (answer != null && refresh.size() != 1) {
            throw new BadInputException(
                    "--answer is the answer of one provider; give one --refresh");
        }
        List<Price> fresh = new ArrayList<>();
        LocalDate today = LocalDate.now(ZoneId.systemDefault());
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String provider : refresh) {
                PriceFeed feed = PriceFeeds.require(provider);
                String body =
                        answer == null
                                ? PriceRequest.send(client, feed, System.getenv())
                                : Files.readString(answer);
                fresh.addAll(feed.prices(body, catalogue, today));
            }
        }
        return fresh;
    }

    private void print(PrintWriter out, GpuCatalogue catalogue, PriceBook book) {
        out.printf(
                "%-17s %13s %5s %6s %4s %4s  %s%n",
                "GPU", "GiB usable", "GB/s", "bf16", "PCIe", "CUDA", "cheapest, $ an hour");
        for (Gpu gpu : catalogue.gpus()) {
            out.printf(
                    Locale.ROOT,
                    "%-17s %6.2f of %-3.0f %5.0f %6.1f %4.1f %4s  %s%n",
                    gpu.name(),
                    gpu.usable().value(),
                    gpu.memory().value(),
                    gpu.bandwidth().value(),
                    gpu.bf16().value(),
                    gpu.pcie().value(),
                    gpu.capability().equals("amd") ? "-" : gpu.capability(),
                    cheapest(gpu, book).map(GpusCommand::text).orElse("no price known"));
            gpu.refusal(DType.BF16)
                    .ifPresent(reason -> Wrapping.print(out, "    ", "not for Hone: " + reason));
            if (sources) {
                out.printf(
                        "    read in: memory %s, usable %s, GB/s %s, bf16 %s, PCIe %s%n",
                        marks(gpu.memory()),
                        marks(gpu.usable()),
                        marks(gpu.bandwidth()),
                        marks(gpu.bf16()),
                        marks(gpu.pcie()));
            }
        }
        out.println();
        Wrapping.print(
                out,
                "",
                "usable: what a process can allocate. bf16: dense TFLOP/s. CUDA: compute capability. The driver must be of branch 580 or later. Prices: the cheapest terms but reserved, per card; --price-list has the day and the source of each.");
        if (sources) {
            catalogue.sources().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(e -> Wrapping.print(out, "  ", e.getKey() + "  " + e.getValue()));
        }
    }

    private static Optional<Price> cheapest(Gpu gpu, PriceBook book) {
        return book.prices().stream()
                .filter(p -> p.gpu().equals(gpu.name()) && p.kind() != Price.Kind.RESERVED)
                .min(Comparator.comparingDouble(p -> p.dollarsPerHour() / p.count()));
    }

    private static String text(Price p) {
        return String.format(
                Locale.ROOT,
                "%.2f %s %s%s",
                p.dollarsPerHour() / p.count(),
                p.provider(),
                p.kind(),
                p.count() == 1 ? "" : " x" + p.count());
    }

    private static String marks(Figure figure) {
        return String.join("+", figure.sources());
    }

    private static String json(GpuCatalogue catalogue, PriceBook book) {
        ArrayNode list = MAPPER.createArrayNode();
        for (Gpu gpu : catalogue.gpus()) {
            ObjectNode node = list.addObject();
            node.put("name", gpu.name());
            figure(node, "memory_gib", gpu.memory());
            figure(node, "usable_gib", gpu.usable());
            figure(node, "bandwidth_gb_s", gpu.bandwidth());
            figure(node, "bf16_tflops", gpu.bf16());
            figure(node, "fp32_tflops", gpu.fp32());
            figure(node, "pcie", gpu.pcie());
            figure(node, "link_gb_s", gpu.link());
            node.put("compute_capability", gpu.capability());
            gpu.refusal(DType.BF16).ifPresent(reason -> node.put("out", reason));
            ArrayNode prices = node.putArray("prices");
            for (Price p : book.prices()) {
                if (p.gpu().equals(gpu.name())) {
                    ObjectNode price = prices.addObject();
                    price.put("provider", p.provider());
                    price.put("count", p.count());
                    price.put("terms", p.kind().toString());
                    price.put("dollars_per_hour", p.dollarsPerHour());
                    price.put("as_of", p.asOf().toString());
                    price.put("source", p.source());
                }
            }
        }
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(list);
    }

    private static void figure(ObjectNode node, String key, Figure figure) {
        node.put(key, figure.value());
        ArrayNode marks = node.putArray(key + "_sources");
        figure.sources().forEach(marks::add);
    }
}
