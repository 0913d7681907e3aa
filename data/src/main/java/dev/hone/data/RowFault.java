package dev.hone.data;

/**
 * What is wrong with the row at hand; whoever knows the file and line turns it into a {@link
 * Problem}.
 */
final class RowFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final String text;

    RowFault(String text) {
        super(text);
        this.text = text;
    }

    Problem at(String source) {
        return new Problem(source, text);
    }
}
