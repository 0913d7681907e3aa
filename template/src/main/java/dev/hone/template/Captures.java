package dev.hone.template;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Texts that were rendered aside (by macros, set, call and filter blocks) and hold {@code
 * generation} blocks. As long as such a text is passed around unchanged, the blocks' places are
 * known wherever it is printed; the very string object tells.
 */
final class Captures {

    private final IdentityHashMap<String, List<Output.Mark>> marks = new IdentityHashMap<>();
    private final Set<Place> printed = new HashSet<>();

    /** Remembers the marks of a text that was rendered aside; returns the text. */
    String remember(Output aside) {
        String text = aside.toString();
        if (!aside.marks().isEmpty()) {
            if (text.isEmpty()) {
                aside.marks().forEach(mark -> printed.add(mark.place()));
            } else {
                marks.put(text, aside.marks());
            }
        }
        return text;
    }

    /** Prints a text, with its marks when it has any. */
    void print(String text, Output out) {
        List<Output.Mark> inside = marks.isEmpty() ? null : marks.get(text);
        if (inside != null) {
            int offset = out.length();
            for (Output.Mark mark : inside) {
                Span span = mark.span();
                out.mark(new Span(offset + span.start(), offset + span.end()), mark.place());
                printed.add(mark.place());
            }
        }
        out.append(text);
    }

    /** Refuses a render in which some block was never printed as it was rendered. */
    void requireAllPrinted() {
        for (List<Output.Mark> inside : marks.values()) {
            for (Output.Mark mark : inside) {
                if (!printed.contains(mark.place())) {
                    throw new TemplateException(
                            mark.place(),
                            "this generation block was rendered inside a macro, set, call or filter block whose text was changed or dropped afterwards, so its place in the output is unknown; print that text as it is or move the block out");
                }
            }
        }
    }
}
