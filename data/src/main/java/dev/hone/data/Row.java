package dev.hone.data;

import java.util.List;

/** One row of a data file, whatever shape it was written in. */
public sealed interface Row {

    /** Where the row stands: {@code file:line}. */
    String source();

    /** Turns of a chat; the assistant's turns are trained. */
    record Conversation(String source, List<Message> messages) implements Row {
        public Conversation {
            messages = List.copyOf(messages);
        }
    }

    /** Plain text; every token is trained. */
    record Text(String source, String text) implements Row {}

    /**
     * Text that was tokenised elsewhere.
     *
     * @param inputIds token ids
     * @param labels as long as {@code inputIds}: the token's own id where it is trained, {@value
     *     #IGNORED} where not
     */
    @SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
    record Tokens(String source, int[] inputIds, int[] labels) implements Row {
        /** The label of a token that is not trained. */
        public static final int IGNORED = -100;
    }
}
