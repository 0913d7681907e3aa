package dev.hone.plan;

import dev.hone.model.ModelConfig;
import dev.hone.model.RopeScaling;
import dev.hone.tensor.Activation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Shapes of well-known models, so that a plan needs no download: {@code models.csv}. A plan depends
 * on nothing else of a config.json.
 */
public final class NamedModels {
    private static final List<String> COLUMNS =
            List.of(
                    "name",
                    "family",
                    "hidden",
                    "mlp",
                    "layers",
                    "heads",
                    "key_value_heads",
                    "head_size",
                    "vocabulary",
                    "positions",
                    "tied",
                    "repository");

    private NamedModels() {}

    /** All of them, by name. */
    public static Map<String, ModelConfig> all() {
        Map<String, ModelConfig> models = new TreeMap<>();
        for (Table.Row row : rows()) {
            models.put(row.text("name"), config(row));
        }
        return models;
    }

    /**
     * The shape of a model: of a folder with a config.json, else of a name such as {@code
     * llama-3.1-8b} or {@code meta-llama/Llama-3.1-8B}.
     *
     * @throws PlanException when there is neither
     */
    public static ModelConfig find(Path folder, String name) {
        if (Files.exists(folder.resolve("config.json"))) {
            return ModelConfig.read(folder);
        }
        return named(name)
                .orElseThrow(() ->
                        new PlanException(
                                "model '%s': there is no %s, and no well-known model of this name; %s"
                                        .formatted(
                                                name, folder.resolve("config.json"), hint(name))));
    }

    /**
     * The shape of a well-known model, by its name or its repository's.
     *
     * @throws PlanException when there is none of this name
     */
    public static ModelConfig require(String name) {
        return named(name)
                .orElseThrow(() ->
                        new PlanException("unknown model '%s'; %s".formatted(name, hint(name))));
    }

    private static Optional<ModelConfig> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return rows().stream()
                .filter(row ->
                        wanted.equals(row.text("name"))
                                || wanted.equals(row.text("repository").toLowerCase(Locale.ROOT)))
                .findFirst()
                .map(NamedModels::config);
    }

    private static String hint(String name) {
        return Choices.hint(
                name.substring(name.lastIndexOf('/') + 1),
                rows().stream().map(row -> row.text("name")).toList());
    }

    private static List<Table.Row> rows() {
        return Table.resource("models.csv", COLUMNS).rows();
    }

    private static ModelConfig config(Table.Row row) {
        String family = row.text("family");
        return new ModelConfig(
                family,
                row.count("hidden"),
                row.count("mlp"),
                row.count("layers"),
                row.count("heads"),
                row.count("key_value_heads"),
                row.count("head_size"),
                row.count("vocabulary"),
                row.count("positions"),
                1e-5,
                10000,
                new RopeScaling.None(),
                0,
                family.equals("qwen2"),
                false,
                false,
                family.equals("qwen3"),
                Boolean.parseBoolean(row.text("tied")),
                Activation.SILU);
    }
}
