package dev.hone.template;

/**
 * A stretch of text, {@code [start, end)} in UTF-16 units.
 *
 * @param start index of the first unit
 * @param end index after the last unit
 */
public record Span(int start, int end) {

    /** Refuses a span that ends before it starts. */
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("not a span: [%d, %d)".formatted(start, end));
        }
    }

    /** The same stretch of {@code text}, counted in code points. */
    public Span toCodePoints(String text) {
        int first = text.codePointCount(0, start);
        return new Span(first, first + text.codePointCount(start, end));
    }
}
