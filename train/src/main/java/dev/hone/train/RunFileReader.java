package dev.hone.train;

import dev.hone.data.BatchPlan.RunLength;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.data.DataSource;
import dev.hone.data.DataSpec;
import dev.hone.data.Holdout;
import dev.hone.data.TooLong;
import dev.hone.data.TrainOn;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.Placement;
import dev.hone.model.Placements;
import dev.hone.model.Quantization;
import dev.hone.model.StoredQuantization;
import dev.hone.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Turns the settings of a run file into a {@link RunFile}, key by key. */
final class RunFileReader {
    private static final double NO_LIMIT = Double.MAX_VALUE;

    /** Files that hold less together are prepared anew each time. */
    private static final long LARGE = 16L << 20;

    private static final List<String> NO = List.of("no", "false", "off");

    private final Path file;
    private final Path base;
    private final Settings root;
    private final DataSources sources;
    private double loraPlusRatio = 1;

    RunFileReader(Path file, Settings root) {
        this.file = file;
        Path folder = file.toAbsolutePath().getParent();
        this.base = folder == null ? Path.of("") : folder;
        this.root = root;
        this.sources = new DataSources(this::path);
    }

    RunFile read() {
        Path model = path(root.requireText("model"));
        RunFile.Initialize initialize =
                root.choice("initialize", RunFile.Initialize.class).orElse(RunFile.Initialize.NO);
        DataSpec data = data(root.section("data"));
        RunFile.Method method = method(model);
        RunFile.TrainingSection training =
                training(root.section("training"), data.maxLength(), method);
        Path output = path(root.requireText("output"));
        root.finish();
        return new RunFile(file, model, initialize, data, method, training, output);
    }

    private Path path(String text) {
        return base.resolve(text).normalize();
    }

    private DataSpec data(Settings data) {
        List<DataSource> train =
                data.items("train").orElseThrow(() -> data.missing("train")).stream()
                        .flatMap(item -> sources.of(item).stream())
                        .toList();
        if (train.isEmpty()) {
            throw data.wrong("train", "at least one file", "[]");
        }
        return new DataSpec(
                train,
                holdout(data),
                data.integer("max_length", 2).orElse(2048),
                data.choice("too_long", TooLong.class).orElse(TooLong.FAIL),
                data.choice("train_on", TrainOn.class).orElse(TrainOn.ASSISTANT),
                data.flag("pack").orElse(true),
                cache(data));
    }

    /** {@code no}, a folder for all data, or by default the user's cache for data of some size. */
    private Optional<DataSpec.Cache> cache(Settings data) {
        Optional<String> text = data.text("cache");
        if (text.isEmpty()) {
            return Optional.of(new DataSpec.Cache(userCache(), LARGE));
        }
        return text.filter(value -> !NO.contains(value.toLowerCase(Locale.ROOT)))
                .map(folder -> new DataSpec.Cache(path(folder), 0));
    }

    /** {@code $XDG_CACHE_HOME/hone/prepared}, {@code ~/.cache/hone/prepared} without it. */
    static Path userCache() {
        String set = System.getenv("XDG_CACHE_HOME");
        Path cache =
                set == null || set.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(set);
        return cache.resolve("hone").resolve("prepared");
    }

    private Holdout holdout(Settings data) {
        Optional<String> stratifyBy = data.text("stratify_by");
        Holdout holdout = unstratified(data);
        if (stratifyBy.isEmpty()) {
            return holdout;
        }
        if (holdout instanceof Holdout.Share(double share, _)) {
            return new Holdout.Share(share, stratifyBy);
        }
        throw data.refuse("stratify_by", "it is for a holdout that is a share, such as 5%");
    }

    private Holdout unstratified(Settings data) {
        List<Settings.Item> items =
                data.items("holdout").orElse(List.of(new Settings.Item.Text("0")));
        if (items.size() != 1) {
            throw data.wrong(
                    "holdout",
                    "a share such as 5% or 0.05, or a file",
                    "a list of " + items.size());
        }
        if (!(items.getFirst() instanceof Settings.Item.Text(String text))) {
            return new Holdout.Files(sources.of(items.getFirst()).getFirst());
        }
        boolean percent = text.endsWith("%");
        try {
            double number =
                    Double.parseDouble(
                            percent ? text.substring(0, text.length() - 1).strip() : text);
            double share = percent ? number / 100 : number;
            if (share == 0) {
                return new Holdout.None();
            }
            if (share > 0 && share < 1) {
                return new Holdout.Share(share);
            }
        } catch (NumberFormatException _) {
            if (!percent) {
                return Holdout.Files.of(path(text));
            }
        }
        throw data.wrong("holdout", "a share such as 5% or 0.05, or a file", text);
    }

