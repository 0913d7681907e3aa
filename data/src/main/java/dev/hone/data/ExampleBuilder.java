package dev.hone.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a row into token ids with a training weight each.
 *
 * <ul>
 *   <li>A conversation is written by the chat template and tokenised as it stands, so no second BOS
 *       appears. Assistant turns are trained, stop token included, each with its message's weight.
 *   <li>Text is trained whole: {@code bos_token} in front if the tokenizer puts one there, {@code
 *       eos_token} behind.
 *   <li>Token rows are taken as they are; a label of {@value Row.Tokens#IGNORED} is not trained.
 * </ul>
 *
 * <p>Safe from several threads.
 */
public final class ExampleBuilder {

    private final int vocabulary;
    private final @Nullable Writing writing;
    private final int maxLength;
    private final TooLong tooLong;
    private final TrainOn trainOn;
    private final String model;

    /** What turns words into tokens. */
    private record Writing(
            Tokenizer tokenizer,
            TurnMask turnMask,
            Optional<Integer> textBos,
            Optional<Integer> textEos) {}

    /**
     * @param maxLength most tokens an example may have, at least 2
     * @param tooLong what happens to longer rows
     */
    public ExampleBuilder(Tokenizer tokenizer, ChatFormat format, int maxLength, TooLong tooLong) {
        this(tokenizer, format, maxLength, tooLong, TrainOn.ASSISTANT);
    }

    /**
     * @param maxLength most tokens an example may have, at least 2
     * @param tooLong what happens to longer rows
     * @param trainOn which tokens of a conversation are trained
     */
    public ExampleBuilder(
            Tokenizer tokenizer,
            ChatFormat format,
            int maxLength,
            TooLong tooLong,
            TrainOn trainOn) {
        this(
                tokenizer.vocabularySize(),
                new Writing(
                        tokenizer,
                        new TurnMask(tokenizer, format),
                        format.textBos(tokenizer),
                        format.textEos(tokenizer)),
                maxLength,
                tooLong,
                trainOn,
                tokenizer.fingerprint() + format.fingerprint());
    }

    /** A builder for a model without a tokenizer, which takes token rows only. */
    public static ExampleBuilder forTokens(int vocabulary, int maxLength, TooLong tooLong) {
        return new ExampleBuilder(
                vocabulary, null, maxLength, tooLong, TrainOn.ASSISTANT, "no tokenizer");
    }

    private ExampleBuilder(
            int vocabulary,
            @Nullable Writing writing,
            int maxLength,
            TooLong tooLong,
            TrainOn trainOn,
            String model) {
        if (maxLength < 2) {
            throw new IllegalArgumentException(
                    "max_length is "
                            + maxLength
                            + "; expected at least 2, one token to predict the other from");
        }
        this.vocabulary = vocabulary;
        this.writing = writing;
        this.maxLength = maxLength;
        this.tooLong = tooLong;
        this.trainOn = trainOn;
        this.model = model;
    }

    /** All that decides what becomes of a row, in words: two builders with the same do the same. */
    String identity() {
        return "model %s, vocabulary %d, max_length %d, too_long %s, train_on %s"
                .formatted(model, vocabulary, maxLength, tooLong, trainOn);
    }

    /**
     * Builds one example.
     *
     * @throws DataException if the row is a conversation and the model has no chat template
     */
    public Built build(Row row) {
        try {
            Weighted weighted =
                    switch (row) {
                        case Row.Conversation conversation -> conversation(conversation);
                        case Row.Text text -> text(text);
                        case Row.Segments segments -> segments(segments);
                        case Row.Tokens tokens -> tokens(tokens);
                        case Row.Preference _ ->
                                throw new RowFault(
                                        "the row is a preference pair (chosen and rejected), which trains preference objectives such as DPO; supervised training takes rows with one answer");
                        case Row.Labelled _ ->
                                throw new RowFault(
                                        "the row has a label that calls its answer good or bad, which trains KTO; supervised training takes rows without one");
                    };
            return limit(row.source(), weighted);
        } catch (RowFault fault) {
            return new Built.Faulty(fault.at(row.source()));
        }
    }

    /** Tokens before {@code max_length} is applied. */
    @SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
    private record Weighted(int[] ids, float[] weights, Set<Remark> remarks) {}

    private Weighted conversation(Row.Conversation row) throws RowFault {
        TurnWeights masked = writing().turnMask().mask(row.messages(), row.tools(), trainOn);
        return new Weighted(masked.ids(), masked.weights(), masked.remarks());
    }

    private Writing writing() throws RowFault {
        if (writing == null) {
            throw new RowFault(
                    "the model folder has no tokenizer.json, so only rows of input_ids can be used");
        }
        return writing;
    }

    private Weighted text(Row.Text row) throws RowFault {
        int[] body = writing().tokenizer().encode(row.text());
        Optional<Integer> textBos = writing().textBos();
        Optional<Integer> textEos = writing().textEos();
        boolean bos = textBos.isPresent() && (body.length == 0 || body[0] != textBos.get());
        boolean eos =
                textEos.isPresent() && (body.length == 0 || body[body.length - 1] != textEos.get());
        int[] ids = new int[body.length + (bos ? 1 : 0) + (eos ? 1 : 0)];
        System.arraycopy(body, 0, ids, bos ? 1 : 0, body.length);
        if (bos) {
            ids[0] = textBos.get();
        }
        if (eos) {
            ids[ids.length - 1] = textEos.get();
        }
        float[] weights = new float[ids.length];
        Arrays.fill(weights, Math.min(1, ids.length), ids.length, 1f);
        return new Weighted(
                ids,
                weights,
                textEos.isEmpty()
                        ? EnumSet.of(Remark.NO_END_OF_TEXT)
                        : EnumSet.noneOf(Remark.class));
    }

    /** Each text is tokenised by itself, so that what is trained ends where its text does. */
    private Weighted segments(Row.Segments row) throws RowFault {
        List<int[]> parts = new ArrayList<>();
        int length = 0;
        for (Row.Segment segment : row.segments()) {
            parts.add(writing().tokenizer().encode(segment.text()));
            length = Math.addExact(length, parts.getLast().length);
        }
        int[] ids = new int[length];
        float[] weights = new float[length];
        int at = 0;
        for (int i = 0; i < parts.size(); i++) {
            int[] part = parts.get(i);
            System.arraycopy(part, 0, ids, at, part.length);
            if (row.segments().get(i).trained()) {
                Arrays.fill(
                        weights, Math.min(Math.max(1, at), at + part.length), at + part.length, 1f);
            }
            at += part.length;
        }
        return new Weighted(ids, weights, EnumSet.noneOf(Remark.class));
    }

    private Weighted tokens(Row.Tokens row) throws RowFault {
        int[] ids = row.inputIds();
        float[] weights = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary) {
                throw new RowFault(
                        "input_ids[%d] is %d; expected 0 to %d, the ids of this model"
                                .formatted(i, ids[i], vocabulary - 1));
            }
            weights[i] = i > 0 && row.labels()[i] != Row.Tokens.IGNORED ? 1f : 0f;
        }
        return new Weighted(ids.clone(), weights, EnumSet.noneOf(Remark.class));
    }

    private Built limit(String source, Weighted weighted) throws RowFault {
        int length = weighted.ids().length;
        int first = firstSupervised(weighted.weights());
        if (first == length) {
            throw new RowFault(
                    "no supervised token among the row's %d: nothing in it would be trained"
                            .formatted(length));
        }
        if (length > maxLength && tooLong == TooLong.FAIL) {
            throw new RowFault(
                    ("the row has %d tokens and max_length is %d; raise max_length,"
                                    + " shorten the row, or set too_long to drop or truncate")
                            .formatted(length, maxLength));
        }
        if (length > maxLength && tooLong == TooLong.DROP) {
            return new Built.Dropped(source, length);
        }
        if (first >= maxLength) {
            throw new RowFault(
                    ("no supervised token is left after truncation to %d tokens: the"
                                    + " first one is token %d of %d; raise max_length, shorten what comes"
                                    + " before the reply, or set too_long to drop")
                            .formatted(maxLength, first + 1, length));
        }
        int kept = Math.min(length, maxLength);
        Example example =
                new Example(
                        source,
                        Arrays.copyOf(weighted.ids(), kept),
                        Arrays.copyOf(weighted.weights(), kept));
        return new Built.Kept(example, length, weighted.remarks());
    }

    private static int firstSupervised(float[] weights) {
        int i = 0;
        while (i < weights.length && weights[i] == 0) {
            i++;
        }
        return i;
    }
}
