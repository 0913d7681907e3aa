package dev.hone.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * LLaMA-Factory's catalogue of data sets, {@code dataset_info.json}, as it stands. An entry names a
 * file beside the catalogue, its formatting and what its columns are called. Source: LLaMA-Factory,
 * data/README.md.
 */
public final class DatasetInfo {

    /** The catalogue's name. */
    public static final String FILE = "dataset_info.json";

    private static final Set<String> KEYS =
            Set.of("file_name", "formatting", "ranking", "columns", "tags", "split");
    private static final List<String> ELSEWHERE =
            List.of("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name");

    /** LLaMA-Factory's name of a column to the format's. */
    private static final Map<String, String> ALPACA =
            Map.of(
                    "prompt", "instruction",
                    "query", "input",
                    "response", "output",
                    "history", "history",
                    "system", "system",
                    "tools", "tools",
                    "chosen", "chosen",
                    "rejected", "rejected",
                    "kto_tag", "kto_tag");

    private static final Map<String, String> SHAREGPT =
            Map.of(
                    "messages", "conversations",
                    "system", "system",
                    "tools", "tools",
                    "chosen", "chosen",
                    "rejected", "rejected",
                    "kto_tag", "kto_tag");

    /** A role's tag, and the role that ShareGPT has for it. */
    private static final Map<String, String> ROLE_TAGS =
            Map.of(
                    "user_tag", "human",
                    "assistant_tag", "gpt",
                    "observation_tag", "observation",
                    "function_tag", "function_call",
                    "system_tag", "system");

    private final Path file;
    private final JsonNode entries;

    private DatasetInfo(Path file, JsonNode entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * Reads a catalogue.
     *
     * @throws DataException if it is not there or is no JSON object
     */
    public static DatasetInfo read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file.toString(), "is not there; expected a " + FILE);
        }
        try {
            JsonNode entries = JsonMapper.builder().build().readTree(Files.readString(file));
            if (!entries.isObject()) {
                throw new DataException(
                        file.toString(),
                        "is " + Fields.describe(entries) + "; expected an object of data sets");
            }
            return new DatasetInfo(file, entries);
        } catch (JacksonException e) {
            throw new DataException(
                    file + ":" + JsonFault.line(e), "is not valid JSON" + JsonFault.in(e));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /** Names of all data sets, in the catalogue's order. */
    public List<String> names() {
        return List.copyOf(entries.propertyNames());
    }

    /**
     * Where the rows of a data set are and what they look like.
     *
     * @throws DataException if the catalogue has no such data set, if its rows are not beside the
     *     catalogue, or if the entry has a key that is not supported
     */
    public DataSource source(String name, double weight) {
        JsonNode entry = entries.path(name);
        if (!entry.isObject()) {
            String meant =
                    Suggestion.nearest(name, names())
                            .map(near -> "; did you mean \"" + near + "\"?")
                            .orElse("");
            throw new DataException(
                    file.toString(), "has no data set \"%s\"%s".formatted(name, meant));
        }
        for (String key : ELSEWHERE) {
            if (entry.has(key) && !entry.has("file_name")) {
                throw fault(
                        name,
                        "stands elsewhere (%s: %s); download it and name its file as file_name"
                                .formatted(key, entry.path(key).asString("")));
            }
        }
        for (String key : entry.propertyNames()) {
            if (!KEYS.contains(key) && !ELSEWHERE.contains(key)) {
                throw fault(name, "has the key \"%s\", which is not supported".formatted(key));
            }
        }
        Path rows = file.resolveSibling(entry.path("file_name").asString(""));
        return switch (entry.path("formatting").asString("alpaca")) {
            case "alpaca" -> alpaca(name, entry, rows, weight);
            case "sharegpt" -> shareGpt(name, entry, rows, weight);
            default ->
                    throw fault(
                            name,
                            "has the formatting \"%s\"; expected alpaca or sharegpt"
                                    .formatted(entry.path("formatting").asString("")));
        };
    }

    private DataSource alpaca(String name, JsonNode entry, Path rows, double weight) {
        Map<String, String> columns = columns(name, entry, ALPACA);
        // LLaMA-Factory's pretraining entries name the column of the text and nothing else.
        if (columns.containsKey("instruction")
                && !columns.containsKey("output")
                && !ranking(entry)) {
            String text = columns.getOrDefault("instruction", "text");
            return source(rows, "text", weight, Map.of("text", text), Map.of(), Map.of());
        }
        String format =
                ranking(entry) ? "preference" : columns.containsKey("kto_tag") ? "kto" : "alpaca";
        if (format.equals("kto")) {
            columns = new HashMap<>(columns);
            columns.put("label", columns.getOrDefault("kto_tag", "kto_tag"));
            columns.put("prompt", columns.getOrDefault("instruction", "instruction"));
            columns.put("completion", columns.getOrDefault("output", "output"));
            columns.keySet().retainAll(Set.of("label", "prompt", "completion"));
        }
        return source(rows, format, weight, columns, Map.of(), Map.of());
    }

    private DataSource shareGpt(String name, JsonNode entry, Path rows, double weight) {
        Map<String, String> columns = new HashMap<>(columns(name, entry, SHAREGPT));
        columns.putIfAbsent("conversations", "conversations");
        String format = ranking(entry) ? "preference" : "sharegpt";
        if (columns.containsKey("kto_tag")) {
            columns.put("label", columns.getOrDefault("kto_tag", "kto_tag"));
            columns.remove("kto_tag");
            format = "kto";
        }
        JsonNode tags = entry.path("tags");
        Map<String, String> keys = new HashMap<>();
        Map<String, String> roles = new HashMap<>();
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            String value = tag.getValue().asString("");
            String role = ROLE_TAGS.get(tag.getKey());
            if (tag.getKey().equals("role_tag")) {
                keys.put("from", value);
            } else if (tag.getKey().equals("content_tag")) {
                keys.put("value", value);
            } else if (role != null) {
                roles.put(value, role);
            } else {
                throw fault(
                        name, "has the tag \"%s\", which is not supported".formatted(tag.getKey()));
            }
        }
        return source(rows, format, weight, columns, keys, roles);
    }

    private static boolean ranking(JsonNode entry) {
        return entry.path("ranking").asBoolean(false);
    }

    private Map<String, String> columns(String name, JsonNode entry, Map<String, String> known) {
        Map<String, String> columns = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> column : entry.path("columns").properties()) {
            String standard = known.get(column.getKey());
            if (standard == null) {
                unknown.add(column.getKey());
            } else {
                columns.put(standard, column.getValue().asString(""));
            }
        }
        if (!unknown.isEmpty()) {
            throw fault(name, "has the columns %s, which are not supported".formatted(unknown));
        }
        return columns;
    }

    private static DataSource source(
            Path rows,
            String format,
            double weight,
            Map<String, String> columns,
            Map<String, String> messageKeys,
            Map<String, String> roles) {
        Map<String, String> renamed = new HashMap<>(columns);
        renamed.entrySet().removeIf(column -> column.getKey().equals(column.getValue()));
        return new DataSource(
                rows, Optional.of(format), weight, new RowMapping(renamed, messageKeys, roles));
    }

    private DataException fault(String name, String text) {
        return new DataException(file.toString(), "data set \"%s\" %s".formatted(name, text));
    }

    /** What a reader says that was given a catalogue instead of rows. */
    static DataException isNoData(Path file) {
        return new DataException(
                file.toString(),
                "is a catalogue of data sets and no data; name some with the key dataset, for example {path: %s, dataset: %s}"
                        .formatted(
                                FILE, read(file).names().stream().findFirst().orElse("identity")));
    }
}
