package dev.hone.cli;

import dev.hone.data.DataSource;
import dev.hone.data.OptimizerStep;
import dev.hone.model.ModelConfig;
import dev.hone.plan.CalibrationBook;
import dev.hone.plan.GpuCatalogue;
import dev.hone.plan.NamedModels;
import dev.hone.plan.PlanJson;
import dev.hone.plan.Price;
import dev.hone.plan.PriceBook;
import dev.hone.plan.Ranking;
import dev.hone.plan.Rates;
import dev.hone.plan.RunData;
import dev.hone.plan.RunPlan;
import dev.hone.plan.Workload;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.FreeMemory;
import dev.hone.train.MemoryFit;
import dev.hone.train.RunFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a run needs, takes and costs, on every GPU, before anything is rented or downloaded. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description =
                "Says what a run needs, takes and costs on every GPU. Nothing is downloaded or computed;"
                        + " of the model its config.json is enough, or a name such as llama-3.1-8b.")
final class PlanCommand implements Callable<Integer> {
    private static final String ASSUMED_DATA = "(no data)";

    @Parameters(arity = "0..1", paramLabel = "RUN.yml", description = "The run file.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the run file, such as training.epochs=1.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Model folder or well-known name.")
    private @Nullable String model;

    @Option(names = "--data", paramLabel = "FILE", description = "Rows to train on.")
    private @Nullable String data;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Without --data: assume this many rows (default 1000).")
    private int rows = 1000;

    @Option(
            names = "--row-tokens",
            paramLabel = "T",
            description = "Without --data: tokens of a row (default 512).")
    private int rowTokens = 512;

    @Option(names = "--method", paramLabel = "METHOD", description = "lora, qlora or full.")
    private @Nullable String method;

    @Option(names = "--rank", paramLabel = "R", description = "Rank of the adapter.")
    private @Nullable String rank;

    @Option(names = "--max-length", paramLabel = "T", description = "Most tokens of a row.")
    private @Nullable String maxLength;

    @Option(
            names = "--tokens-per-step",
            paramLabel = "T",
            description = "Most tokens of an optimizer step.")
    private @Nullable String tokensPerStep;

    @Option(
            names = "--micro-batch-tokens",
            paramLabel = "T",
            description = "Most tokens computed at once.")
    private @Nullable String microBatchTokens;

