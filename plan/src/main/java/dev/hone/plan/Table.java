package dev.hone.plan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A file of comma-separated values: a line of column names, then one row a line. Lines that begin
 * with # are comments. There is no quoting; the last column takes the rest of its line, commas and
 * all. Every complaint names file, line and column.
 */
final class Table {
    private final String name;
    private final List<String> columns;
    private final List<Row> rows = new ArrayList<>();

    private Table(String name, List<String> columns) {
        this.name = name;
        this.columns = columns;
    }

    /** A file of the user's, which must have exactly these columns. */
    static Table read(Path file, List<String> columns) {
        try {
            return parse(file.toString(), Files.readString(file), columns);
        } catch (NoSuchFileException _) {
            throw new PlanException(
                    "%s: no such file; expected one with the columns %s"
                            .formatted(file, String.join(",", columns)));
        } catch (IOException e) {
            throw new PlanException("%s: cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    /** A file that comes with Hone. */
    static Table resource(String name, List<String> columns) {
        try (InputStream in = Table.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8), columns);
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read", e);
        }
    }

    static Table parse(String name, String text, List<String> columns) {
        Table table = new Table(name, columns);
        boolean headed = false;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            List<String> cells =
                    List.of(content.split(",", columns.size())).stream()
                            .map(String::strip)
                            .toList();
            if (!headed) {
                if (!cells.equals(columns)) {
                    throw new PlanException(
                            "%s:%d: expected the column names %s, found %s"
                                    .formatted(name, number, String.join(",", columns), content));
                }
                headed = true;
            } else if (cells.size() != columns.size()) {
                throw new PlanException(
                        "%s:%d: expected %d columns (%s), found %d"
                                .formatted(
                                        name,
                                        number,
                                        columns.size(),
                                        String.join(",", columns),
                                        cells.size()));
            } else {
                table.rows.add(table.new Row(number, cells));
            }
        }
        if (!headed) {
            throw new PlanException(
                    "%s: is empty; expected the column names %s"
                            .formatted(name, String.join(",", columns)));
        }
        return table;
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    /** One line of a table. */
    final class Row {
        private final int line;
        private final List<String> cells;

        private Row(int line, List<String> cells) {
            this.line = line;
            this.cells = cells;
        }

        String text(String column) {
            String cell = cells.get(columns.indexOf(column));
            if (cell.isEmpty()) {
                throw wrong(column, "a value");
            }
            return cell;
        }

        int count(String column) {
            return least(column, 1);
        }

        int least(String column, int least) {
            try {
                int value = Integer.parseInt(text(column));
                if (value >= least) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // Refused below.
            }
            throw wrong(column, "a whole number of at least " + least);
        }

        double positive(String column) {
            return positive(column, text(column));
        }

        /** A number, or nothing where the cell is a dash. */
        OptionalDouble optional(String column, String cell) {
            return cell.equals("-")
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(positive(column, cell));
        }

        double positive(String column, String cell) {
            try {
                double value = Double.parseDouble(cell);
                if (value > 0 && Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // Refused below.
            }
            throw wrong(column, "a number greater than 0");
        }

        LocalDate date(String column) {
            try {
                return LocalDate.parse(text(column));
            } catch (DateTimeParseException _) {
                throw wrong(column, "a day such as 2026-11-09");
            }
        }

        /** One of an enum's constants, written in lower case with dashes. */
        <E extends Enum<E>> E choice(String column, Class<E> type) {
            List<String> names = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                String spelled = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
                if (spelled.equals(text(column))) {
                    return constant;
                }
                names.add(spelled);
            }
            throw wrong(column, "one of " + String.join(", ", names));
        }

        PlanException wrong(String column, String expected) {
            return new PlanException(
                    "%s:%d: column '%s': expected %s, found '%s'"
                            .formatted(
                                    name,
                                    line,
                                    column,
                                    expected,
                                    cells.get(columns.indexOf(column))));
        }
    }
}
