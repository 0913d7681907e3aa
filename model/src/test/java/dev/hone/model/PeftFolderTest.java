package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Adapter folders: what is written, and what is refused when one is read. */
class PeftFolderTest {
    private static final List<String> NAMES = List.of("q_proj", "up_proj", "down_proj");

    @TempDir private Path folder;

    private static LoraSpec spec(Map<String, Integer> ranks, Map<String, Double> alphas) {
        return new LoraSpec(4, 8, 0, NAMES, false, new ModuleSizes(ranks, alphas), false);
    }

    private static List<SafetensorsWriter.Content> contents(LoraSpec spec) {
        List<SafetensorsWriter.Content> contents = new ArrayList<>();
        for (int layer = 0; layer < 3; layer++) {
            for (String name : NAMES) {
                String path =
                        "model.layers.%d.%s.%s".formatted(layer, LinearModule.parent(name), name);
                int rank = spec.size(path).rank();
                contents.add(zeros(path + ".lora_A.weight", Shape.of(rank, 3)));
                contents.add(zeros(path + ".lora_B.weight", Shape.of(2, rank)));
            }
        }
        return contents;
    }

    private static SafetensorsWriter.Content zeros(String name, Shape shape) {
        return new SafetensorsWriter.Content(
                name, DType.F32, shape, () -> new byte[(int) shape.elements() * 4]);
    }

