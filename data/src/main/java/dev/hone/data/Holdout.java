package dev.hone.data;

import java.nio.file.Path;

/** Which rows are kept from training, to measure it by. */
public sealed interface Holdout {

    /** All rows are trained. */
    record None() implements Holdout {}

    /**
     * A share of the rows, chosen by a hash of what each row says: rows added later never move
     * others, and equal rows fall on the same side.
     *
     * @param share from 0 to 1, both excluded
     */
    record Share(double share) implements Holdout {
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

    /** The rows of a file. */
    record File(Path file) implements Holdout {}
}
