package dev.hone.plan;

import dev.hone.data.DataException;
import dev.hone.data.Holdout;
import dev.hone.data.TooLong;
import dev.hone.train.PreparedData;
import dev.hone.train.RunFile;
import java.nio.file.Files;
import java.util.Arrays;

/** The workload of a run file: from its data as training would see it, where that can be. */
public final class RunData {
    private RunData() {}

    /**
     * Reads the data. With the model's tokenizer beside its config every row is tokenised, as
     * before training; without it, tokens are estimated.
     */
    public static Workload of(RunFile run) {
        if (Files.exists(run.model().resolve("tokenizer.json"))) {
            return Workload.of(PreparedData.load(run), run.training());
        }
        RowLengths rows = RowLengths.read(run.data().train());
        int most = run.data().maxLength();
        long over = Arrays.stream(rows.lengths()).filter(n -> n > most).count();
        if (over > 0 && run.data().tooLong() == TooLong.FAIL) {
            throw new DataException(
                    run.data().train().getFirst().path().toString(),
                    "%,d of %,d rows are longer than max_length %d, the longest %,d tokens%s; raise max_length or set too_long to drop or truncate"
                            .formatted(
                                    over,
                                    rows.lengths().length,
                                    most,
                                    Arrays.stream(rows.lengths()).max().orElseThrow(),
                                    rows.exact() ? "" : " by estimate"));
        }
        double kept = run.data().holdout() instanceof Holdout.Share held ? 1 - held.share() : 1;
        int[] lengths =
                Arrays.stream(rows.lengths())
                        .filter(n -> n <= most || run.data().tooLong() == TooLong.TRUNCATE)
                        .map(n -> Math.min(n, most))
                        .toArray();
        int train = (int) Math.max(1, Math.round(lengths.length * kept));
        if (lengths.length == 0) {
            throw new DataException(
                    run.data().train().getFirst().path().toString(),
                    "no row is left to train on: all %,d are longer than max_length %d"
                            .formatted(rows.lengths().length, most));
        }
        return Workload.ofLengths(
                rows.exact() ? Workload.Basis.TOKENISED : Workload.Basis.CHARACTERS,
                Arrays.copyOf(lengths, train),
                rows.supervisedShare(),
                run.training(),
                run.data().pack());
    }
}
