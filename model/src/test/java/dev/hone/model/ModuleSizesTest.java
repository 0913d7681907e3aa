package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleSizesTest {

    /** Each line as re.match(rf"(.*\.)?({key})$", path) of Python answers. */
    @ParameterizedTest
    @CsvSource({
        "q_proj, model.layers.0.self_attn.q_proj, true",
        "proj, model.layers.0.self_attn.q_proj, false",
        "self_attn.q_proj, model.layers.0.self_attn.q_proj, true",
        "layers.1.self_attn.q_proj, model.layers.11.self_attn.q_proj, false",
        "layers.1.self_attn.q_proj, model.layers.1.self_attn.q_proj, true",
        "1.self_attn.q_proj, model.layers.11.self_attn.q_proj, false",
        "^model.layers.0.mlp.up_proj, model.layers.0.mlp.up_proj, true",
        "^layers.0.mlp.up_proj, model.layers.0.mlp.up_proj, false",
        "'layers\\.(0|2)\\.mlp\\..*', model.layers.2.mlp.up_proj, true",
        "'layers\\.(0|2)\\.mlp\\..*', model.layers.1.mlp.up_proj, false",
        "'.*\\.mlp\\.(gate|up)_proj', model.layers.1.mlp.up_proj, true",
        "'q_proj|k_proj', model.layers.1.self_attn.k_proj, true",
        "q_proj$, model.layers.0.self_attn.q_proj, true",
        "model, model.layers.0.self_attn.q_proj, false"
    })
    void aKeyMatchesAsInPeft(String key, String path, boolean matches) {
        ModuleSizes sizes = new ModuleSizes(Map.of(key, 3), Map.of(key, 7.0));
        assertThat(sizes.rank(path)).isEqualTo(matches ? Optional.of(3) : Optional.empty());
        assertThat(sizes.alpha(path)).isEqualTo(matches ? Optional.of(7.0) : Optional.empty());
    }

    @Test
    void ofSeveralKeysTheFirstCounts() {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("layers.0.mlp.up_proj", 2);
        ranks.put("up_proj", 3);
        ranks.put("0.mlp.up_proj", 4);
        ModuleSizes sizes = new ModuleSizes(ranks, Map.of());
        assertThat(sizes.rank("model.layers.0.mlp.up_proj")).contains(2);
        assertThat(sizes.rank("model.layers.1.mlp.up_proj")).contains(3);
        assertThat(List.copyOf(sizes.ranks().keySet()))
                .containsExactly("layers.0.mlp.up_proj", "up_proj", "0.mlp.up_proj");
    }

    @Test
    void faultsAreNamed() {
        assertThatThrownBy(() -> new ModuleSizes(Map.of("(q_proj", 3), Map.of()))
                .isInstanceOf(ModelException.class)
                .hasMessage("rank_pattern: '(q_proj' is not a regular expression: Unclosed group");
        assertThatThrownBy(() -> new ModuleSizes(Map.of(), Map.of("*", 3.0)))
                .hasMessage(
                        "alpha_pattern: '*' is not a regular expression: Dangling meta character '*'");
        assertThatThrownBy(() -> new ModuleSizes(Map.of("q_proj", 0), Map.of()))
                .hasMessage("the rank of 'q_proj' must be at least 1, found 0");
        assertThatThrownBy(() -> new ModuleSizes(Map.of(), Map.of("q_proj", 0.0)))
                .hasMessage("the alpha of 'q_proj' must be greater than 0, found 0.0");
    }
}
