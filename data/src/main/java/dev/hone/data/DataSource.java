package dev.hone.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where rows come from.
 *
 * @param path a file, a folder, or a pattern such as {@code data/*.jsonl}
 * @param format name of the rows' format, see {@link RowFormats}; empty to tell it by the keys of
 *     the first row
 * @param weight how often an epoch sees each row: 2 is twice, 0.5 in every other epoch
 * @param mapping how the files name what the format calls otherwise
 */
public record DataSource(Path path, Optional<String> format, double weight, RowMapping mapping) {

    public DataSource {
        if (!(weight > 0 && weight <= 1000)) {
            throw new IllegalArgumentException(
                    "weight of %s is %s; expected a number above 0, at most 1000, for example 0.5 or 2"
                            .formatted(path, weight));
        }
        format.ifPresent(RowFormats::named);
    }

    /** Files whose format shows in their rows, seen once an epoch. */
    public static DataSource of(Path path) {
        return new DataSource(path, Optional.empty(), 1, RowMapping.NONE);
    }
}
