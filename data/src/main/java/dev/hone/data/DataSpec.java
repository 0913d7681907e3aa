package dev.hone.data;

import java.nio.file.Path;
import java.util.List;

/**
 * What to train on.
 *
 * @param train files of rows, at least one
 * @param holdout rows kept from training
 * @param maxLength most tokens of an example, at least 2
 * @param tooLong what happens to longer rows
 * @param pack whether rows are laid into micro-batches for best fill, see {@link BatchPlan}
 */
public record DataSpec(
        List<Path> train, Holdout holdout, int maxLength, TooLong tooLong, boolean pack) {

    public DataSpec {
        train = List.copyOf(train);
        if (train.isEmpty()) {
            throw new IllegalArgumentException("data.train names no file; expected at least one");
        }
    }
}
