package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.model.Decoder;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelFiles;
import dev.hone.model.PeftAdapter;
import dev.hone.model.SafetensorsFile;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fixtures of one architecture: a model, an adapter and what transformers and PEFT make of
 * them.
 */
final class Golden implements AutoCloseable {
    private final Path folder;
    private final Path model;
    private final SafetensorsFile tensors;
    private final JsonNode numbers;

    Golden(String architecture) throws IOException {
        this(Path.of("src/test/resources/goldens", architecture), architecture);
    }

    private Golden(Path folder, String architecture) throws IOException {
        this.folder = folder;
        this.model = Path.of("src/test/resources/goldens", architecture, "model");
        this.tensors = SafetensorsFile.open(folder.resolve("golden.safetensors"));
        this.numbers =
                JsonMapper.builder()
                        .build()
                        .readTree(Files.readAllBytes(folder.resolve("golden.json")));
    }

    /** What PEFT makes of a variant of adapters on the model of an architecture. */
    static Golden ofAdapter(String variant, String architecture) throws IOException {
        return new Golden(
                Path.of("src/test/resources/goldens-adapters", variant + "-" + architecture),
                architecture);
    }

    Path folder() {
        return folder;
    }

    Path model() {
        return model;
    }

    ModelConfig config() {
        return ModelConfig.read(model());
    }

    ModelFiles weights() {
        return ModelFiles.open(model());
    }

    PeftAdapter adapter() {
        return PeftAdapter.open(folder.resolve("adapter"));
    }

    PeftAdapter adapterAfterTenSteps() {
        return PeftAdapter.open(folder.resolve("adapter_after_10_steps"));
    }

    JsonNode numbers() {
        return numbers;
    }

    /** Names that start with {@code prefix}, without it. */
    List<String> names(String prefix) {
        return tensors.entries().keySet().stream()
                .filter(n -> n.startsWith(prefix))
                .map(n -> n.substring(prefix.length()))
                .toList();
    }

    float[] floats(String name) {
        return tensors.require(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    int[] indices(String name) {
        long[] wide = tensors.require(name).bytes().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        int[] narrow = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            narrow[i] = Math.toIntExact(wide[i]);
        }
        return narrow;
    }

    /** One of the two sequences as a row. */
    Example example(int sequence) {
        int[] ids = indices("seq" + sequence + ".input_ids");
        byte[] supervised =
                tensors.require("seq" + sequence + ".supervised")
                        .bytes()
                        .toArray(ValueLayout.JAVA_BYTE);
        int width = supervised.length / ids.length;
        float[] weights = new float[ids.length];
        for (int t = 1; t < ids.length; t++) {
            weights[t] = supervised[t * width];
        }
        return new Example("seq" + sequence, ids, weights);
    }

    /** Both sequences packed. */
    Batch packed() {
        return Batch.of(List.of(example(0), example(1)), 0, 1);
    }

    /** Logits of a model for each of the packed sequences. */
    List<float[]> logits(Ops ops, Decoder decoder) {
        Batch batch = packed();
        int[] offsets = batch.offsets();
        try (Scope _ = ops.scope()) {
            Tensor logits = decoder.logits(batch.ids(), offsets);
            return List.of(
                    ops.floats(ops.rows(logits, offsets[0], offsets[1])),
                    ops.floats(ops.rows(logits, offsets[1], offsets[2])));
        }
    }

    @Override
    public void close() {
        tensors.close();
    }
}
