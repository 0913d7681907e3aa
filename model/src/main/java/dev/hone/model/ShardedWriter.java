package dev.hone.model;

import dev.hone.model.SafetensorsWriter.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the weights of a model folder as transformers 5 does: one file, or several with an index
 * of them where they would be larger than a limit together (huggingface_hub,
 * serialization/_base.py).
 */
final class ShardedWriter {
    /** Most bytes of tensors in a file, unless a single one has more. */
    static final long LIMIT = 50_000_000_000L;

    private static final Map<String, String> METADATA = Map.of("format", "pt");

    private ShardedWriter() {}

    /**
     * Writes tensors, which are cut into files in this order.
     *
     * @param parameters of the model, for the index
     */
    static void write(Path folder, List<Content> contents, long parameters, long limit)
            throws IOException {
        List<List<Content>> shards = shards(contents, limit);
        if (shards.size() == 1) {
            SafetensorsWriter.write(folder.resolve(ModelFiles.SINGLE), shards.getFirst(), METADATA);
            return;
        }
        ObjectNode index = JsonMapper.shared().createObjectNode();
        ObjectNode metadata = index.putObject("metadata");
        metadata.put("total_parameters", parameters);
        metadata.put("total_size", contents.stream().mapToLong(Content::size).sum());
        ObjectNode map = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String file = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            SafetensorsWriter.write(folder.resolve(file), shards.get(i), METADATA);
            shards.get(i).forEach(content -> map.put(content.name(), file));
        }
        Files.writeString(folder.resolve(ModelFiles.INDEX), PythonJson.pretty(index) + "\n");
    }

    /** A tensor larger than the limit has a file of its own, before the one being filled. */
    static List<List<Content>> shards(List<Content> contents, long limit) {
        List<List<Content>> shards = new ArrayList<>();
        List<Content> current = new ArrayList<>();
        long size = 0;
        for (Content content : contents) {
            if (content.size() > limit) {
                shards.add(List.of(content));
                continue;
            }
            if (size + content.size() > limit) {
                shards.add(current);
                current = new ArrayList<>();
                size = 0;
            }
            current.add(content);
            size += content.size();
        }
        if (!current.isEmpty()) {
            shards.add(current);
        }
        return shards;
    }
}
