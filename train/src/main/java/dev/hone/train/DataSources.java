package dev.hone.train;

import dev.hone.data.DataSource;
import dev.hone.data.DatasetInfo;
import dev.hone.data.RowMapping;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads where rows come from: a path, or a section of keys. A section with the key {@code type} is
 * one of Axolotl's {@code datasets}, see {@link AxolotlDataset}; one with {@code dataset} names
 * entries of LLaMA-Factory's catalogue.
 */
final class DataSources {
    private final Function<String, Path> paths;

    /**
     * @param paths makes a path of what the file says
     */
    DataSources(Function<String, Path> paths) {
        this.paths = paths;
    }

    /** The sources that one element of a list names. */
    List<DataSource> of(Settings.Item item) {
        return switch (item) {
            case Settings.Item.Text(String text) -> List.of(DataSource.of(paths.apply(text)));
            case Settings.Item.Section(Settings section) -> of(section);
        };
    }

    private List<DataSource> of(Settings section) {
        if (AxolotlDataset.is(section)) {
            return AxolotlDataset.read(section, paths);
        }
        Path path = paths.apply(section.requireText("path"));
        double weight = weight(section);
        Optional<List<String>> datasets = section.texts("dataset");
        if (datasets.isPresent()) {
            DatasetInfo catalogue = DatasetInfo.read(path);
            return datasets.get().stream().map(name -> catalogue.source(name, weight)).toList();
        }
        RowMapping mapping =
                new RowMapping(
                        names(section.section("columns")),
                        names(section.section("message_property_mappings")),
                        roles(section.section("roles")));
        return List.of(source(section, "format", path, section.text("format"), weight, mapping));
    }

    /** As {@link DataSource}, with the file's line where something is wrong. */
    static DataSource source(
            Settings section,
            String formatKey,
            Path path,
            Optional<String> format,
            double weight,
            RowMapping mapping) {
        try {
            return new DataSource(path, format, weight, mapping);
        } catch (IllegalArgumentException e) {
            throw section.refuse(formatKey, String.valueOf(e.getMessage()));
        }
    }

    static double weight(Settings section) {
        double weight = section.real("weight", 0, 1000).orElse(1.0);
        if (weight == 0) {
            throw section.wrong("weight", "a number above 0, such as 0.5 or 2", "0");
        }
        return weight;
    }

    /** The standard name to the file's, of a section {@code standard: file's}. */
    static Map<String, String> names(Settings section) {
        Map<String, String> names = new HashMap<>();
        section.keys().forEach(key -> names.put(key, section.requireText(key)));
        return names;
    }

    /** The file's role to the standard one, of a section {@code standard: [file's, …]}. */
    static Map<String, String> roles(Settings section) {
        Map<String, String> roles = new HashMap<>();
        for (String role : section.keys()) {
            for (String found : section.texts(role).orElse(List.of())) {
                roles.put(found, role);
            }
        }
        return roles;
    }
}
