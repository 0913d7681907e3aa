package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.model.ModelConfig;
import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelQuantizer;
import dev.hone.model.ModelQuantizer.Report;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.SafetensorsWriter;
import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.tensor.DType;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders in fewer bits. bitsandbytes is not here to read them; that they are, byte for byte, what
 * transformers saved with it is the proof that it would. For int8 the other side is only the
 * format's description.
 */
@Tag("golden")
final class ModelQuantizerTest extends EngineTest {
    private static final Path RESOURCES = Path.of("src/test/resources");

    @TempDir private Path folder;

    /** Goes on until it was asked so many times. */
    private static final class Watching implements ModelQuantizer.Listener {
        private final List<String> told = new ArrayList<>();
        private int left;

        Watching(int left) {
            this.left = left;
        }

        @Override
        public void scales(long done, long total) {
            told.add("scales %d/%d".formatted(done, total));
        }

        @Override
        public void bytes(long done, long total) {
            told.add("bytes %d/%d".formatted(done, total));
        }

        @Override
        public boolean stopped() {
            return left-- == 0;
        }
    }

    private static Path golden(String architecture) {
        return RESOURCES.resolve("goldens").resolve(architecture).resolve("model");
    }

    private Path out() {
        return folder.resolve("out");
    }

    private Report write(Path from, Quantization kind) throws IOException {
        return ModelQuantizer.write(ops, from, out(), kind, new Watching(-1)).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen3"})
    void aFolderInNf4IsThatOfTransformersAndBitsandbytesToTheByte(String architecture)
            throws IOException {
        write(golden(architecture), new Quantization.Nf4(true));
        assertSameFiles(
                RESOURCES.resolve("goldens-nf4").resolve(architecture).resolve("model-nf4-double"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3"})
    void aFolderInInt8IsThatOfTheDescriptionToTheByte(String architecture) throws IOException {
        write(golden(architecture), new Quantization.Int8());
        assertSameFiles(
                RESOURCES.resolve("goldens-int8").resolve(architecture).resolve("model-int8"));
    }

    private void assertSameFiles(Path expected) throws IOException {
        List<String> names = names(expected);
        assertThat(names(out())).isEqualTo(names);
        for (String name : names) {
            assertThat(out().resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    static Stream<Arguments> kindsAndDtypes() {
        return Stream.of(
                        new Quantization.Nf4(true),
                        new Quantization.Nf4(false),
                        new Quantization.Int8())
                .flatMap(kind ->
                        Stream.of(DType.F32, DType.BF16).map(dtype -> Arguments.of(kind, dtype)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndDtypes")
    void whatIsReadBackIsWhatQuantizingAsItIsLoadedMakes(Quantization kind, DType dtype)
            throws IOException {
        for (String architecture : List.of("llama_tied", "mistral", "qwen2")) {
            Path from = stored(architecture, dtype);
            Path into = folder.resolve(architecture + "-small");
            ModelQuantizer.write(ops, from, into, kind, new Watching(-1));
            try (ModelFiles before = ModelFiles.open(from);
                    ModelFiles after = ModelFiles.open(into);
                    SafetensorsFile file =
                            SafetensorsFile.open(from.resolve("model.safetensors"))) {
                for (SafetensorsFile.Entry entry : file.entries().values()) {
                    if (entry.name().endsWith("_proj.weight")) {
                        assertSameMatrix(before, after, entry, kind);
                    } else {
                        assertSameTensor(before, after, entry);
                    }
                }
            }
            assertThat(ModelConfig.read(into)).isEqualTo(ModelConfig.read(from));
        }
    }

    /** A model of the goldens with its weights in {@code dtype}. */
    private Path stored(String architecture, DType dtype) throws IOException {
        Path model = Files.createDirectories(folder.resolve(architecture));
        Files.copy(golden(architecture).resolve("config.json"), model.resolve("config.json"));
        try (SafetensorsFile file =
                        SafetensorsFile.open(golden(architecture).resolve("model.safetensors"));
                ModelFiles files = ModelFiles.open(golden(architecture));
                Scope _ = ops.scope()) {
            List<Content> contents =
                    file.entries().values().stream()
                            .map(e ->
                                    new Content(
                                            e.name(),
                                            dtype,
                                            e.shape(),
                                            () ->
                                                    ops.bytes(
                                                            files.load(
                                                                    ops, e.name(), e.shape(),
                                                                    dtype))))
                            .toList();
            SafetensorsWriter.write(model.resolve("model.safetensors"), contents, Map.of());
        }
        return model;
    }

    private void assertSameMatrix(
            ModelFiles before, ModelFiles after, SafetensorsFile.Entry entry, Quantization kind) {
        try (QuantizedMatrix made = before.loadQuantized(ops, entry.name(), entry.shape(), kind);
                QuantizedMatrix read = after.loadQuantized(ops, entry.name(), entry.shape(), kind);
                Scope _ = ops.scope()) {
            for (int i = 0; i < made.tensors().size(); i++) {
                assertThat(ops.bytes(read.tensors().get(i)))
                        .as("%s, tensor %d", entry.name(), i)
                        .isEqualTo(ops.bytes(made.tensors().get(i)));
            }
            assertThat(ops.bytes(ops.dequantize(read, DType.F32)))
                    .isEqualTo(ops.bytes(ops.dequantize(made, DType.F32)));
        }
    }

    private void assertSameTensor(
            ModelFiles before, ModelFiles after, SafetensorsFile.Entry entry) {
        try (Scope _ = ops.scope()) {
            assertThat(ops.bytes(after.load(ops, entry.name(), entry.shape(), DType.F32)))
                    .as(entry.name())
                    .isEqualTo(ops.bytes(before.load(ops, entry.name(), entry.shape(), DType.F32)));
        }
    }

    @ParameterizedTest
    @CsvSource({"BF16, bfloat16", "F32, float32"})
    void theStateAndTheConfigNameTheDtypeOfTheWeights(DType dtype, String name) throws IOException {
        Path from = stored("mistral", dtype);
        write(from, new Quantization.Nf4(false));
        assertThat(Files.readString(out().resolve("config.json")))
                .contains("\"bnb_4bit_compute_dtype\": \"%s\"".formatted(name));
        try (SafetensorsFile file = SafetensorsFile.open(out().resolve("model.safetensors"))) {
            SafetensorsFile.Entry state =
                    file.require("model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4");
            assertThat(
                            new String(
                                    state.bytes().toArray(ValueLayout.JAVA_BYTE),
                                    StandardCharsets.UTF_8))
                    .isEqualTo(
                            "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"%s\", \"shape\": [96, 48]}"
                                    .formatted(name));
        }
    }

    @Test
    void theReportCountsWhatWasQuantizedAndWhatStayed() throws IOException {
        Path from = stored("llama_tied", DType.F32);
        addTensor(from, "lm_head.weight", Shape.of(256, 48));
        addTensor(from, "model.layers.0.self_attn.rotary_emb.inv_freq", Shape.of(6));
        Report report = write(from, new Quantization.Int8());
        ModelConfig config = ModelConfig.read(from);
        assertThat(report.parameters()).isEqualTo(config.parameters());
        assertThat(report.matrices()).isEqualTo(7 * config.layers());
        assertThat(report.bytesBefore()).isEqualTo(4 * config.parameters());
        long kept = report.parameters() - report.quantized();
        try (SafetensorsFile file = SafetensorsFile.open(out().resolve("model.safetensors"))) {
            long rows =
                    file.entries().values().stream()
                            .filter(e -> e.name().endsWith("SCB"))
                            .mapToLong(e -> e.shape().elements())
                            .sum();
            assertThat(report.bytesAfter())
                    .isEqualTo(report.quantized() + 4 * rows + report.matrices() + 4 * kept);
            assertThat(file.find("lm_head.weight")).isEmpty();
        }
        assertThat(report.stayed())
                .contains("model.embed_tokens.weight", "model.norm.weight")
                .hasSize(2 + 9 * config.layers());
        assertThat(report.leftOut())
                .containsExactly("lm_head.weight", "model.layers.0.self_attn.rotary_emb.inv_freq");
        assertThat(report.worst().keySet())
                .containsExactly(
                        "down_proj",
                        "gate_proj",
                        "k_proj",
                        "o_proj",
                        "q_proj",
                        "up_proj",
                        "v_proj");
        report.worst()
                .forEach((kind, worst) -> {
                    assertThat(worst.tensor()).endsWith(kind + ".weight");
                    assertThat(worst.error()).isBetween(0.002, 0.02);
                });
    }

    private static void addTensor(Path model, String name, Shape shape) throws IOException {
        Path file = model.resolve("model.safetensors");
        List<Content> contents = new ArrayList<>();
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            for (SafetensorsFile.Entry entry : stored.entries().values()) {
                byte[] bytes = entry.bytes().toArray(ValueLayout.JAVA_BYTE);
                contents.add(
                        new Content(
                                entry.name(),
                                entry.dtype(),
                                entry.shape(),
                                () -> MemorySegment.ofArray(bytes)));
            }
        }
        int size = (int) (4 * shape.elements());
        contents.add(new Content(name, DType.F32, shape, () -> new byte[size]));
        SafetensorsWriter.write(file, contents, Map.of());
    }

    @Test
    void progressIsToldTensorByTensor() throws IOException {
        Watching watching = new Watching(-1);
        ModelQuantizer.write(ops, golden("llama"), out(), new Quantization.Nf4(true), watching);
        assertThat(watching.told).startsWith("scales 1/14", "scales 2/14");
        assertThat(watching.told.getLast()).isEqualTo("bytes 138268/138268");
    }

    @Test
    void aRunThatIsStoppedLeavesNothing() throws IOException {
        for (int asked : new int[] {0, 5, 14, 40}) {
            Optional<Report> none =
                    ModelQuantizer.write(
                            ops,
                            golden("llama"),
                            out(),
                            new Quantization.Nf4(true),
                            new Watching(asked));
            assertThat(none).isEmpty();
            assertThat(names(folder)).isEmpty();
        }
    }

    @Test
    void anEmptyFolderIsFilled() throws IOException {
        Files.createDirectory(out());
        write(golden("llama"), new Quantization.Int8());
        assertThat(names(folder)).containsExactly("out");
        assertThat(names(out()))
                .containsExactly("config.json", "generation_config.json", "model.safetensors");
    }

    @Test
    void aFolderThatHoldsSomethingIsRefused() throws IOException {
        Files.createDirectory(out());
        Files.writeString(out().resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> write(golden("llama"), new Quantization.Int8()))
                .isInstanceOf(ModelException.class)
                .hasMessage(out() + " is not empty; name a folder that does not exist yet");
        assertThat(names(out())).containsExactly("notes.txt");
    }

    @Test
    void aFileInThePlaceOfTheFolderIsRefused() throws IOException {
        Files.writeString(out(), "mine");
        assertThatThrownBy(() -> write(golden("llama"), new Quantization.Int8()))
                .isInstanceOf(ModelException.class)
                .hasMessage(out() + " is a file; name a folder that does not exist yet");
    }

    @Test
    void whatAKilledRunLeftIsRefused() throws IOException {
        Path partial = Files.createDirectory(folder.resolve("out.partial"));
        assertThatThrownBy(() -> write(golden("llama"), new Quantization.Int8()))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        partial
                                + " is what another run is writing, or left when it was killed; remove it if none is running");
    }

    @Test
    void aModelThatIsQuantizedAlreadyIsRefused() {
        Path stored = RESOURCES.resolve("goldens-nf4/llama/model-nf4-double");
        assertThatThrownBy(() -> write(stored, new Quantization.Int8()))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        stored
                                + " is quantized already, in nf4 with double quantization; take the model it was made from");
    }

    @Test
    void aTensorOfAnotherShapeIsRefusedAndLeavesNothing() throws IOException {
        Path from = stored("llama", DType.F32);
        String config = Files.readString(from.resolve("config.json"));
        Files.writeString(
                from.resolve("config.json"), config.replace("\"head_dim\": 12", "\"head_dim\": 2"));
        assertThatThrownBy(() -> write(from, new Quantization.Nf4(true)))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "%s: tensor 'model.layers.0.self_attn.q_proj.weight' has shape [48, 48], config.json asks for [8, 48]"
                                .formatted(from));
        assertThat(names(folder)).containsExactly("llama");
    }

    /** The table's file is longer than the disk is free: a file with a hole. */
    @Test
    void aDiskThatIsTooFullIsNamedBeforeAnythingIsWritten() throws IOException {
        Path from = stored("llama_tied", DType.F32);
        int vocabulary = 2_000_000_000;
        long size = 8L * vocabulary * 48;
        long free = Files.getFileStore(folder).getUsableSpace();
        assumeTrue(free < size, "the disk is very large");
        Files.writeString(
                from.resolve("config.json"),
                Files.readString(from.resolve("config.json"))
                        .replaceFirst("\"vocab_size\": \\d+", "\"vocab_size\": " + vocabulary));
        String table =
                "{\"model.embed_tokens.weight\":{\"dtype\":\"F64\",\"shape\":[%d,48],\"data_offsets\":[0,%d]}}"
                        .formatted(vocabulary, size);
        try (RandomAccessFile file =
                new RandomAccessFile(from.resolve("table.safetensors").toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(table.length()));
            file.writeBytes(table);
            file.setLength(8 + table.length() + size);
        }
        shard(from);
        assertThatThrownBy(() -> write(from, new Quantization.Int8()))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        "\\Q%s\\E: the model takes [0-9,]+ bytes, and [0-9,]+ are free"
                                .formatted(folder.toAbsolutePath()));
        assertThat(names(folder)).containsExactly("llama_tied");
    }

    /** Makes the folder's file a shard beside {@code table.safetensors}. */
    private static void shard(Path model) throws IOException {
        Files.move(model.resolve("model.safetensors"), model.resolve("layers.safetensors"));
        List<String> names;
        try (SafetensorsFile file = SafetensorsFile.open(model.resolve("layers.safetensors"))) {
            names = List.copyOf(file.entries().keySet());
        }
        String map =
                String.join(
                        ",",
                        names.stream()
                                .map(name ->
                                        "\"%s\":\"%s\""
                                                .formatted(
                                                        name,
                                                        name.contains("embed")
                                                                ? "table.safetensors"
                                                                : "layers.safetensors"))
                                .toList());
        Files.writeString(
                model.resolve("model.safetensors.index.json"), "{\"weight_map\":{" + map + "}}");
    }
}
