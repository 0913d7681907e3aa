package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An adapter folder as PEFT writes it: {@code adapter_config.json} and {@code
 * adapter_model.safetensors} (peft, src/peft/utils/save_and_load.py and tuners/lora/config.py).
 */
public final class PeftAdapter implements WeightSource {
    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";
    static final String PREFIX = "base_model.model.";
    static final String A = ".lora_A.weight";
    static final String B = ".lora_B.weight";
    static final String BASE = "base_quantization";
    static final String NF4 = "nf4";
    static final String NF4_DOUBLE = "nf4-double";
    static final String INT8 = "int8";
    static final String MAGNITUDE = ".lora_magnitude_vector";

    /** Starts that take something away from the base, or quantize it in their own way. */
    private static final List<String> OTHER_BASES =
            List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    /** Keys of PEFT's that change what an adapter computes, or that add to it. */
    private static final List<String> UNSUPPORTED =
            List.of(
                    "modules_to_save",
                    "layer_replication",
                    "target_parameters",
                    "trainable_token_indices",
                    "lora_bias",
                    "alora_invocation_tokens",
                    "arrow_config",
                    "kasa_config",
                    "monteclora_config",
                    "velora_config",
                    "use_qalora",
                    "use_bdlora");

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path folder;
    private final LoraSpec spec;
    private final SafetensorsFile file;

    private PeftAdapter(Path folder, LoraSpec spec, SafetensorsFile file) {
        this.folder = folder;
        this.spec = spec;
        this.file = file;
    }

    /** Whether the folder holds an adapter that was written to its end. */
    public static boolean present(Path folder) {
        return Files.exists(folder.resolve(CONFIG));
    }

    /** Opens an adapter folder; the layers it adapts are those it holds tensors for. */
    public static PeftAdapter open(Path folder) {
        if (!Files.exists(folder.resolve(CONFIG))) {
            throw new ModelException(
                    "%s: not an adapter folder: %s is missing".formatted(folder, CONFIG));
        }
        ConfigJson json = ConfigJson.read(folder.resolve(CONFIG));
        refuseUnsupported(json);
        SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS));
        try {
            boolean dora = json.flag("use_dora", false);
            LoraSpec spec =
                    new LoraSpec(
                            json.integer("r"),
                            json.real("lora_alpha"),
                            json.real("lora_dropout", 0),
                            targets(file, dora),
                            json.flag("use_rslora", false),
                            sizes(json),
                            dora);
            return new PeftAdapter(folder, spec, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void refuseUnsupported(ConfigJson json) {
        String type = json.text("peft_type", "LORA");
        if (!type.equals("LORA")) {
            throw new ModelException(
                    "%s: key 'peft_type': expected LORA, found %s".formatted(json.file(), type));
        }
        String start = json.node().path("init_lora_weights").asString("").toLowerCase(Locale.ROOT);
        if (OTHER_BASES.stream().anyMatch(start::startsWith)) {
            throw new ModelException(
                    "%s: key 'init_lora_weights': an adapter that began as '%s' goes with a base of its own; save it with PEFT's path_initial_model_for_weight_conversion, which makes it a plain LoRA"
                            .formatted(json.file(), start));
        }
        for (String key : UNSUPPORTED) {
            JsonNode value = json.node().path(key);
            if (!value.isMissingNode()
                    && !value.isNull()
                    && !(value.isContainer() && value.isEmpty())
                    && !(value.isBoolean() && !value.asBoolean())) {
                throw new ModelException(
                        "%s: key '%s': %s is not supported".formatted(json.file(), key, value));
            }
        }
    }

    private static ModuleSizes sizes(ConfigJson json) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        pattern(json, "rank_pattern", "whole numbers", JsonNode::isInt)
                .properties()
                .forEach(e -> ranks.put(e.getKey(), e.getValue().asInt()));
        Map<String, Double> alphas = new LinkedHashMap<>();
        pattern(json, "alpha_pattern", "numbers", JsonNode::isNumber)
                .properties()
                .forEach(e -> alphas.put(e.getKey(), e.getValue().asDouble()));
        try {
            return new ModuleSizes(ranks, alphas);
        } catch (ModelException e) {
            throw new ModelException(json.file() + ": " + e.getMessage());
        }
    }

    private static JsonNode pattern(
            ConfigJson json, String key, String what, Predicate<JsonNode> right) {
        JsonNode node = json.node().path(key);
        if (node.isNull() || node.isMissingNode()) {
            return MAPPER.createObjectNode();
        }
        if (!node.isObject() || !node.valueStream().allMatch(right)) {
            throw new ModelException(
                    "%s: key '%s': expected an object of %s, found %s"
                            .formatted(json.file(), key, what, node));
        }
        return node;
    }

    private static List<String> targets(SafetensorsFile file, boolean dora) {
        TreeSet<String> modules = new TreeSet<>();
        for (String name : file.entries().keySet()) {
            int end = name.indexOf(".lora_");
            if (!name.startsWith(PREFIX) || end < 0 || !isPart(name.substring(end), dora)) {
                throw new ModelException(
                        "%s: tensor '%s' is not part of a %s adapter"
                                .formatted(file.path(), name, dora ? "DoRA" : "plain LoRA"));
            }
            modules.add(name.substring(name.lastIndexOf('.', end - 1) + 1, end));
        }
        return List.copyOf(modules);
    }

    private static boolean isPart(String suffix, boolean dora) {
        return suffix.equals(A) || suffix.equals(B) || (dora && suffix.equals(MAGNITUDE));
    }

    public LoraSpec spec() {
        return spec;
    }

    /**
     * How the base must be stored that this adapter goes with; empty where any will do. An adapter
     * that began as what quantizing took away goes with the base as it was quantized.
     */
    public Optional<Quantization> base() {
        return Optional.ofNullable(file.metadata().get(BASE)).map(this::quantization);
    }

    private Quantization quantization(String base) {
        return switch (base) {
            case NF4 -> new Quantization.Nf4(false);
            case NF4_DOUBLE -> new Quantization.Nf4(true);
            case INT8 -> new Quantization.Int8();
            default ->
                    throw new ModelException(
                            "%s: metadata '%s': expected %s, %s or %s, found '%s'"
                                    .formatted(file.path(), BASE, NF4, NF4_DOUBLE, INT8, base));
        };
    }

    /** This adapter, for {@link DecoderLoader}. */
    public Adapter adapter() {
        return new Adapter(spec, this);
    }

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        SafetensorsFile.Entry entry = file.require(PREFIX + name);
        if (!entry.shape().equals(shape)) {
            throw new ModelException(
                    "%s: tensor '%s' has shape %s, the model asks for %s: the adapter was made for another model"
                            .formatted(folder, entry.name(), entry.shape(), shape));
        }
        return ModelFiles.load(ops, file.path(), entry, dtype);
    }

    @Override
    public void close() {
        file.close();
    }
}
