package dev.hone.cli;

import dev.hone.model.ModelConfig;
import dev.hone.model.RopeScaling;
import dev.hone.tensor.Activation;
import java.util.Map;
import java.util.TreeMap;

/** Named model shapes to measure with; the figures are those of the models' config.json. */
final class Shapes {
    private static final Map<String, ModelConfig> NAMED =
            new TreeMap<>(
                    Map.of(
                            "smollm2-135m", llama(49152, 576, 1536, 30, 9, 3, true),
                            "llama-3.2-1b", llama(128256, 2048, 8192, 16, 32, 8, true),
                            "llama-3.1-8b", llama(128256, 4096, 14336, 32, 32, 8, false)));

    private Shapes() {}

    private static ModelConfig llama(
            int vocabulary,
            int hidden,
            int mlp,
            int layers,
            int heads,
            int keyValueHeads,
            boolean tied) {
        return new ModelConfig(
                "llama",
                hidden,
                mlp,
                layers,
                heads,
                keyValueHeads,
                hidden / heads,
                vocabulary,
                8192,
                1e-5,
                10000,
                new RopeScaling.None(),
                0,
                false,
                false,
                false,
                false,
                tied,
                Activation.SILU);
    }

    static ModelConfig named(String name) {
        ModelConfig shape = NAMED.get(name);
        if (shape == null) {
            throw new BadInputException(
                    "--shape: unknown shape '%s'; expected one of %s"
                            .formatted(name, String.join(", ", NAMED.keySet())));
        }
        return shape;
    }
}
