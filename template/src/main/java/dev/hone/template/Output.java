package dev.hone.template;

import java.util.ArrayList;
import java.util.List;

/** Text under construction, and where {@code generation} blocks stand in it. */
final class Output {

    /** A rendered {@code generation} block. */
    record Mark(Span span, Place place) {}

    private final Limits limits;
    private final StringBuilder text = new StringBuilder();
    private final List<Mark> marks = new ArrayList<>();

    Output(Limits limits) {
        this.limits = limits;
    }

    void append(String part) {
        if (text.length() + (long) part.length() > limits.maxOutput()) {
            throw new Problem(
                    "the text grew longer than %d characters (Limits.maxOutput)"
                            .formatted(limits.maxOutput()));
        }
        text.append(part);
    }

    int length() {
        return text.length();
    }

    void mark(Span span, Place place) {
        marks.add(new Mark(span, place));
    }

    List<Mark> marks() {
        return marks;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
