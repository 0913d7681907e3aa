package dev.hone.data.check;

/**
 * Where something stands.
 *
 * @param file as it was given
 * @param line from 1; 0 for the file as a whole
 */
public record Place(String file, long line) {

    /** Reads {@code file:line}; a text without a line is a file as a whole. */
    static Place of(String source) {
        int colon = source.lastIndexOf(':');
        String digits = source.substring(colon + 1);
        boolean hasLine =
                colon > 0
                        && !digits.isEmpty()
                        && digits.length() < 19
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return hasLine
                ? new Place(source.substring(0, colon), Long.parseLong(digits))
                : new Place(source, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