    @Option(names = "--epochs", paramLabel = "N", description = "How often every row is seen.")
    private @Nullable String epochs;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "bf16 or fp32.")
    private @Nullable String dtype;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "Count memory for cuda (default) or for cpu, this machine's processor.")
    private String device = "cuda";

    @Option(names = "--gpu", paramLabel = "NAME", description = "Only this GPU of `hone gpus`.")
    private @Nullable String gpu;

    @Option(
            names = "--max-gpus",
            paramLabel = "N",
            description = "Most cards of one machine (default 8).")
    private int maxGpus = 8;

    @Option(
            names = "--sort",
            paramLabel = "BY",
            description = "cost (default), time, saved (dollars for an hour less) or memory.")
    private Ranking.Sort sort = Ranking.Sort.COST;

    @Option(names = "--budget", paramLabel = "DOLLARS", description = "What the run may cost.")
    private @Nullable Double budget;

    @Option(names = "--deadline", paramLabel = "TIME", description = "Such as 6h or 90min.")
    private @Nullable String deadline;

    @Option(
            names = "--terms",
            split = ",",
            paramLabel = "TERMS",
            description = "on-demand, community, spot, reserved; default: the first two.")
    private List<String> terms = List.of("on-demand", "community");

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "Prices on top of Hone's, as `hone gpus --price-list` writes them.")
    private @Nullable Path prices;

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description =
                    "What runs and `hone bench --calibrate` measured (default: in your settings).")
    private @Nullable Path calibration;

    @Option(
            names = "--electricity",
            paramLabel = "DOLLARS",
            description = "Price of a kWh, for owning a card (default 0.15).")
    private double electricity = 0.15;

    @Option(names = "--all", description = "List every GPU, not the first eight.")
    private boolean all;

    @Option(names = "--json", description = "Print one JSON object; docs/plan.md has its keys.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    PlanCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        RunFile asked = run();
        String name = model == null ? asked.model().toString() : model;
        ModelConfig config = NamedModels.find(asked.model(), name);
        Device planned = device();
        Workload work = workload(asked);
        RunFile run =
                MemoryFit.fit(
                        asked,
                        config,
                        work.heavy().stream()
                                .map(batch -> new OptimizerStep(0, 0, List.of(batch)))
                                .toList(),
                        planned,
                        FreeMemory.UNKNOWN,
                        speed(asked.training().dtype()));
        RunPlan plan =
                RunPlan.of(
                        name,
                        config,
                        run.method(),
                        run.training(),
                        run.data().maxLength(),
                        work,
                        knowledge());
        if (planned.kind() == Device.Kind.CPU) {
            plan = plan.on(planned);
        }
        if (json) {
            out.println(PlanJson.of(plan));
        } else {
            new PlanReport(plan, out, all).print();
        }
        out.flush();
        return Exit.OK;
    }

    /** That of the GPU asked for; a limit is met on any other by the same mix. */
    private Rates speed(DType dtype) {
        GpuCatalogue catalogue = GpuCatalogue.load();
        return Rates.of(catalogue.require(gpu == null ? "H100 SXM" : gpu), dtype);
    }

    private Device device() {
        return switch (device) {
            case "cpu" -> Device.CPU;
            case "cuda" -> Device.cuda(0);
            default ->
                    throw new BadInputException(
                            "--device: expected cuda or cpu, found '%s'".formatted(device));
        };
    }

    private RunPlan.Knowledge knowledge() {
        GpuCatalogue catalogue = GpuCatalogue.load();
        PriceBook book = PriceBook.load(catalogue);
        if (prices != null) {
            book = book.with(PriceBook.read(prices, catalogue));
        }
        Path measured =
                calibration == null
                        ? CalibrationBook.userFile(
                                System.getenv(), Path.of(System.getProperty("user.home")))
                        : calibration;
        return new RunPlan.Knowledge(
                catalogue, book, CalibrationBook.with(measured), wishes(catalogue));
    }

    private Ranking.Wishes wishes(GpuCatalogue catalogue) {
        if (maxGpus < 1) {
            throw new BadInputException("--max-gpus must be at least 1, found " + maxGpus);
        }
        if (budget != null && !(budget > 0)) {
            throw new BadInputException("--budget must be greater than 0, found " + budget);
        }
        return new Ranking.Wishes(
                sort,
                Optional.ofNullable(gpu).map(catalogue::require),
                maxGpus,
                kinds(),
                budget == null ? OptionalDouble.empty() : OptionalDouble.of(budget),
                deadline == null
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(Durations.hours("--deadline", deadline)),
                electricity);
    }

    private Set<Price.Kind> kinds() {
        Set<Price.Kind> kinds = EnumSet.noneOf(Price.Kind.class);
        for (String term : terms) {
            kinds.add(
                    List.of(Price.Kind.values()).stream()
                            .filter(k -> k.toString().equals(term))
                            .findFirst()
                            .orElseThrow(() ->
                                    new BadInputException(
                                            "--terms: expected some of on-demand, community, spot, reserved, found '%s'"
                                                    .formatted(term))));
        }
        return kinds;
    }

    private RunFile run() {
        Map<String, String> settings = new LinkedHashMap<>();
        put(settings, "model", model);
        put(settings, "data.train", data);
        put(settings, "method", method);
        put(settings, "adapter.rank", rank);
        put(settings, "data.max_length", maxLength);
        put(settings, "training.tokens_per_step", tokensPerStep);
        put(settings, "training.micro_batch_tokens", microBatchTokens);
        put(settings, "training.epochs", epochs);
        put(settings, "training.dtype", dtype);
        settings.putAll(overrides);
        if (file != null) {
            return RunFile.read(file, settings);
        }
        if (model == null) {
            throw new BadInputException(
                    "give a run file, or --model with --data or --rows; see `hone plan --help`");
        }
        settings.putIfAbsent("data.train", ASSUMED_DATA);
        settings.putIfAbsent("output", "runs/planned");
        return RunFile.of("options", settings);
    }

    private static void put(Map<String, String> settings, String key, @Nullable String value) {
        if (value != null) {
            settings.put(key, value);
        }
    }

    private Workload workload(RunFile run) {
        if (!run.data()
                .train()
                .equals(List.of(DataSource.of(Path.of(ASSUMED_DATA).toAbsolutePath())))) {
            return RunData.of(run);
        }
        if (rows < 1 || rowTokens < 2) {
            throw new BadInputException(
                    "--rows must be at least 1 and --row-tokens at least 2, found %d and %d"
                            .formatted(rows, rowTokens));
        }
        if (rowTokens > run.data().maxLength()) {
            throw new BadInputException(
                    "--row-tokens is %d, more than --max-length %d"
                            .formatted(rowTokens, run.data().maxLength()));
        }
        return Workload.assumed(rows, rowTokens, 0.5, run.training(), run.data().pack());
    }
}
