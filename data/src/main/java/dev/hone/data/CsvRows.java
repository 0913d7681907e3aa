package dev.hone.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of a CSV or TSV file (RFC 4180) whose first line names the columns. An empty cell is an
 * absent key. Cells are texts; lists such as {@code messages} are written as JSON, and labels as
 * true or false.
 */
final class CsvRows {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Columns whose cells are JSON when they begin with a bracket. */
    private static final Set<String> LISTS =
            Set.of(
                    "messages",
                    "conversations",
                    "segments",
                    "history",
                    "input_ids",
                    "labels",
                    "attention_mask");

    private CsvRows() {}

    static void read(Path file, char separator, RowParser rows) throws IOException {
        if (!Utf8Lines.check(file, rows)) {
            return;
        }
        long line = 1;
        try (InputStream in = Compression.open(file);
                Reader text = new InputStreamReader(in, StandardCharsets.UTF_8);
                CsvReader<CsvRecord> csv =
                        CsvReader.builder()
                                .fieldSeparator(separator)
                                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                                .ofCsvRecord(text)) {
            Iterator<CsvRecord> records = csv.iterator();
            if (!records.hasNext()) {
                return;
            }
            List<String> columns = header(records.next());
            while (records.hasNext()) {
                CsvRecord record = records.next();
                line = record.getStartingLineNumber();
                if (record.getFieldCount() == columns.size()) {
                    rows.row(object(columns, record), line);
                } else {
                    rows.problem(
                            line,
                            "the line has %d cells; expected %d, as the first line names columns: %s"
                                    .formatted(record.getFieldCount(), columns.size(), columns));
                }
            }
        } catch (CsvParseException e) {
            rows.problem(
                    line,
                    "not valid CSV after this line: %s (the rest of the file was not read)"
                            .formatted(e.getMessage()));
        }
    }

    /** Names of the columns, a byte order mark left out. */
    private static List<String> header(CsvRecord first) {
        return first.getFields().stream()
                .map(name -> name.startsWith("\uFEFF") ? name.substring(1) : name)
                .map(String::strip)
                .toList();
    }

    private static ObjectNode object(List<String> columns, CsvRecord record) {
        ObjectNode row = MAPPER.createObjectNode();
        for (int i = 0; i < columns.size(); i++) {
            String cell = record.getField(i);
            String column = columns.get(i);
            if (cell.isEmpty()) {
                continue;
            }
            if (LISTS.contains(column) && cell.stripLeading().startsWith("[")) {
                try {
                    row.set(column, MAPPER.readTree(cell));
                    continue;
                } catch (JacksonException e) {
                    // The format says what it expected of this text.
                }
            }
            boolean label = column.equals("label") || column.equals("kto_tag");
            if (label && (cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false"))) {
                row.put(column, Boolean.parseBoolean(cell));
            } else {
                row.put(column, cell);
            }
        }
        return row;
    }
}
