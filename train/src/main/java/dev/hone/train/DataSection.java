package dev.hone.train;

import dev.hone.data.DataSource;
import dev.hone.data.DataSpec;
import dev.hone.data.Holdout;
import dev.hone.data.RowMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the section {@code data} of a run file with every default in it. */
final class DataSection {
    private DataSection() {}

    static Map<String, Object> of(DataSpec spec) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("train", spec.train().stream().map(DataSection::source).toList());
        switch (spec.holdout()) {
            case Holdout.None _ -> {}
            case Holdout.Share(double share, var stratifyBy) -> {
                data.put("holdout", share);
                stratifyBy.ifPresent(key -> data.put("stratify_by", key));
            }
            case Holdout.Files(DataSource source) -> data.put("holdout", source(source));
        }
        data.put("max_length", spec.maxLength());
        data.put("too_long", spec.tooLong().name().toLowerCase(Locale.ROOT));
        data.put("train_on", spec.trainOn().name().toLowerCase(Locale.ROOT));
        data.put("pack", spec.pack());
        if (spec.cache().isEmpty()) {
            data.put("cache", "no");
        }
        spec.cache()
                .filter(cache -> cache.leastBytes() == 0)
                .ifPresent(cache -> data.put("cache", cache.folder().toString()));
        return data;
    }

    /** A path, or a section where there is more to say. */
    private static Object source(DataSource source) {
        if (source.equals(DataSource.of(source.path()))) {
            return source.path().toString();
        }
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("path", source.path().toString());
        source.format().ifPresent(format -> section.put("format", format));
        section.put("weight", source.weight());
        RowMapping mapping = source.mapping();
        if (!mapping.columns().isEmpty()) {
            section.put("columns", new TreeMap<>(mapping.columns()));
        }
        if (!mapping.messageKeys().isEmpty()) {
            section.put("message_property_mappings", new TreeMap<>(mapping.messageKeys()));
        }
        if (!mapping.roles().isEmpty()) {
            Map<String, List<String>> roles = new TreeMap<>();
            new TreeMap<>(mapping.roles())
                    .forEach((found, role) ->
                            roles.computeIfAbsent(role, _ -> new ArrayList<>()).add(found));
            section.put("roles", roles);
        }
        return section;
    }
}
