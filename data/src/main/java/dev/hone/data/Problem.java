package dev.hone.data;

/**
 * One fault found in a file.
 *
 * @param source where: {@code file:line} for a row, the file for a whole file
 * @param text what was found, what was expected, and what to do
 */
public record Problem(String source, String text) {

    @Override
    public String toString() {
        return source + ": " + text;
    }
}
