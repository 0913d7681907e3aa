package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.tensor.Activation;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraSpecTest {
    private static final List<String> ALL = List.of(LoraSpec.ALL_LINEAR);

    private static final ModelConfig CONFIG =
            new ModelConfig(
                    "llama",
                    48,
                    96,
                    3,
                    4,
                    2,
                    12,
                    100,
                    64,
                    1e-5,
                    1e4,
                    new RopeScaling.None(),
                    0,
                    false,
                    false,
                    false,
                    false,
                    false,
                    Activation.SILU);

    private static LoraSpec spec(
            boolean rankStabilized, boolean dora, Map<String, Integer> r, Map<String, Double> a) {
        return new LoraSpec(4, 8, 0, ALL, rankStabilized, new ModuleSizes(r, a), dora);
    }

    @Test
    void aModuleHasItsOwnRankAndAlphaAndTheScaleOfBoth() {
        LoraSpec plain = spec(false, false, Map.of("q_proj", 16), Map.of("up_proj", 20.0));
        String at = "model.layers.1.";
        assertThat(plain.size(at + "self_attn.q_proj")).isEqualTo(new LoraSpec.Size(16, 8, 0.5));
        assertThat(plain.size(at + "mlp.up_proj")).isEqualTo(new LoraSpec.Size(4, 20, 5));
        assertThat(plain.size(at + "self_attn.k_proj")).isEqualTo(new LoraSpec.Size(4, 8, 2));
        LoraSpec stabilized = spec(true, false, Map.of("q_proj", 16), Map.of());
        assertThat(stabilized.size(at + "self_attn.q_proj")).isEqualTo(new LoraSpec.Size(16, 8, 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twiceTheRankHasTheSameScales(boolean rankStabilized) {
        LoraSpec spec = spec(rankStabilized, false, Map.of("q_proj", 3), Map.of("q_proj", 5.0));
        for (LinearModule module : LinearModule.of(CONFIG)) {
            LoraSpec.Size once = spec.size(module.path());
            LoraSpec.Size twice = spec.doubled().size(module.path());
            assertThat(twice.rank()).isEqualTo(2 * once.rank());
            assertThat(twice.scale()).isCloseTo(once.scale(), within(1e-12));
        }
    }

    @Test
    void modulesAreTheMatricesThatADecoderHas() {
        try (CountingOps paper = CountingOps.fused(Device.CPU);
                Decoder decoder =
                        DecoderLoader.load(
                                paper,
                                CONFIG,
                                WeightSource.undefined(),
                                DType.BF16,
                                null,
                                new Training.Frozen())) {
            List<String> found = new ArrayList<>();
            decoder.forEachParameter(p -> {
                if (p.name().endsWith("_proj.weight")) {
                    found.add(p.name() + p.value().shape());
                }
            });
            assertThat(LinearModule.of(CONFIG))
                    .extracting(m -> "%s.weight[%d, %d]".formatted(m.path(), m.out(), m.in()))
                    .containsExactlyElementsOf(found);
        }
    }

    @Test
    void layersAreAlikeUnlessOneHasASizeOfItsOwn() {
        assertThat(spec(false, false, Map.of("q_proj", 7), Map.of()).alikeInAllLayers(CONFIG))
                .isTrue();
        assertThat(
                        spec(false, false, Map.of("layers.2.mlp.up_proj", 7), Map.of())
                                .alikeInAllLayers(CONFIG))
                .isFalse();
        assertThat(
                        spec(false, false, Map.of(), Map.of("layers.0.mlp.up_proj", 7.0))
                                .alikeInAllLayers(CONFIG))
                .isFalse();
    }

    @Test
    void aLayerThatTheModelDoesNotHaveIsRefused() {
        spec(false, false, Map.of("layers.2.mlp.up_proj", 7), Map.of()).requireLayersOf(CONFIG);
        for (String name : List.of("layers.3.mlp.up_proj", "3.mlp.up_proj")) {
            assertThatThrownBy(() ->
                            spec(false, false, Map.of(), Map.of(name, 7.0)).requireLayersOf(CONFIG))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "adapter.modules: '%s' is in none of the model's 3 layers, 0 to 2"
                                    .formatted(name));
        }
    }
}
