package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A LoRA adapter folder as PEFT reads and writes it: {@code adapter_config.json} and {@code
 * adapter_model.safetensors} (peft, src/peft/utils/save_and_load.py and tuners/lora/config.py).
 */
public final class PeftAdapter implements WeightSource {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path folder;
    private final LoraSpec spec;
    private final SafetensorsFile file;

    private PeftAdapter(Path folder, LoraSpec spec, SafetensorsFile file) {
        this.folder = folder;
        this.spec = spec;
        this.file = file;
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
            LoraSpec spec =
                    new LoraSpec(
                            json.integer("r"),
                            json.real("lora_alpha"),
                            json.real("lora_dropout", 0),
                            targets(file),
                            json.flag("use_rslora", false));
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
        if (json.flag("use_dora", false)) {
            throw new ModelException(json.file() + ": key 'use_dora': DoRA is not supported");
        }
        for (String key : List.of("rank_pattern", "alpha_pattern", "modules_to_save")) {
            JsonNode value = json.node().path(key);
            if (!value.isMissingNode() && !value.isNull() && !value.isEmpty()) {
                throw new ModelException(
                        "%s: key '%s': %s is not supported".formatted(json.file(), key, value));
            }
        }
    }

    private static List<String> targets(SafetensorsFile file) {
        TreeSet<String> modules = new TreeSet<>();
        for (String name : file.entries().keySet()) {
            int end = name.indexOf(".lora_");
            if (!name.startsWith(PREFIX) || end < 0) {
                throw new ModelException(
                        "%s: tensor '%s' is not part of a plain LoRA adapter"
                                .formatted(file.path(), name));
            }
            modules.add(name.substring(name.lastIndexOf('.', end - 1) + 1, end));
        }
        return List.copyOf(modules);
    }

    public LoraSpec spec() {
        return spec;
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

    /**
     * Writes the decoder's adapter in fp32.
     *
     * @param base what {@code base_model_name_or_path} says
     */
    public static void write(Path folder, Decoder decoder, LoraSpec spec, String base)
            throws IOException {
        Files.createDirectories(folder);
        List<SafetensorsWriter.Content> contents = new ArrayList<>();
        decoder.forEachParameter(parameter -> {
            if (parameter.name().contains(".lora_")) {
                Tensor tensor = parameter.best();
                contents.add(
                        new SafetensorsWriter.Content(
                                PREFIX + parameter.name(),
                                tensor.dtype(),
                                tensor.shape(),
                                () -> decoder.ops().bytes(tensor)));
            }
        });
        SafetensorsWriter.write(folder.resolve(WEIGHTS), contents, Map.of("format", "pt"));
        Files.writeString(folder.resolve(CONFIG), config(spec, base));
    }

    /** The keys that every PEFT since 0.3 knows; others keep their defaults. */
    private static String config(LoraSpec spec, String base) {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("base_model_name_or_path", base);
        keys.put("bias", "none");
        keys.put("fan_in_fan_out", false);
        keys.put("inference_mode", true);
        keys.put("init_lora_weights", true);
        keys.put("lora_alpha", whole(spec.alpha()));
        keys.put("lora_dropout", spec.dropout());
        keys.put("peft_type", "LORA");
        keys.put("r", spec.rank());
        keys.put("target_modules", spec.modules());
        keys.put("task_type", "CAUSAL_LM");
        if (spec.rankStabilized()) {
            keys.put("use_rslora", true);
        }
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(keys) + "\n";
    }

    private static Number whole(double value) {
        if (value == Math.rint(value)) {
            return (long) value;
        }
        return value;
    }
}
