package dev.hone.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The list of model families. A new one is a file beside these and a line here. */
final class Families {
    private static final List<Family> ALL =
            List.of(new Llama(), new Mistral(), new Qwen2(), new Qwen3());

    private Families() {}

    static ModelConfig config(ConfigJson json) {
        JsonNode architectures = json.node().path("architectures");
        String found =
                architectures.isArray() && !architectures.isEmpty()
                        ? architectures.get(0).asString()
                        : "nothing";
        Optional<Family> family =
                ALL.stream().filter(f -> f.architecture().equals(found)).findFirst();
        return family.orElseThrow(() ->
                        new ModelException(
                                "%s: key 'architectures': %s is not supported; supported are %s"
                                        .formatted(json.file(), found, names())))
                .config(json);
    }

    private static String names() {
        return ALL.stream().map(Family::architecture).collect(Collectors.joining(", "));
    }
}
