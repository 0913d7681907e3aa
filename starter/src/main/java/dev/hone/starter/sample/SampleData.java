package dev.hone.starter.sample;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the sample data: {@code support.jsonl} (letters to a shop, answered in its voice), {@code
 * extraction.jsonl} (notes turned into JSON), both together in {@code examples.jsonl}, and the
 * JSON's schema.
 */
public final class SampleData {
    /** How many support dialogues there are, all different. */
    static final int SUPPORT_ROWS = 420;

    /** How many notes there are, all different. */
    static final int EXTRACTION_ROWS = 340;

    private SampleData() {}

    /** Every file of the sample data by name. The same text each time. */
    static Map<String, String> files() {
        SupportDialogues support = new SupportDialogues(new Draw(20261));
        RepairNotes notes = new RepairNotes(new Draw(20262));
        List<Row.Chat> dialogues = different(SUPPORT_ROWS, support::next);
        List<Row.Chat> cards = different(EXTRACTION_ROWS, notes::next);
        List<Row.Chat> both = new ArrayList<>(dialogues);
        both.addAll(cards);
        Map<String, String> files = new LinkedHashMap<>();
        files.put("support.jsonl", lines(dialogues));
        files.put("extraction.jsonl", lines(cards));
        files.put("extraction.schema.json", schema());
        files.put("examples.jsonl", lines(new Draw(20263).shuffled(both)));
        return files;
    }

    private static List<Row.Chat> different(int count, Supplier<Row.Chat> source) {
        List<Row.Chat> rows = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        while (rows.size() < count) {
            Row.Chat row = source.get();
            if (asked.add(row.turns().get(1).content())) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static String lines(List<Row.Chat> rows) {
        JsonMapper json = JsonMapper.shared();
        StringBuilder out = new StringBuilder();
        rows.forEach(row -> out.append(row.toJson(json)).append('\n'));
        return out.toString();
    }

    private static String schema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("owner", Map.of("type", "string"));
        properties.put("bike", Map.of("type", "string"));
        properties.put("fault", Map.of("enum", RepairNotes.faults()));
        properties.put("due", pattern("^[A-Z][a-z]+ [0-9]{1,2}$"));
        Map<String, Object> euros = new LinkedHashMap<>();
        euros.put("type", "integer");
        euros.put("minimum", 0);
        properties.put("max_euros", euros);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Job card of a bicycle repair shop");
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.copyOf(properties.keySet()));
        schema.put("additionalProperties", false);
        JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return json.writeValueAsString(schema).replace("\r\n", "\n") + "\n";
    }

    private static Map<String, Object> pattern(String pattern) {
        Map<String, Object> property = new LinkedHashMap<>();
        property.put("type", "string");
        property.put("pattern", pattern);
        return property;
    }

    /**
     * Writes the files.
     *
     * @param args the folder to write to, {@code starter/data} for the copies that are shipped
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException(
                    "found " + List.of(args) + ", expected: FOLDER, for example starter/data");
        }
        Path folder = Files.createDirectories(Path.of(args[0]));
        for (Map.Entry<String, String> file : files().entrySet()) {
            Files.writeString(
                    folder.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
        }
    }
}
