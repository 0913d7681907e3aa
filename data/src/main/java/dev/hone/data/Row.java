package dev.hone.data;

import java.util.List;

/** One row of a data file, whatever format it was written in. */
public sealed interface Row {

    /** Where the row stands: {@code file:line}; the number of the row where a file has no lines. */
    String source();

    /**
     * Turns of a chat; the assistant's turns are trained.
     *
     * @param tools what the assistant may call
     */
    record Conversation(String source, List<Message> messages, List<Tool> tools) implements Row {
        public Conversation {
            messages = List.copyOf(messages);
            tools = List.copyOf(tools);
        }

        /** A chat without tools. */
        public Conversation(String source, List<Message> messages) {
            this(source, messages, List.of());
        }
    }

    /** Plain text; every token is trained. */
    record Text(String source, String text) implements Row {}

    /** Text in pieces, written without a chat template, of which some are trained. */
    record Segments(String source, List<Segment> segments) implements Row {
        public Segments {
            segments = List.copyOf(segments);
        }
    }

    /** A piece of {@link Segments}. */
    record Segment(String text, boolean trained) {}

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

    /**
     * Two answers to one prompt, for preference objectives such as DPO.
     *
     * @param prompt what both answers follow
     * @param chosen the better answer, one message or more
     * @param rejected the worse answer
     */
    record Preference(
            String source,
            List<Message> prompt,
            List<Message> chosen,
            List<Message> rejected,
            List<Tool> tools)
            implements Row {
        public Preference {
            prompt = List.copyOf(prompt);
            chosen = List.copyOf(chosen);
            rejected = List.copyOf(rejected);
            tools = List.copyOf(tools);
        }
    }

    /**
     * An answer that is called good or bad, for KTO.
     *
     * @param prompt what the answer follows
     * @param completion the answer, one message or more
     */
    record Labelled(
            String source,
            List<Message> prompt,
            List<Message> completion,
            boolean desirable,
            List<Tool> tools)
            implements Row {
        public Labelled {
            prompt = List.copyOf(prompt);
            completion = List.copyOf(completion);
            tools = List.copyOf(tools);
        }
    }
}
