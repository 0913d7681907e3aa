package dev.hone.generate;

import dev.hone.data.Tokenizer;
import dev.hone.model.Decoder;
import dev.hone.model.KeyValueCache;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Writes what a model says next, token by token, with a key-value cache. */
public final class TextGenerator {
    private final Decoder decoder;
    private final Tokenizer tokenizer;
    private final Set<Integer> stops;

    /**
     * @param stops tokens that end an answer; they are not part of it
     */
    public TextGenerator(Decoder decoder, Tokenizer tokenizer, Set<Integer> stops) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
        this.stops = Set.copyOf(stops);
    }

    /** Why an answer ended. */
    public enum Finish {
        /** The model ended it. */
        STOP,
        /** It reached the most tokens allowed. */
        LENGTH
    }

    /** An answer with what it took. */
    public record Answer(String text, int promptTokens, int tokens, Finish finish) {}

    /**
     * Answers a prompt.
     *
     * @param prompt text as the chat template renders it; special tokens in it are recognised
     * @param listener told each piece of text as soon as it is certain
     */
    public Answer answer(String prompt, Sampling sampling, Consumer<String> listener) {
        return answer(tokenizer.encode(prompt), sampling, listener);
    }

    /** Answers a prompt given as token ids. */
    public Answer answer(int[] ids, Sampling sampling, Consumer<String> listener) {
        Sampler sampler = new Sampler(sampling);
        List<Integer> written = new ArrayList<>();
        Pieces pieces = new Pieces(listener);
        Ops ops = decoder.ops();
        try (Scope _ = ops.scope();
                KeyValueCache cache =
                        new KeyValueCache(
                                ops,
                                decoder.config(),
                                decoder.dtype(),
                                ids.length + sampling.maxTokens())) {
            int[] next = ids;
            while (true) {
                int token;
                try (Scope _ = ops.scope()) {
                    token = sampler.next(ops.floats(decoder.decode(next, cache)));
                }
                if (stops.contains(token)) {
                    return finish(ids, written, pieces, Finish.STOP);
                }
                written.add(token);
                pieces.update(text(written));
                if (written.size() == sampling.maxTokens()) {
                    return finish(ids, written, pieces, Finish.LENGTH);
                }
                next = new int[] {token};
            }
        }
    }

    private Answer finish(int[] prompt, List<Integer> written, Pieces pieces, Finish finish) {
        String text = text(written);
        pieces.finish(text);
        return new Answer(text, prompt.length, written.size(), finish);
    }

    private String text(List<Integer> written) {
        return tokenizer.decode(written.stream().mapToInt(Integer::intValue).toArray(), true);
    }

    /** Hands on the part of a growing text that no later token can change. */
    private static final class Pieces {
        private static final char INCOMPLETE = '\uFFFD';

        private final Consumer<String> listener;
        private int told;

        Pieces(Consumer<String> listener) {
            this.listener = listener;
        }

        /** A character whose bytes are not all there decodes to U+FFFD at the end: it waits. */
        void update(String text) {
            int certain = text.length();
            while (certain > told && text.charAt(certain - 1) == INCOMPLETE) {
                certain--;
            }
            tell(text, certain);
        }

        void finish(String text) {
            tell(text, text.length());
        }

        private void tell(String text, int end) {
            if (end > told) {
                listener.accept(text.substring(told, end));
                told = end;
            }
        }
    }
}
