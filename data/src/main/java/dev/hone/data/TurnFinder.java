package dev.hone.data;

import dev.hone.template.TemplateException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds where the turns of one conversation stand among its tokens, by writing its beginnings and
 * comparing them with the whole, token for token.
 *
 * <p>How: a tokenizer cuts added tokens out of a text before anything else and tokenises what lies
 * between them piece by piece. So where the text of a beginning is also the beginning of the whole
 * text, all tokens up to the last added token agree, and only what follows it ({@code assistant\n},
 * say) is tokenised and compared. Wherever that does not settle it, the whole beginning is
 * tokenised.
 */
final class TurnFinder {

    private final Tokenizer tokenizer;
    private final ChatFormat format;
    private final Set<Integer> stops;
    private final List<Message> messages;
    private final List<Tool> tools;
    private final String text;
    private final Encoding whole;

    /**
     * @param whole the conversation as the template writes it
     */
    TurnFinder(
            Tokenizer tokenizer,
            ChatFormat format,
            Set<Integer> stops,
            List<Message> messages,
            List<Tool> tools,
            TurnWeights whole) {
        this.tokenizer = tokenizer;
        this.format = format;
        this.stops = stops;
        this.messages = messages;
        this.tools = tools;
        this.text = whole.text();
        this.whole = whole.encoding();
    }

    /**
     * Tokens of one assistant message.
     *
     * @param promptDiffers whether the generation prompt goes on where the whole conversation
     *     departs from it
     */
    record Turn(int start, int end, boolean promptDiffers) {}

    /**
     * The turn of message i; empty if what precedes the message or ends with it does not agree with
     * the whole conversation.
     */
    Optional<Turn> find(int i) {
        List<Message> before = messages.subList(0, i);
        try {
            String promptText = format.render(before, tools, true);
            int start = tokensOf(promptText);
            boolean differs = start < 0;
            if (differs) {
                int[] prompt = tokenizer.encode(promptText);
                start = commonPrefix(prompt);
                differs = start < prompt.length;
            }
            if (differs) {
                int[] history = tokenizer.encode(format.render(before, tools, false));
                if (commonPrefix(history) < history.length || start < history.length) {
                    return Optional.empty();
                }
            }
            int end = i == messages.size() - 1 ? whole.length() : end(i, start);
            return start < end ? Optional.of(new Turn(start, end, differs)) : Optional.empty();
        } catch (TemplateException e) {
            // The template writes the whole conversation and refuses its beginning: no prefix to
            // compare with.
            return Optional.empty();
        }
    }

    /**
     * One past the last token of a turn that others follow; -1 if the conversation that ends with
     * it does not agree with the whole. Behind the turn's stop token the two may differ: some
     * templates end a conversation in their own way.
     */
    private int end(int i, int start) {
        String upToText = format.render(messages.subList(0, i + 1), tools, false);
        int stop = TurnWeights.firstStop(whole.ids(), start, whole.length(), stops);
        if (stop < whole.length()
                && tokenizer.isAdded(whole.ids()[stop])
                && upToText.regionMatches(0, text, 0, whole.ends()[stop])) {
            return stop + 1;
        }
        int[] upTo = tokenizer.encode(upToText);
        int end = Math.min(upTo.length, TurnWeights.firstStop(upTo, start, upTo.length, stops) + 1);
        return commonPrefix(upTo) < end ? -1 : end;
    }

    /**
     * Number of tokens that the whole begins with and that are the beginning's tokens; -1 if the
     * beginning's text or the tokens behind its last added token are others.
     */
    private int tokensOf(String beginning) {
        if (!text.startsWith(beginning)) {
            return -1;
        }
        int last = lastAdded(beginning.length());
        if (last < 0) {
            return -1;
        }
        int[] tail = tokenizer.encode(beginning.substring(whole.starts()[last]));
        int end = last + tail.length;
        return end <= whole.length() && Arrays.equals(tail, 0, tail.length, whole.ids(), last, end)
                ? end
                : -1;
    }

    /** The last added token that ends at or before a character; -1 if there is none. */
    private int lastAdded(int character) {
        int low = 0;
        int high = whole.length();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (whole.ends()[middle] <= character) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int token = low - 1;
        while (token >= 0 && !tokenizer.isAdded(whole.ids()[token])) {
            token--;
        }
        return token;
    }

    private int commonPrefix(int[] beginning) {
        int at = Arrays.mismatch(beginning, whole.ids());
        return at < 0 ? beginning.length : at;
    }
}
