package dev.hone.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to train on.
 *
 * @param train where rows come from, at least one source
 * @param holdout rows kept from training
 * @param maxLength most tokens of an example, at least 2
 * @param tooLong what happens to longer rows
 * @param trainOn which tokens of a conversation are trained
 * @param pack whether rows are laid into micro-batches for best fill, see {@link BatchPlan}
 * @param cache where prepared data is kept; empty to prepare anew each time
 */
public record DataSpec(
        List<DataSource> train,
        Holdout holdout,
        int maxLength,
        TooLong tooLong,
        TrainOn trainOn,
        boolean pack,
        Optional<Cache> cache) {

    public DataSpec {
        train = List.copyOf(train);
        if (train.isEmpty()) {
            throw new IllegalArgumentException("data.train names no file; expected at least one");
        }
    }

    /**
     * Where prepared data is kept from one run to the next.
     *
     * @param leastBytes what the data files must hold together; less is prepared anew each time,
     *     since that takes no longer than to look
     */
    public record Cache(Path folder, long leastBytes) {}

    /**
     * Files whose format shows in their rows; the assistant's turns are trained, nothing cached.
     */
    public static DataSpec of(
            List<Path> train, Holdout holdout, int maxLength, TooLong tooLong, boolean pack) {
        return new DataSpec(
                train.stream().map(DataSource::of).toList(),
                holdout,
                maxLength,
                tooLong,
                TrainOn.ASSISTANT,
                pack,
                Optional.empty());
    }
}
