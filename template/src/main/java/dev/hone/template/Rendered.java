package dev.hone.template;

import java.util.List;

/**
 * What a template made of a conversation.
 *
 * @param text the prompt
 * @param generationSpans where {@code {% generation %}} blocks stand in {@code text}, in UTF-16
 *     units, in the order in which the blocks ended; empty when the template has none
 */
public record Rendered(String text, List<Span> generationSpans) {

    /** Copies the spans. */
    public Rendered {
        generationSpans = List.copyOf(generationSpans);
    }

    /** The spans counted in code points, as Python and tokenizers count. */
    public List<Span> generationSpansInCodePoints() {
        return generationSpans.stream().map(span -> span.toCodePoints(text)).toList();
    }
}