    private JsonNode written(LoraSpec spec, AdapterStart start, Optional<Quantization> base)
            throws IOException {
        PeftWriter.write(folder, contents(spec), spec, new PeftWriter.Origin("base", start, base));
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(folder.resolve("adapter_config.json")));
    }

    @Test
    void aPlainAdapterHasTheKeysThatOldReadersKnow() throws IOException {
        JsonNode config = written(spec(Map.of(), Map.of()), AdapterStart.DEFAULT, Optional.empty());
        assertThat(config.propertyNames())
                .containsExactlyInAnyOrder(
                        "base_model_name_or_path",
                        "bias",
                        "fan_in_fan_out",
                        "inference_mode",
                        "init_lora_weights",
                        "lora_alpha",
                        "lora_dropout",
                        "peft_type",
                        "r",
                        "target_modules",
                        "task_type");
        assertThat(config.get("init_lora_weights").asBoolean()).isTrue();
    }

    /** PEFT sorts keys when it saves and takes the first that matches. */
    @Test
    void patternsNameEachModuleOnce() throws IOException {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("layers.1.mlp.down_proj", 2);
        ranks.put("down_proj", 16);
        ranks.put("q_proj", 32);
        ranks.put("up_proj", 4);
        LoraSpec spec = spec(ranks, Map.of("layers.0.mlp.up_proj", 8.5, "q_proj", 64.0));
        JsonNode config = written(spec, AdapterStart.DEFAULT, Optional.empty());
        assertThat(config.get("rank_pattern").toString())
                .isEqualTo(
                        "{\"model.layers.0.mlp.down_proj\":16,\"model.layers.1.mlp.down_proj\":2,\"model.layers.2.mlp.down_proj\":16,\"q_proj\":32}");
        assertThat(config.get("alpha_pattern").toString())
                .isEqualTo("{\"model.layers.0.mlp.up_proj\":8.5,\"q_proj\":64}");
        try (PeftAdapter read = PeftAdapter.open(folder)) {
            assertThat(read.spec().targets()).containsExactlyInAnyOrderElementsOf(NAMES);
            for (int layer = 0; layer < 3; layer++) {
                for (String name : NAMES) {
                    String path = "model.layers.%d.mlp.%s".formatted(layer, name);
                    assertThat(read.spec().size(path)).isEqualTo(spec.size(path));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"DEFAULT, true", "GAUSSIAN, gaussian", "PISSA, true", "LOFTQ, true"})
    void noStartIsNamedThatPeftWouldRepeat(AdapterStart start, String wanted) throws IOException {
        JsonNode config = written(spec(Map.of(), Map.of()), start, Optional.empty());
        assertThat(config.get("init_lora_weights").asString()).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theBaseThatAnAdapterGoesWithIsInTheTensorFile(boolean doubled) throws IOException {
        Optional<Quantization> base = Optional.of(new Quantization.Nf4(doubled));
        written(spec(Map.of(), Map.of()), AdapterStart.LOFTQ, base);
        try (PeftAdapter read = PeftAdapter.open(folder);
                SafetensorsFile file =
                        SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
            assertThat(read.base()).isEqualTo(base);
            assertThat(file.metadata())
                    .containsEntry("format", "pt")
                    .containsEntry("base_quantization", doubled ? "nf4-double" : "nf4");
        }
        SafetensorsWriter.write(
                folder.resolve("adapter_model.safetensors"),
                List.of(
                        zeros("base_model.model.q_proj.lora_A.weight", Shape.of(4, 3)),
                        zeros("base_model.model.q_proj.lora_B.weight", Shape.of(2, 4))),
                Map.of("base_quantization", "int3"));
        try (PeftAdapter read = PeftAdapter.open(folder)) {
            assertThatThrownBy(read::base)
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "%s: metadata 'base_quantization': expected nf4, nf4-double or int8, found 'int3'"
                                    .formatted(folder.resolve("adapter_model.safetensors")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"init_lora_weights\": \"pissa_niter_16\"' | key 'init_lora_weights': an adapter that began as 'pissa_niter_16' goes with a base of its own; save it with PEFT's path_initial_model_for_weight_conversion, which makes it a plain LoRA",
                "'\"init_lora_weights\": \"olora\"' | key 'init_lora_weights': an adapter that began as 'olora' goes with a base of its own; save it with PEFT's path_initial_model_for_weight_conversion, which makes it a plain LoRA",
                "'\"modules_to_save\": [\"lm_head\"]' | key 'modules_to_save': [\"lm_head\"] is not supported",
                "'\"lora_bias\": true' | key 'lora_bias': true is not supported",
                "'\"use_qalora\": true' | key 'use_qalora': true is not supported",
                "'\"alora_invocation_tokens\": [1, 2]' | key 'alora_invocation_tokens': [1,2] is not supported",
                "'\"rank_pattern\": {\"q_proj\": 2.5}' | key 'rank_pattern': expected an object of whole numbers, found {\"q_proj\":2.5}",
                "'\"alpha_pattern\": [3]' | key 'alpha_pattern': expected an object of numbers, found [3]",
                "'\"rank_pattern\": {\"(q_proj\": 2}' | rank_pattern: '(q_proj' is not a regular expression: Unclosed group",
                "'\"peft_type\": \"LOHA\"' | key 'peft_type': expected LORA, found LOHA"
            })
    void whatWouldComputeSomethingElseIsRefused(String key, String message) throws IOException {
        written(spec(Map.of(), Map.of()), AdapterStart.DEFAULT, Optional.empty());
        Path config = folder.resolve("adapter_config.json");
        Files.writeString(config, "{\"r\": 4, \"lora_alpha\": 8, " + key + "}");
        assertThatThrownBy(() -> PeftAdapter.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessage(config + ": " + message);
    }

    @Test
    void keysThatSayNothingAreNotInTheWay() throws IOException {
        written(spec(Map.of(), Map.of()), AdapterStart.DEFAULT, Optional.empty());
        Files.writeString(
                folder.resolve("adapter_config.json"),
                """
                {"r": 4, "lora_alpha": 8, "modules_to_save": null, "use_qalora": false, "rank_pattern": null,
                 "alpha_pattern": {}, "kasa_config": null, "target_parameters": [], "init_lora_weights": "eva"}
                """);
        try (PeftAdapter read = PeftAdapter.open(folder)) {
            assertThat(read.spec().rank()).isEqualTo(4);
            assertThat(read.base()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "model.q_proj.lora_B.bias, false, plain LoRA",
        "model.q_proj.lora_magnitude_vector, false, plain LoRA",
        "model.q_proj.lora_B.bias, true, DoRA",
        "lm_head.weight, true, DoRA"
    })
    void aTensorThatIsNoPartIsNamed(String name, boolean dora, String kind) throws IOException {
        Path file = folder.resolve("adapter_model.safetensors");
        SafetensorsWriter.write(
                file, List.of(zeros("base_model.model." + name, Shape.of(2))), Map.of());
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"r\": 4, \"lora_alpha\": 8, \"use_dora\": " + dora + "}");
        assertThatThrownBy(() -> PeftAdapter.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "%s: tensor 'base_model.model.%s' is not part of a %s adapter"
                                .formatted(file, name, kind));
    }
}
