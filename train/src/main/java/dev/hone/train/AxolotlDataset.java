package dev.hone.train;

import dev.hone.data.DataSource;
import dev.hone.data.RowMapping;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An entry of Axolotl's {@code datasets}, as it stands. Keys that say where rows are and what they
 * are called are followed; those whose only value here is what Hone does anyway are checked; any
 * other is unknown. Source: Axolotl, docs/dataset-formats and its config schema.
 */
final class AxolotlDataset {
    /** Axolotl's types to formats. Prompt texts of {@code alpaca} give way to the chat template. */
    private static final Map<String, String> TYPES =
            Map.of(
                    "chat_template", "messages",
                    "sharegpt", "sharegpt",
                    "alpaca", "alpaca",
                    "completion", "text",
                    "pretrain", "text",
                    "input_output", "segments",
                    "chat_template.default", "preference");

    /** Keys that name a column, and the column. */
    private static final Map<String, String> FIELDS =
            Map.of(
                    "field", "text",
                    "field_messages", "messages",
                    "field_chosen", "chosen",
                    "field_rejected", "rejected",
                    "field_system", "system",
                    "field_instruction", "instruction",
                    "field_input", "input",
                    "field_output", "output",
                    "field_tools", "tools");

    private AxolotlDataset() {}

    /** Whether a section is one of Axolotl's. */
    static boolean is(Settings section) {
        return section.has("type") || section.has("ds_type") || section.has("field_messages");
    }

    static List<DataSource> read(Settings section, Function<String, Path> paths) {
        String type = section.text("type").orElse("chat_template");
        String format = TYPES.get(type);
        if (format == null) {
            throw section.wrong(
                    "type",
                    "one of %s; name the rows' format by the key format instead"
                            .formatted(
                                    String.join(", ", TYPES.keySet().stream().sorted().toList())),
                    type);
        }
        only(section, "ds_type", List.of("json", "csv", "parquet"));
        only(section, "split", List.of("train"));
        only(section, "train_on_eos", List.of("turn"));
        only(section, "roles_to_train", List.of("assistant"));
        only(section, "chat_template", List.of("tokenizer_default"));
        RowMapping mapping = mapping(section);
        double weight = DataSources.weight(section);
        return paths(section, paths).stream()
                .map(path ->
                        DataSources.source(
                                section, "type", path, Optional.of(format), weight, mapping))
                .toList();
    }

    /** The key {@code data_files} names files in the folder of the entry, or by themselves. */
    private static List<Path> paths(Settings section, Function<String, Path> paths) {
        String path = section.requireText("path");
        Optional<List<String>> files = section.texts("data_files");
        if (files.isEmpty()) {
            return List.of(paths.apply(path));
        }
        boolean loader = List.of("json", "csv", "parquet").contains(path);
        return files.get().stream()
                .map(file -> loader ? paths.apply(file) : paths.apply(path).resolve(file))
                .toList();
    }

    private static RowMapping mapping(Settings section) {
        Map<String, String> columns = new HashMap<>();
        FIELDS.forEach((key, column) ->
                section.text(key)
                        .filter(name -> !name.equals(column))
                        .ifPresent(name -> columns.put(column, name)));
        Map<String, String> keys = DataSources.names(section.section("message_property_mappings"));
        section.text("message_field_role").ifPresent(name -> keys.put("role", name));
        section.text("message_field_content").ifPresent(name -> keys.put("content", name));
        section.text("message_field_training").ifPresent(name -> keys.put("train", name));
        keys.entrySet().removeIf(entry -> entry.getKey().equals(entry.getValue()));
        Map<String, String> roles =
                section.has("roles")
                        ? DataSources.roles(section.section("roles"))
                        : Map.of("human", "user", "gpt", "assistant");
        return new RowMapping(columns, keys, roles);
    }

    private static void only(Settings section, String key, List<String> accepted) {
        for (String found : section.texts(key).orElse(List.of())) {
            if (!accepted.contains(found)) {
                throw section.wrong(key, String.join(" or ", accepted), found);
            }
        }
    }
}
