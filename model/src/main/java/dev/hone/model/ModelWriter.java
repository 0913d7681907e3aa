package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a decoder as a Hugging Face folder. */
public final class ModelWriter {
    static final String CONFIG = "config.json";

    private static final List<String> BESIDE_THE_WEIGHTS =
            List.of(
                    "generation_config.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "tokenizer.model",
                    "special_tokens_map.json",
                    "added_tokens.json",
                    "vocab.json",
                    "merges.txt",
                    "chat_template.jinja",
                    "chat_template.json");

    private ModelWriter() {}

    /**
     * Writes {@code model.safetensors} in {@code dtype}, and copies config, tokenizer and template
     * from the folder the model came from.
     */
    public static void write(Path folder, Decoder decoder, Path from, DType dtype)
            throws IOException {
        Files.createDirectories(folder);
        try (TensorBytes bytes = new TensorBytes(decoder.ops())) {
            List<SafetensorsWriter.Content> contents = new ArrayList<>();
            decoder.forEachParameter(parameter ->
                    contents.add(
                            new SafetensorsWriter.Content(
                                    parameter.name(),
                                    dtype.name(),
                                    parameter.best().shape(),
                                    () -> cast(decoder.ops(), parameter.best(), dtype, bytes))));
            SafetensorsWriter.write(
                    folder.resolve("model.safetensors"), contents, Map.of("format", "pt"));
        }
        copy(from, folder, CONFIG);
        copyBeside(from, folder);
    }

    /** Copies tokenizer, template and settings of generation, as far as they are there. */
    static void copyBeside(Path from, Path folder) throws IOException {
        for (String name : BESIDE_THE_WEIGHTS) {
            copy(from, folder, name);
        }
    }

    private static void copy(Path from, Path folder, String name) throws IOException {
        if (Files.exists(from.resolve(name))) {
            Files.copy(
                    from.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static MemorySegment cast(Ops ops, Tensor tensor, DType dtype, TensorBytes bytes) {
        try (Scope _ = ops.scope()) {
            return bytes.of(ops.cast(tensor, dtype));
        }
    }
}