    private RunFile.Method method(Path model) {
        String method = root.text("method").orElse("lora");
        if (!method.equals("qlora") && root.has("quantization")) {
            throw root.refuse(
                    "quantization", "it is for method qlora, whose base is stored in fewer bits");
        }
        return switch (method) {
            case "full" -> {
                if (root.has("adapter")) {
                    throw root.refuse(
                            "adapter", "it is for method lora; method full trains every weight");
                }
                yield new RunFile.Method.Full();
            }
            case "lora" -> adapter(Optional.empty());
            case "qlora" -> adapter(Optional.of(quantization(root.section("quantization"), model)));
            default -> throw root.wrong("method", "full, lora or qlora", method);
        };
    }

    private RunFile.Method adapter(Optional<Quantization> quantization) {
        Settings adapter = root.section("adapter");
        loraPlusRatio = adapter.real("lora_plus_ratio", 1, NO_LIMIT).orElse(1.0);
        return new AdapterSection(file, this::path).read(adapter, quantization);
    }

    /** What the section leaves open is as the model is stored; else NF4, doubly quantized. */
    private static Quantization quantization(Settings quantization, Path model) {
        Quantization stored = StoredQuantization.of(model).orElse(new Quantization.Nf4(true));
        String type =
                quantization
                        .text("type")
                        .orElse(stored instanceof Quantization.Int8 ? "int8" : "nf4");
        return switch (type) {
            case "nf4" ->
                    new Quantization.Nf4(
                            quantization
                                    .flag("double")
                                    .orElse(!stored.equals(new Quantization.Nf4(false))));
            case "int8" -> {
                if (quantization.has("double")) {
                    throw quantization.refuse(
                            "double", "it is for type nf4, whose scales can be quantized too");
                }
                yield new Quantization.Int8();
            }
            default -> throw quantization.wrong("type", "nf4 or int8", type);
        };
    }

    private RunFile.TrainingSection training(
            Settings training, int maxLength, RunFile.Method method) {
        StepSize stepSize = stepSize(training);
        DType dtype = dtype(training);
        OptimizerSection optimizer = OptimizerReader.read(training, method, dtype, loraPlusRatio);
        return new RunFile.TrainingSection(
                length(training),
                stepSize,
                microBatchTokens(training, maxLength, stepSize, optimizer.update()),
                training.real("learning_rate", 0, NO_LIMIT)
                        .orElse(method instanceof RunFile.Method.Full ? 2e-5 : 2e-4),
                schedule(training, optimizer.rule()),
                warmup(training),
                optimizer,
                maxGradNorm(training, optimizer.update()),
                dtype,
                training.flag("shuffle").orElse(true),
                training.integer("seed", 0).orElse(42),
                training.integer("checkpoint_every", 0).orElse(100),
                training.integer("keep_checkpoints", 1).orElse(2),
                memory(root.section("memory"), method),
                training.real("neftune_alpha", 0, NO_LIMIT).orElse(0.0));
    }

    /** An update in the backward pass needs a step to be one micro-batch. */
    private static int microBatchTokens(
            Settings training, int maxLength, StepSize stepSize, OptimizerSection.Update update) {
        Optional<Integer> given = training.integer("micro_batch_tokens", 2);
        if (update == OptimizerSection.Update.AFTER) {
            int step = stepSize instanceof StepSize.Tokens(int tokens) ? tokens : Integer.MAX_VALUE;
            return given.orElse(Math.max(maxLength, Math.min(step, 4096)));
        }
        return switch (stepSize) {
            case StepSize.Tokens(int tokens) -> {
                if (given.isPresent() && given.get() < tokens) {
                    throw training.refuse(
                            "micro_batch_tokens",
                            "with update: in_backward a step is one micro-batch: set it to at least tokens_per_step, which is %d, or leave it out"
                                    .formatted(tokens));
                }
                yield given.orElse(Math.max(maxLength, tokens));
            }
            case StepSize.Rows(int rows) -> given.orElse(Math.multiplyExact(rows, maxLength));
        };
    }

