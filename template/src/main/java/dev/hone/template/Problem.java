package dev.hone.template;

/**
 * What went wrong, before anyone knows where. Operations on values throw it; {@link ChatTemplate}
 * adds the place and turns it into a {@link TemplateException}.
 */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String description;

    Problem(String description) {
        super(description, null, false, false);
        this.description = description;
    }

    String description() {
        return description;
    }
}
