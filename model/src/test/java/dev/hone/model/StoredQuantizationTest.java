package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class StoredQuantizationTest {
    @TempDir private Path folder;

    static Stream<Quantization> kinds() {
        return Stream.of(
                new Quantization.Nf4(true), new Quantization.Nf4(false), new Quantization.Int8());
    }

    private Optional<Quantization> of(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        return StoredQuantization.of(folder);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsPutIsFound(Quantization kind) throws IOException {
        ObjectNode config = JsonMapper.shared().createObjectNode();
        StoredQuantization.put(config, kind, "bfloat16");
        assertThat(of(config.toString())).contains(kind);
    }

    @Test
    void aModelInFullHasNone() throws IOException {
        assertThat(StoredQuantization.of(folder)).isEmpty();
        assertThat(of("{}")).isEmpty();
        assertThat(of("{\"quantization_config\": null}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"quant_method\": \"gptq\", \"bits\": 4} | quant_method': gptq",
                "{\"load_in_4bit\": true} | bnb_4bit_quant_type': fp4",
                "{\"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"fp4\"} | bnb_4bit_quant_type': fp4"
            })
    void otherWaysAreNamed(String stored, String found) {
        assertThatThrownBy(() -> of("{\"quantization_config\": " + stored + "}"))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "%s: key 'quantization_config.%s is not supported; supported is bitsandbytes in 8 bits, or in 4 bits of type nf4"
                                .formatted(folder.resolve("config.json"), found));
    }
}
