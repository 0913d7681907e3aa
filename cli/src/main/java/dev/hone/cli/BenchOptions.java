package dev.hone.cli;

import dev.hone.model.ModelConfig;
import dev.hone.plan.NamedModels;
import dev.hone.train.RunFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that say which step is benchmarked. They become keys of a run file, so that what they
 * may be, and how they go together, is checked where run files are.
 */
final class BenchOptions {
    private static final String DEFAULT_SHAPE = "smollm2-135m";
    private static final int DEFAULT_ROWS = 4;

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            description = "A well-known model, such as llama-3.2-1b (default smollm2-135m).")
    private @Nullable String shape;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Take the shape from this folder's config.json, or from that file.")
    private @Nullable Path model;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "lora (default), qlora or full.")
    private @Nullable String method;

    @Option(
            names = "--quantization",
            paramLabel = "TYPE",
            description = "Of the base, for qlora: nf4 (default) or int8.")
    private @Nullable String quantization;

    @Option(names = "--rank", paramLabel = "R", description = "Rank of the adapter (default 16).")
    private @Nullable String rank;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "As in a run file (default adamw).")
    private @Nullable String optimizer;

    @Option(
            names = "--master",
            paramLabel = "WHAT",
            description = "For full: fp32 (default), or none: weights in bf16 alone.")
    private @Nullable String master;

    @Option(
            names = "--update",
            paramLabel = "WHEN",
            description = "For full: after (default), or in_backward: layer by layer.")
    private @Nullable String update;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "bf16 (default) or fp32.")
    private @Nullable String dtype;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens a step (default 4 sequences).")
    private @Nullable Integer tokens;

    @Option(names = "--rows", paramLabel = "N", description = "Or sequences a step.")
    private @Nullable Integer rows;

    @Option(names = "--length", paramLabel = "T", description = "Tokens a sequence (default 256).")
    private int length = 256;

    @Option(
            names = "--micro-batch-tokens",
            paramLabel = "T",
            description = "Most tokens computed at once (default: the whole step).")
    private @Nullable Integer microBatchTokens;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description =
                    "Most bytes of tensors, such as 20GiB, or auto (default), what is free: how the model is held is"
                            + " chosen as in training.")
    private @Nullable String memory;

    @Option(
            names = "--keep",
            paramLabel = "WHAT",
            description = "What layers keep: everything, no_mlp, input or parked (in host memory).")
    private @Nullable String keep;

    @Option(
            names = "--weights",
            paramLabel = "PLACE",
            description = "Where frozen layers are: device or host.")
    private @Nullable String weights;

    @Option(
            names = "--embedding-on-host",
            description = "Look embeddings up in host memory; for models with a head of its own.")
    private boolean embeddingOnHost;

    BenchOptions() {}

    /** What they describe; checks them all. */
    BenchCase read() {
        refusePairs();
        int sequences = sequences();
        RunFile run = run(sequences);
        return BenchCase.of(modelName(), config(), run, sequences);
    }

    private void refusePairs() {
        if (shape != null && model != null) {
            throw new BadInputException("give either --shape or --model, not both");
        }
        if (tokens != null && rows != null) {
            throw new BadInputException("give either --tokens or --rows, not both");
        }
        if ("disk".equals(weights)) {
            throw new BadInputException(
                    "--weights: random weights come from no file, so not from disk; expected device or host");
        }
        if (memory == null) {
            return;
        }
        Stream.of(
                        keep == null ? "" : "--keep",
                        weights == null ? "" : "--weights",
                        embeddingOnHost ? "--embedding-on-host" : "")
                .filter(option -> !option.isEmpty())
                .findFirst()
                .ifPresent(option -> {
                    throw new BadInputException(
                            "--memory chooses what layers keep and where weights are: leave out either it or %s"
                                    .formatted(option));
                });
    }

    private int sequences() {
        atLeast("--length", length, 2);
        if (microBatchTokens != null) {
            atLeast("--micro-batch-tokens", microBatchTokens, length);
        }
        if (tokens == null) {
            int given = rows == null ? DEFAULT_ROWS : rows;
            atLeast("--rows", given, 1);
            if ((long) given * length > Integer.MAX_VALUE) {
                throw new BadInputException(
                        "--rows is %,d and --length %,d; a step has at most %,d tokens"
                                .formatted(given, length, Integer.MAX_VALUE));
            }
            return given;
        }
        atLeast("--tokens", tokens, length);
        if (tokens % length != 0) {
            int fewer = tokens / length * length;
            throw new BadInputException(
                    "--tokens is %d, which is no multiple of --length, %d; near it are %d and %d"
                            .formatted(tokens, length, fewer, (long) fewer + length));
        }
        return tokens / length;
    }

    private static void atLeast(String option, int value, int least) {
        if (value < least) {
            throw new BadInputException(
                    "%s must be at least %d, found %d".formatted(option, least, value));
        }
    }

    private String modelName() {
        return model == null ? shape == null ? DEFAULT_SHAPE : shape : model.toString();
    }

    private ModelConfig config() {
        return model == null ? NamedModels.require(modelName()) : ModelConfig.read(folder(model));
    }

    /** The folder of a model that is named by it or by its config.json. */
    private static Path folder(Path model) {
        Path absolute = model.toAbsolutePath();
        Path parent = absolute.getParent();
        return parent != null && absolute.endsWith("config.json") && Files.isRegularFile(absolute)
                ? parent
                : absolute;
    }

    private RunFile run(int sequences) {
        long stepTokens = (long) sequences * length;
        boolean inBackward = "in_backward".equals(update);
        Map<String, String> settings = new LinkedHashMap<>();
        put(settings, "model", model == null ? "(random weights)" : folder(model));
        put(settings, "data.train", "(random tokens)");
        put(settings, "data.max_length", length);
        put(settings, "method", method);
        put(settings, "quantization.type", quantization);
        put(settings, "adapter.rank", rank);
        put(settings, "training.optimizer", optimizer);
        put(settings, "training.master", master);
        put(settings, "training.update", update);
        put(settings, "training.dtype", dtype);
        put(settings, "training.tokens_per_step", stepTokens);
        put(
                settings,
                "training.micro_batch_tokens",
                microBatchTokens == null ? stepTokens : microBatchTokens);
        put(settings, "training.schedule", "constant");
        put(settings, "training.learning_rate", 1e-4);
        put(settings, "training.weight_decay", 0.01);
        put(settings, "training.max_grad_norm", inBackward ? 0 : 1);
        put(settings, "memory.limit", memory);
        put(settings, "memory.keep", keep);
        put(settings, "memory.weights", weights);
        put(settings, "memory.embedding", embeddingOnHost ? "host" : null);
        put(settings, "output", "(none)");
        return RunFile.of("options", settings);
    }

    /** As text, whatever else YAML would make of it. */
    private static void put(Map<String, String> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, "'%s'".formatted(value.toString().replace("'", "''")));
        }
    }
}
