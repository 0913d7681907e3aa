package dev.hone.data;

import dev.hone.template.Rendered;
import dev.hone.template.Span;
import dev.hone.template.TemplateException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Weighs the tokens of a rendered conversation that the assistant speaks.
 *
 * <p>How, in this order:
 *
 * <ol>
 *   <li>Where the template marks them with {@code {% generation %}}: by those spans.
 *   <li>By prefixes: the turn of message i lies between {@code render(messages before i, with
 *       generation prompt)} and {@code render(messages up to i)}, and both must agree, token for
 *       token, with the whole conversation.
 *   <li>A template that rewrites earlier turns breaks that (reasoning is cut from history, for
 *       example). Then only the last assistant turn is trained, in the conversation that ends with
 *       it.
 *   <li>A template that writes a finished conversation differently from one to be answered breaks
 *       even that (the system text goes to the last user turn while that is to be answered). Then
 *       the reply is put right after the generation prompt, which is what the model will see.
 * </ol>
 *
 * <p>A turn ends with its first stop token: the newline that follows {@code <|im_end|>} is never
 * generated.
 */
final class TurnMask {

    private final Tokenizer tokenizer;
    private final ChatFormat format;
    private final Set<Integer> stops;

    TurnMask(Tokenizer tokenizer, ChatFormat format) {
        this.tokenizer = tokenizer;
        this.format = format;
        this.stops = format.stopTokens(tokenizer);
    }

    /**
     * Tokens of a conversation with the weight of each.
     *
     * @throws RowFault if there is nothing to train on, the template refuses the conversation, or
     *     turns cannot be found
     */
    TurnWeights mask(List<Message> all, List<Tool> tools, TrainOn trainOn) throws RowFault {
        if (trainOn == TrainOn.ALL) {
            return everything(all, tools);
        }
        List<Message> messages = trainOn == TrainOn.LAST ? lastTrained(all) : all;
        if (messages.stream().noneMatch(Message::isAssistant)) {
            throw new RowFault("no assistant message, so there is nothing to train on");
        }
        if (messages.stream().noneMatch(Message::isTrained)) {
            throw new RowFault(
                    "every assistant message has weight 0, so there is nothing to train on");
        }
        try {
            Rendered rendered = format.rendered(messages, tools, false);
            Set<Remark> unwritten = Unwritten.in(messages, tools, rendered.text());
            TurnWeights whole = tokens(rendered.text());
            boolean marked =
                    (format.marksGeneration()
                                    && markSpans(messages, rendered.generationSpans(), whole))
                            || markPrefixes(messages, tools, whole);
            TurnWeights weights = marked ? whole : lastTurnOnly(messages, tools);
            unwritten.forEach(weights::remark);
            return weights;
        } catch (TemplateException e) {
            throw refused(e);
        }
    }

    private TurnWeights everything(List<Message> messages, List<Tool> tools) throws RowFault {
        try {
            String text = format.render(messages, tools, false);
            Set<Remark> unwritten = Unwritten.in(messages, tools, text);
            TurnWeights whole = tokens(text);
            whole.markAll();
            unwritten.forEach(whole::remark);
            return whole;
        } catch (TemplateException e) {
            throw refused(e);
        }
    }

    private static RowFault refused(TemplateException e) {
        return new RowFault("the chat template refuses the conversation: " + e.getMessage());
    }

    private TurnWeights tokens(String text) {
        return new TurnWeights(text, tokenizer.encodeWithOffsets(text), stops);
    }

    /** False if messages differ in weight and the spans cannot be told apart by message. */
    private static boolean markSpans(List<Message> messages, List<Span> spans, TurnWeights whole)
            throws RowFault {
        List<Message> spoken = messages.stream().filter(Message::isAssistant).toList();
        boolean oneEach = spans.size() == spoken.size();
        boolean sameWeight = spoken.stream().map(Message::weight).distinct().count() == 1;
        if (!oneEach && !sameWeight) {
            return false;
        }
        if (spans.isEmpty()) {
            throw new RowFault(
                    "the chat template marks no {% generation %} part in this conversation");
        }
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            float weight = spoken.get(oneEach ? i : 0).weight();
            if (weight > 0 && span.end() > span.start()) {
                whole.markCharacters(span.start(), span.end(), weight);
            }
        }
        return true;
    }

    private boolean markPrefixes(List<Message> messages, List<Tool> tools, TurnWeights whole) {
        TurnFinder finder = new TurnFinder(tokenizer, format, stops, messages, tools, whole);
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).isTrained()) {
                Optional<TurnFinder.Turn> turn = finder.find(i);
                if (turn.isEmpty()) {
                    return false;
                }
                if (turn.get().promptDiffers()) {
                    whole.remark(Remark.PROMPT_DIFFERS);
                }
                whole.mark(turn.get().start(), turn.get().end(), messages.get(i).weight());
            }
        }
        return true;
    }

    private TurnWeights lastTurnOnly(List<Message> messages, List<Tool> tools) throws RowFault {
        int last =
                IntStream.range(0, messages.size())
                        .filter(i -> messages.get(i).isAssistant())
                        .max()
                        .orElseThrow();
        if (!messages.get(last).isTrained()) {
            throw new RowFault(
                    "the chat template writes earlier turns differently once a later one follows,"
                            + " so only the last assistant message could be trained, and its weight is"
                            + " 0; end the conversation with the message to train");
        }
        List<Message> upToLast = messages.subList(0, last + 1);
        String text = format.render(upToLast, tools, false);
        TurnWeights weights = tokens(text);
        if (!markPrefixes(lastTrained(upToLast), tools, weights)) {
            weights = appendReply(upToLast, tools, text);
        }
        if (messages.stream().filter(Message::isTrained).count() > 1) {
            weights.remark(Remark.LAST_TURN_ONLY);
        }
        return weights;
    }

    /** The same conversation with every assistant turn but the last as context only. */
    private static List<Message> lastTrained(List<Message> messages) {
        int last =
                IntStream.range(0, messages.size())
                        .filter(i -> messages.get(i).isAssistant())
                        .max()
                        .orElse(-1);
        return IntStream.range(0, messages.size())
                .mapToObj(i ->
                        i == last || !messages.get(i).isAssistant()
                                ? messages.get(i)
                                : messages.get(i).withWeight(0f))
                .toList();
    }

    /** The generation prompt, then the end of the finished conversation from the last reply on. */
    private TurnWeights appendReply(List<Message> messages, List<Tool> tools, String finished)
            throws RowFault {
        if (messages.size() == 1) {
            throw new RowFault(
                    "the conversation begins with the assistant, and the chat template cannot write what"
                            + " precedes that; begin with a user message, or use a template that marks"
                            + " replies with {% generation %}");
        }
        Message reply = messages.getLast();
        int at = finished.lastIndexOf(reply.content().strip());
        if (at < 0) {
            throw new RowFault(
                    "the last assistant message cannot be found in what the chat template writes:"
                            + " neither does the text before it begin the whole, nor does its content"
                            + " stand there as it is; use a template that marks replies with {%"
                            + " generation %}");
        }
        String prompt = format.render(messages.subList(0, messages.size() - 1), tools, true);
        int spaces = at;
        while (spaces > 0 && Character.isWhitespace(finished.charAt(spaces - 1))) {
            spaces--;
        }
        boolean hasSpaces = prompt.endsWith(finished.substring(spaces, at));
        String text = prompt + finished.substring(hasSpaces ? at : spaces);
        TurnWeights weights = tokens(text);
        weights.markCharacters(prompt.length(), text.length(), reply.weight());
        weights.remark(Remark.REPLY_APPENDED);
        return weights;
    }
}
