package dev.hone.plan;

import java.util.List;

/**
 * A number with where it was read.
 *
 * @param sources marks of {@link GpuCatalogue#sources}
 */
public record Figure(double value, List<String> sources) {

    public Figure {
        sources = List.copyOf(sources);
    }

    /** Reads {@code 1008[c+d]}. */
    static Figure of(Table.Row row, String column) {
        String cell = row.text(column);
        int open = cell.indexOf('[');
        if (open < 0 || !cell.endsWith("]")) {
            throw row.wrong(column, "a number with its sources, such as 1008[c+d]");
        }
        double value = row.positive(column, cell.substring(0, open));
        return new Figure(value, List.of(cell.substring(open + 1, cell.length() - 1).split("\\+")));
    }
}
