package dev.hone.train;

import dev.hone.data.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A section of a YAML file, read key by key. Every key that is asked for counts as known and used;
 * {@link #finish} refuses what is left, so a key is never silently ignored.
 */
final class Settings {
    private static final YAMLMapper MAPPER = YAMLMapper.builder().build();

    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMG]i?B|B|)", Pattern.CASE_INSENSITIVE);

    private final String file;
    private final String path;
    private final Map<String, Value> values;
    private final Set<String> asked = new LinkedHashSet<>();
    private final List<Settings> opened = new ArrayList<>();

    private Settings(String file, String path, Map<String, Value> values) {
        this.file = file;
        this.path = path;
        this.values = values;
    }

    /**
     * A value with the line it stands on: text, a list of texts, a list with sections, or a
     * section.
     */
    private sealed interface Value {
        int line();

        record Text(String text, int line) implements Value {}

        record Texts(List<String> texts, int line) implements Value {}

        record Items(List<Value> values, int line) implements Value {}

        record Section(Map<String, Value> values, int line) implements Value {}
    }

    /** An element of a list that may hold texts and sections. */
    sealed interface Item {
        record Text(String text) implements Item {}

        record Section(Settings settings) implements Item {}
    }

    /**
     * Reads a file, then the overrides on top of it.
     *
     * @param overrides {@code section.key} to a YAML value
     */
    static Settings read(Path file, Map<String, String> overrides) {
        try {
            Map<String, Value> values = parse(file.toString(), Files.readString(file));
            overrides.forEach((key, value) -> override(values, key, value));
            return new Settings(file.toString(), "", values);
        } catch (IOException e) {
            throw new RunFileException("%s: cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    /** Settings that stand in no file. */
    static Settings of(String name, Map<String, String> settings) {
        Map<String, Value> values = new LinkedHashMap<>();
        settings.forEach((key, value) -> override(values, key, value));
        return new Settings(name, "", values);
    }

    private static Map<String, Value> parse(String file, String yaml) {
        try (JsonParser parser = MAPPER.createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new LinkedHashMap<>();
            }
            if (first != JsonToken.START_OBJECT) {
                throw new RunFileException(
                        "%s:%d: expected keys and values, found a %s"
                                .formatted(file, line(parser), kind(first)));
            }
            return section(file, "", parser);
        } catch (JacksonException e) {
            throw new RunFileException(
                    "%s:%d: not valid YAML: %s"
                            .formatted(
                                    file,
                                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                                    firstLine(e.getOriginalMessage())));
        }
    }

    private static Map<String, Value> section(String file, String path, JsonParser parser) {
        Map<String, Value> values = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int line = line(parser);
            Value before = values.get(key);
            if (before != null) {
                throw new RunFileException(
                        "%s:%d: key '%s%s' stands a second time; it was set on line %d"
                                .formatted(file, line, path, key, before.line()));
            }
            JsonToken token = parser.nextToken();
            switch (token) {
                case START_OBJECT ->
                        values.put(
                                key,
                                new Value.Section(section(file, path + key + ".", parser), line));
                case START_ARRAY -> values.put(key, list(file, path + key, parser, line));
                case VALUE_NULL -> {}
                default -> values.put(key, new Value.Text(parser.getString(), line));
            }
        }
        return values;
    }

    /** A list of plain values, or one that has sections in it. */
    private static Value list(String file, String path, JsonParser parser, int line) {
        List<Value> items = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (t == JsonToken.START_OBJECT) {
                int at = line(parser);
                String inner = "%s[%d].".formatted(path, items.size());
                items.add(new Value.Section(section(file, inner, parser), at));
            } else if (t.isScalarValue()) {
                items.add(new Value.Text(parser.getString(), line(parser)));
            } else {
                throw new RunFileException(
                        "%s:%d: key '%s': expected a list of plain values or sections, found a %s in it"
                                .formatted(file, line(parser), path, kind(t)));
            }
        }
        if (items.stream().anyMatch(Value.Section.class::isInstance)) {
            return new Value.Items(items, line);
        }
        return new Value.Texts(items.stream().map(Settings::describe).toList(), line);
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String kind(JsonToken token) {
        return token == JsonToken.START_ARRAY
                ? "list"
                : token == JsonToken.START_OBJECT ? "section" : "plain value";
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }

    private static void override(Map<String, Value> values, String dotted, String yaml) {
        int dot = dotted.indexOf('.');
        if (dot < 0) {
            Value value = parse("--set " + dotted, dotted + ": " + yaml).get(dotted);
            if (value == null) {
                values.remove(dotted);
            } else {
                values.put(dotted, value);
            }
            return;
        }
        Value section =
                values.computeIfAbsent(
                        dotted.substring(0, dot), _ -> new Value.Section(new LinkedHashMap<>(), 0));
        if (!(section instanceof Value.Section(Map<String, Value> inner, _))) {
            throw new RunFileException(
                    "--set %s: '%s' is not a section".formatted(dotted, dotted.substring(0, dot)));
        }
        override(inner, dotted.substring(dot + 1), yaml);
    }

    /** The section of this name; an empty one when it is absent. */
    Settings section(String key) {
        Value value = ask(key);
        Map<String, Value> inner =
                switch (value) {
                    case null -> Map.of();
                    case Value.Section(Map<String, Value> v, _) -> v;
                    default -> throw wrong(key, "a section of keys", describe(value));
                };
        Settings settings = new Settings(file, path + key + ".", inner);
        opened.add(settings);
        return settings;
    }

    /** Elements of a list, each a text or a section; a single text or section is a list of one. */
    Optional<List<Item>> items(String key) {
        return switch (ask(key)) {
            case null -> Optional.empty();
            case Value.Text(String text, _) -> Optional.of(List.of(new Item.Text(text)));
            case Value.Texts(List<String> texts, _) ->
                    Optional.of(texts.stream().<Item>map(Item.Text::new).toList());
            case Value.Section(Map<String, Value> inner, _) ->
                    Optional.of(List.of(open(path + key + ".", inner)));
            case Value.Items(List<Value> values, _) -> {
                List<Item> items = new ArrayList<>();
                for (Value value : values) {
                    items.add(
                            value instanceof Value.Section(Map<String, Value> inner, _)
                                    ? open("%s%s[%d].".formatted(path, key, items.size()), inner)
                                    : new Item.Text(describe(value)));
                }
                yield Optional.of(items);
            }
        };
    }

    private Item open(String at, Map<String, Value> inner) {
        Settings settings = new Settings(file, at, inner);
        opened.add(settings);
        return new Item.Section(settings);
    }

    /** Keys of this section, in the order of the file. */
    List<String> keys() {
        return List.copyOf(values.keySet());
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    boolean isSection(String key) {
        return values.get(key) instanceof Value.Section;
    }

    Optional<String> text(String key) {
        return switch (ask(key)) {
            case null -> Optional.empty();
            case Value.Text(String text, _) -> Optional.of(text);
            case Value other -> throw wrong(key, "a single value", describe(other));
        };
    }

    String requireText(String key) {
        return text(key).orElseThrow(() -> missing(key));
    }

    /** A list, or a single value as a list of one. */
    Optional<List<String>> texts(String key) {
        return switch (ask(key)) {
            case null -> Optional.empty();
            case Value.Text(String text, _) -> Optional.of(List.of(text));
            case Value.Texts(List<String> texts, _) -> Optional.of(texts);
            case Value other -> throw wrong(key, "a value or a list", describe(other));
        };
    }

    Optional<Integer> integer(String key, int least) {
        return text(key)
                .map(text -> {
                    try {
                        int value = Math.toIntExact(Long.parseLong(text.replace("_", "")));
                        if (value >= least) {
                            return value;
                        }
                    } catch (NumberFormatException | ArithmeticException _) {
                        // Refused below.
                    }
                    throw wrong(key, "a whole number of at least %d".formatted(least), text);
                });
    }

    /** A number; {@code 1e-4} is one, as YAML 1.1 denies. */
    Optional<Double> real(String key, double least, double most) {
        return text(key)
                .map(text -> {
                    try {
                        double value = Double.parseDouble(text);
                        if (value >= least && value <= most) {
                            return value;
                        }
                    } catch (NumberFormatException _) {
                        // Refused below.
                    }
                    throw wrong(
                            key,
                            most == Double.MAX_VALUE
                                    ? "a number of at least %s".formatted(least)
                                    : "a number from %s to %s".formatted(least, most),
                            text);
                });
    }

    /** A size such as {@code 20GiB}, {@code 512 MiB}, {@code 16GB}, or a number of bytes. */
    OptionalLong bytes(String key) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        Matcher size = SIZE.matcher(text.get().strip());
        if (!size.matches()) {
            throw wrong(key, "a size such as 20GiB or 512MiB", text.get());
        }
        long unit =
                switch (size.group(2).toLowerCase(Locale.ROOT)) {
                    case "kib" -> 1L << 10;
                    case "mib" -> 1L << 20;
                    case "gib" -> 1L << 30;
                    case "kb" -> 1_000;
                    case "mb" -> 1_000_000;
                    case "gb" -> 1_000_000_000;
                    default -> 1;
                };
        return OptionalLong.of(Math.round(Double.parseDouble(size.group(1)) * unit));
    }

    Optional<Boolean> flag(String key) {
        return text(key)
                .map(text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "true", "yes", "on" -> true;
                            case "false", "no", "off" -> false;
                            default -> throw wrong(key, "true or false", text);
                        });
    }

    /** One of an enum's constants, written in lower case. */
    <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
        return text(key)
                .map(text -> {
                    List<String> names = new ArrayList<>();
                    for (E constant : type.getEnumConstants()) {
                        String name = constant.name().toLowerCase(Locale.ROOT);
                        if (name.equals(text)) {
                            return constant;
                        }
                        names.add(name);
                    }
                    throw wrong(key, "one of " + String.join(", ", names), text);
                });
    }

    private @Nullable Value ask(String key) {
        asked.add(key);
        return values.get(key);
    }

    /** Refuses every key, here and in the sections opened, that nothing asked for. */
    void finish() {
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            if (!asked.contains(entry.getKey())) {
                String hint =
                        Suggestion.nearest(entry.getKey(), asked)
                                .map(near -> "did you mean '%s%s'?".formatted(path, near))
                                .orElse("known here are " + String.join(", ", asked));
                throw new RunFileException(
                        "%s:%d: unknown key '%s%s'; %s"
                                .formatted(
                                        file, entry.getValue().line(), path, entry.getKey(), hint));
            }
        }
        opened.forEach(Settings::finish);
    }

    /** An error about a key that is there. */
    RunFileException wrong(String key, String expected, String found) {
        return refuse(key, "expected %s, found '%s'".formatted(expected, found));
    }

    /** An error about a key, in words of the caller's. */
    RunFileException refuse(String key, String problem) {
        Value value = values.get(key);
        return new RunFileException(
                "%s:%d: key '%s%s': %s"
                        .formatted(file, value == null ? 1 : value.line(), path, key, problem));
    }

    RunFileException missing(String key) {
        return new RunFileException("%s: key '%s%s' is missing".formatted(file, path, key));
    }

    private static String describe(Value value) {
        return switch (value) {
            case Value.Text(String text, _) -> text;
            case Value.Texts(List<String> texts, _) -> texts.toString();
            case Value.Items _ -> "a list with sections";
            case Value.Section(Map<String, Value> inner, _) -> "a section of " + inner.keySet();
        };
    }
}
