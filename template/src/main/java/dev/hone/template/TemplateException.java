package dev.hone.template;

/**
 * A chat template cannot be read or cannot be rendered. The message names the place in the template
 * and the problem; when the template itself refused the conversation ({@code raise_exception}) the
 * problem holds the template's own words.
 */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final String problem;

    TemplateException(Place place, String problem) {
        super(
                "chat template, line %d, column %d: %s"
                        .formatted(place.line(), place.column(), problem));
        this.line = place.line();
        this.column = place.column();
        this.problem = problem;
    }

    /** Line in the template, from one. */
    public int line() {
        return line;
    }

    /** Column in that line, from one, in UTF-16 units. */
    public int column() {
        return column;
    }

    /** The problem alone, without the place. */
    public String problem() {
        return problem;
    }
}
