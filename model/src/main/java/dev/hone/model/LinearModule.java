package dev.hone.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer of a decoder layer, the modules that adapters are put on.
 *
 * @param path such as {@code model.layers.0.mlp.up_proj}
 * @param out rows of its matrix
 * @param in columns
 */
public record LinearModule(String path, long out, long in) {

    /** All of a model, in its order. */
    public static List<LinearModule> of(ModelConfig config) {
        List<LinearModule> modules = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String name : LoraSpec.LINEAR_LAYERS) {
                modules.add(of(config, layer, name));
            }
        }
        return modules;
    }

    /** That of a decoder layer by its own name. */
    static LinearModule of(ModelConfig config, int layer, String name) {
        long hidden = config.hiddenSize();
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.keyValueHeads() * config.headSize();
        long mlp = config.mlpWidth();
        String path = "model.layers.%d.%s.%s".formatted(layer, parent(name), name);
        return switch (name) {
            case "q_proj" -> new LinearModule(path, queries, hidden);
            case "k_proj", "v_proj" -> new LinearModule(path, keys, hidden);
            case "o_proj" -> new LinearModule(path, hidden, queries);
            case "down_proj" -> new LinearModule(path, hidden, mlp);
            default -> new LinearModule(path, mlp, hidden);
        };
    }

    /** The module of a decoder layer that holds the linear layer of this name. */
    public static String parent(String name) {
        return switch (name) {
            case "gate_proj", "up_proj", "down_proj" -> "mlp";
            default -> "self_attn";
        };
    }

    /** Its own name, such as {@code up_proj}. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