    private static double maxGradNorm(Settings training, OptimizerSection.Update update) {
        double norm = training.real("max_grad_norm", 0, NO_LIMIT).orElse(1.0);
        if (norm > 0 && update == OptimizerSection.Update.IN_BACKWARD) {
            throw training.refuse(
                    "update",
                    "in_backward updates layers before the gradients of others are known, so their norm cannot be limited: set training.max_grad_norm: 0");
        }
        return norm;
    }

    private static Schedule schedule(Settings training, OptimizerRule rule) {
        Optional<Schedule> given = training.choice("schedule", Schedule.class);
        if (rule.constantRate() && given.isPresent() && given.get() != Schedule.CONSTANT) {
            throw training.refuse(
                    "schedule",
                    "optimizer %s averages weights instead of lowering the rate: set constant, or leave it out"
                            .formatted(rule.name()));
        }
        return given.orElse(rule.constantRate() ? Schedule.CONSTANT : Schedule.COSINE);
    }

    private static RunFile.MemorySection memory(Settings memory, RunFile.Method method) {
        for (String key : List.of("keep", "weights", "embedding")) {
            if (memory.has("limit") && memory.has(key)) {
                throw memory.refuse(
                        key, "give either %s or limit, which chooses it".formatted(key));
            }
        }
        if (!memory.has("keep") && !memory.has("weights") && !memory.has("embedding")) {
            return new RunFile.MemorySection(Holding.EVERYTHING, limit(memory));
        }
        Placement away = memory.choice("weights", Placement.class).orElse(Placement.DEVICE);
        Placement table = memory.choice("embedding", Placement.class).orElse(Placement.DEVICE);
        if (method instanceof RunFile.Method.Full) {
            for (String key : List.of("weights", "embedding")) {
                if (memory.has(key)) {
                    throw memory.refuse(
                            key,
                            "it places weights that do not train; method full trains them all");
                }
            }
        }
        if (table == Placement.DISK) {
            throw memory.wrong("embedding", "one of device, host", "disk");
        }
        KeepPolicy keep = KeepPolicy.all(memory.choice("keep", Keep.class).orElse(Keep.EVERYTHING));
        return new RunFile.MemorySection(
                new Holding(keep, Placements.all(away, table == Placement.HOST)));
    }

    private static RunFile.Limit limit(Settings memory) {
        return memory.text("limit").orElse("auto").equals("auto")
                ? new RunFile.Limit.Auto()
                : new RunFile.Limit.Bytes(memory.bytes("limit").orElseThrow());
    }

    private static RunLength length(Settings training) {
        Optional<Integer> epochs = training.integer("epochs", 1);
        Optional<Integer> steps = training.integer("steps", 1);
        if (epochs.isPresent() && steps.isPresent()) {
            throw training.refuse("steps", "give either epochs or steps, not both");
        }
        return steps.<RunLength>map(RunLength.Steps::new)
                .orElseGet(() -> new RunLength.Epochs(epochs.orElse(3)));
    }

    private static StepSize stepSize(Settings training) {
        Optional<Integer> tokens = training.integer("tokens_per_step", 2);
        Optional<Integer> rows = training.integer("rows_per_step", 1);
        if (tokens.isPresent() && rows.isPresent()) {
            throw training.refuse(
                    "rows_per_step", "give either tokens_per_step or rows_per_step, not both");
        }
        return rows.<StepSize>map(StepSize.Rows::new)
                .orElseGet(() -> new StepSize.Tokens(tokens.orElse(8192)));
    }

    private static RunFile.Warmup warmup(Settings training) {
        String text = training.text("warmup").orElse("0");
        boolean percent = text.endsWith("%");
        try {
            double number =
                    Double.parseDouble(
                            percent ? text.substring(0, text.length() - 1).strip() : text);
            if (percent && number >= 0 && number <= 100) {
                return new RunFile.Warmup.Share(number / 100);
            }
            if (!percent && number > 0 && number < 1) {
                return new RunFile.Warmup.Share(number);
            }
            if (!percent && number >= 0 && number == Math.rint(number)) {
                return new RunFile.Warmup.Steps((long) number);
            }
        } catch (NumberFormatException _) {
            // Refused below.
        }
        throw training.wrong("warmup", "a share such as 3%, or a number of steps", text);
    }

    private static DType dtype(Settings training) {
        String text = training.text("dtype").orElse("bf16");
        return switch (text) {
            case "bf16", "bfloat16" -> DType.BF16;
            case "fp32", "float32" -> DType.F32;
            default -> throw training.wrong("dtype", "bf16 or fp32", text);
        };
    }
}
