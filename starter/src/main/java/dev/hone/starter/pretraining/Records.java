package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Writes tasks on small records: from one notation to another, one field out of many, rows into a
 * table.
 */
record Records(Values values) implements Writer {
    /** A field's value with its kind: text is quoted in JSON, the rest is not. */
    private record Cell(String value, boolean quoted) {}

    private enum Notation {
        JSON("JSON"),
        LINES("one field per line"),
        COMMAS("comma-separated pairs"),
        XML("XML"),
        BULLETS("bullet points"),
        ASSIGNMENTS("assignments");

        final String label;

        Notation(String label) {
            this.label = label;
        }
    }

    @Override
    public List<Exchange> write() {
        Draw draw = values.draw();
        return draw.chance(0.3) ? table(draw) : single(draw);
    }

    private Map<String, Cell> record(int size) {
        Draw draw = values.draw();
        Map<String, Cell> record = new LinkedHashMap<>();
        for (String key : draw.some(values.words().all("key"), size)) {
            record.put(draw.chance(0.1) ? values.letters(draw.between(3, 6)) : key, cell(draw));
        }
        return record;
    }

    private Cell cell(Draw draw) {
        return switch (draw.below(12)) {
            case 0, 1 -> new Cell(values.of("int"), false);
            case 2 -> new Cell(draw.of("true", "false"), false);
            case 3 ->
                    new Cell(
                            values.of(draw.of("price", "big", "year"))
                                    .replaceFirst("^0+(?=\\d)", ""),
                            false);
            default -> new Cell(values.any(), true);
        };
    }

    private List<Exchange> single(Draw draw) {
        Map<String, Cell> record = record(draw.between(2, 6));
        Notation from = draw.of(Notation.values());
        List<Exchange> out = new ArrayList<>();
        String lead = write(record, from) + "\n";
        int turns = draw.between(1, 3);
        for (int turn = 0; turn < turns; turn++) {
            Map.Entry<String, Cell> field = draw.of(List.copyOf(record.entrySet()));
            switch (draw.below(8)) {
                case 0 ->
                        out.add(
                                new Exchange(
                                        lead + "What is the " + field.getKey() + "?",
                                        field.getValue().value()));
                case 1 -> {
                    Map<String, Cell> some = new LinkedHashMap<>();
                    List<String> keys =
                            draw.some(
                                    List.copyOf(record.keySet()),
                                    draw.between(1, Math.min(3, record.size())));
                    for (String key : keys) {
                        some.put(key, Objects.requireNonNull(record.get(key)));
                    }
                    out.add(
                            new Exchange(
                                    lead
                                            + "JSON with only "
                                            + String.join(", ", keys)
                                            + ", please.",
                                    write(some, Notation.JSON)));
                }
                case 2 -> {
                    Cell fresh = cell(draw);
                    record.put(field.getKey(), fresh);
                    out.add(
                            new Exchange(
                                    lead
                                            + "Set "
                                            + field.getKey()
                                            + " to "
                                            + fresh.value()
                                            + " and write it as JSON.",
                                    write(record, Notation.JSON)));
                }
                default -> {
                    Notation to = draw.chance(0.5) ? Notation.JSON : draw.of(Notation.values());
                    out.add(
                            new Exchange(
                                    lead
                                            + draw.of(
                                                            "Write this as %s.",
                                                            "Convert to %s.",
                                                            "The same as %s, please.",
                                                            "Now as %s.",
                                                            "Format: %s.")
                                                    .formatted(to.label),
                                    write(record, to)));
                }
            }
            lead = "";
        }
        return out;
    }

    private List<Exchange> table(Draw draw) {
        List<String> keys = draw.some(values.words().all("key"), draw.between(2, 4));
        List<String> kinds = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            kinds.add(
                    draw.of(
                            "first",
                            "name",
                            "int",
                            "thing",
                            "town",
                            "colour",
                            "code",
                            "price",
                            "invented",
                            "food",
                            "day"));
        }
        List<List<String>> rows = new ArrayList<>();
        int height = draw.between(2, 5);
        for (int r = 0; r < height; r++) {
            rows.add(kinds.stream().map(values::of).toList());
        }
        String csv = delimited(keys, rows, ",", "", "");
        List<String> row = draw.of(rows);
        int column = draw.between(1, keys.size() - 1);
        int count = draw.between(1, 3);
        List<Exchange> out = new ArrayList<>();
        String lead = csv + "\n";
        for (int i = 0; i < count; i++) {
            out.add(
                    switch (draw.below(5)) {
                        case 0 ->
                                new Exchange(
                                        lead + "As a Markdown table.",
                                        delimited(keys, rows, " | ", "| ", " |"));
                        case 1 ->
                                new Exchange(
                                        lead + "With semicolons instead of commas.",
                                        delimited(keys, rows, ";", "", ""));
                        case 2 ->
                                new Exchange(
                                        lead + "Only the column " + keys.get(column) + ".",
                                        column(rows, column));
                        case 3 ->
                                new Exchange(
                                        lead
                                                + "What is the "
                                                + keys.get(column)
                                                + " of "
                                                + row.getFirst()
                                                + "?",
                                        rows.stream()
                                                .filter(r -> r.getFirst().equals(row.getFirst()))
                                                .findFirst()
                                                .orElseThrow()
                                                .get(column));
                        default ->
                                new Exchange(
                                        lead + "As JSON, one object per line.",
                                        objects(keys, rows));
                    });
            lead = "";
        }
        return out;
    }

    private static String column(List<List<String>> rows, int column) {
        return String.join("\n", rows.stream().map(row -> row.get(column)).toList());
    }

    private static String objects(List<String> keys, List<List<String>> rows) {
        StringJoiner out = new StringJoiner("\n");
        for (List<String> row : rows) {
            Map<String, Cell> record = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                record.put(keys.get(i), new Cell(row.get(i), true));
            }
            out.add(write(record, Notation.JSON));
        }
        return out.toString();
    }

    private static String delimited(
            List<String> keys, List<List<String>> rows, String by, String open, String close) {
        StringJoiner out = new StringJoiner("\n");
        out.add(open + String.join(by, keys) + close);
        for (List<String> row : rows) {
            out.add(open + String.join(by, row) + close);
        }
        return out.toString();
    }

    private static String write(Map<String, Cell> record, Notation notation) {
        StringJoiner out =
                switch (notation) {
                    case JSON -> new StringJoiner(",", "{", "}");
                    case COMMAS -> new StringJoiner(", ");
                    default -> new StringJoiner("\n");
                };
        record.forEach((key, cell) -> {
            String value = cell.value();
            String quoted = cell.quoted() ? "\"" + value + "\"" : value;
            out.add(
                    switch (notation) {
                        case JSON -> "\"" + key + "\":" + quoted;
                        case LINES -> key + ": " + value;
                        case COMMAS -> key + " " + value;
                        case XML -> "<" + key + ">" + value + "</" + key + ">";
                        case BULLETS -> "- " + key + ": " + value;
                        case ASSIGNMENTS -> key + " = " + quoted;
                    });
        });
        return out.toString();
    }
}
