package dev.hone.data;

import java.util.Set;

/** What became of one row. */
public sealed interface Built {

    /**
     * It is trained.
     *
     * @param fullLength tokens before truncation; the example's own length if it was not truncated
     * @param remarks what the owner of the data should know
     */
    record Kept(Example example, int fullLength, Set<Remark> remarks) implements Built {
        /** Whether tokens were cut off at the end. */
        public boolean truncated() {
            return fullLength > example.length();
        }
    }

    /**
     * It is left out, because it has more tokens than {@code max_length} and {@link TooLong#DROP}
     * was asked for.
     */
    record Dropped(String source, int length) implements Built {}

    /** It cannot be trained. */
    record Faulty(Problem problem) implements Built {}
}
