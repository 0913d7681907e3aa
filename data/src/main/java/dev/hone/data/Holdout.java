package dev.hone.data;

import java.nio.file.Path;
import java.util.Optional;

/** Which rows are kept from training, to measure it by. */
public sealed interface Holdout {

    /** All rows are trained. */
    record None() implements Holdout {}

    /**
     * A share of the rows of each stratum, chosen by a hash of what each row says: rows added later
     * never move others, and equal rows fall on the same side. A stratum is a source, or the rows
     * of a source that have the same value under a key. One that the hash leaves without a row held
     * out, and that has at least two, gives the row of the smallest hash.
     *
     * @param share from 0 to 1, both excluded
     * @param stratifyBy a key of the rows, such as {@code category}
     */
    record Share(double share, Optional<String> stratifyBy) implements Holdout {
        /** Strata are sources. */
        public Share(double share) {
            this(share, Optional.empty());
        }

        public Share {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException(
                        "holdout is "
                                + share
                                + "; expected a share between 0 and 1, for example 0.05, or a"
                                + " file");
            }
        }
    }

    /** The rows of a file, or of several. */
    record Files(DataSource source) implements Holdout {
        /** Files whose format shows in their rows. */
        public static Files of(Path path) {
            return new Files(DataSource.of(path));
        }
    }
}
