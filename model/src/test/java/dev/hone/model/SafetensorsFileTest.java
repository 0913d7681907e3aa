package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private void write(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        Files.write(file(), bytes.array());
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        byte[] a = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] b = {9, 10};
        SafetensorsWriter.write(
                file(),
                List.of(
                        new SafetensorsWriter.Content("b", DType.BF16, Shape.of(1), () -> b),
                        new SafetensorsWriter.Content("a", DType.F32, Shape.of(2), () -> a)),
                Map.of("format", "pt"));
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            assertThat(read.entries().keySet()).containsExactly("a", "b");
            assertThat(read.metadata()).containsEntry("format", "pt");
            assertThat(read.require("a").bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(a);
            assertThat(read.require("b").shape()).isEqualTo(Shape.of(1));
            assertThat(read.find("c")).isEmpty();
            assertThatThrownBy(() -> read.require("c"))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(file() + ": tensor 'c' is missing");
        }
        assertThat(Files.readAllBytes(file())[7]).isZero();
        assertThat(
                        ByteBuffer.wrap(Files.readAllBytes(file()))
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .getLong()
                                % 8)
                .isZero();
    }

    @Test
    void aWriteThatFailsLeavesTheOldFile() throws IOException {
        Files.writeString(file(), "old");
        assertThatThrownBy(() ->
                        SafetensorsWriter.write(
                                file(),
                                List.of(
                                        new SafetensorsWriter.Content(
                                                "a", DType.F32, Shape.of(2), () -> new byte[3])),
                                Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tensor 'a' has 3 bytes, expected 8");
        assertThat(Files.readString(file())).isEqualTo("old");
        assertThat(folder.toFile().list()).containsExactly("model.safetensors");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 4 | tensor 'a' ends at byte 8 of the data, the file has 4: it is truncated",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | tensor 'a' of F32[2] takes 8 bytes, its data_offsets are [0, 4]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | tensor 'a' starts at byte 4, expected 0: tensors overlap or leave a gap",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 | the tensors end at byte 4, the data at 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | tensor 'a' has an impossible shape [-1]",
                "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}} | 4 | tensor 'a' lacks dtype, shape or data_offsets",
                "[1] | 0 | the header is not a JSON object"
            })
    void damageIsNamed(String header, int dataBytes, String message) throws IOException {
        write(header, dataBytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file()))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "%s: not a valid safetensors file: %s; fetch the file again"
                                .formatted(file(), message));
    }

    @Test
    void aTruncatedHeaderIsNamed() throws IOException {
        write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
        byte[] whole = Files.readAllBytes(file());
        Files.write(file(), Arrays.copyOf(whole, 20));
        assertThatThrownBy(() -> SafetensorsFile.open(file()))
                .hasMessage(
                        "%s: not a valid safetensors file: the header promises %d bytes, the file has 20: it is truncated; fetch the file again"
                                .formatted(file(), whole.length - 8));
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
        assertThatThrownBy(() -> ModelFiles.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "%s: shard one.safetensors is named here but is not in the folder (2 of 2 shards missing); fetch it again"
                                .formatted(folder.resolve("model.safetensors.index.json")));
    }

    @Test
    void pickleIsNeverRead() throws IOException {
        Files.writeString(folder.resolve("pytorch_model.bin"), "");
        assertThatThrownBy(() -> ModelFiles.open(folder))
                .hasMessage(
                        "%s: no weights: expected model.safetensors or model.safetensors.index.json; pytorch_model.bin is a pickle, which can run code and is never read: convert it to safetensors"
                                .formatted(folder));
    }

    @Test
    void anUnsupportedFamilyIsToldWhichAre() throws IOException {
        Files.writeString(
                folder.resolve("config.json"), "{\"architectures\":[\"GPT2LMHeadModel\"]}");
        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "%s: key 'architectures': GPT2LMHeadModel is not supported; supported are LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM"
                                .formatted(folder.resolve("config.json")));
    }
}
