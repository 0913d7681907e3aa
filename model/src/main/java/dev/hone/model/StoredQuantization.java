package dev.hone.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The key {@code quantization_config} of a model's {@code config.json}, as bitsandbytes has it. */
public final class StoredQuantization {
    static final String KEY = "quantization_config";

    private static final String METHOD = "bitsandbytes";
    private static final String NF4 = "nf4";

    private StoredQuantization() {}

    /**
     * How the matrices of a model folder are stored; empty when they are in full, or there is no
     * such folder. A {@link ModelException} if they are stored in a way that is not supported.
     */
    public static Optional<Quantization> of(Path model) {
        Path file = model.resolve("config.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        ConfigJson config = ConfigJson.read(file);
        if (!config.has(KEY)) {
            return Optional.empty();
        }
        ConfigJson stored = config.object(KEY);
        String method = stored.text("quant_method", METHOD);
        if (!method.equals(METHOD)) {
            throw unsupported(file, "quant_method", method);
        }
        if (stored.flag("load_in_8bit", false)) {
            return Optional.of(new Quantization.Int8());
        }
        String type = stored.text("bnb_4bit_quant_type", "fp4");
        if (!stored.flag("load_in_4bit", false) || !type.equals(NF4)) {
            throw unsupported(file, "bnb_4bit_quant_type", type);
        }
        return Optional.of(new Quantization.Nf4(stored.flag("bnb_4bit_use_double_quant", false)));
    }

    private static ModelException unsupported(Path file, String key, String found) {
        return new ModelException(
                "%s: key '%s.%s': %s is not supported; supported is bitsandbytes in 8 bits, or in 4 bits of type nf4"
                        .formatted(file, KEY, key, found));
    }

    /**
     * Sets the key as transformers does.
     *
     * @param dtype that matrices are written out in, such as {@code bfloat16}
     */
    static void put(ObjectNode config, Quantization kind, String dtype) {
        boolean nf4 = kind instanceof Quantization.Nf4;
        ObjectNode stored = config.putObject(KEY);
        stored.put("_load_in_4bit", nf4);
        stored.put("_load_in_8bit", !nf4);
        stored.put("bnb_4bit_compute_dtype", nf4 ? dtype : "float32");
        stored.put("bnb_4bit_quant_storage", "uint8");
        stored.put("bnb_4bit_quant_type", nf4 ? NF4 : "fp4");
        stored.put(
                "bnb_4bit_use_double_quant",
                kind instanceof Quantization.Nf4(boolean doubled) && doubled);
        stored.put("llm_int8_enable_fp32_cpu_offload", false);
        stored.put("llm_int8_has_fp16_weight", false);
        stored.putNull("llm_int8_skip_modules");
        stored.put("llm_int8_threshold", 6.0);
        stored.put("load_in_4bit", nf4);
        stored.put("load_in_8bit", !nf4);
        stored.put("quant_method", METHOD);
    }
}
