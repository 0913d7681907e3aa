package dev.hone.data;

/**
 * Tokens of a text and the characters each stands for. Several tokens of one character have the
 * same span.
 *
 * @param ids token ids
 * @param starts first character of each token, as an index into the Java string (UTF-16 units)
 * @param ends one past the last character of each token
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
public record Encoding(int[] ids, int[] starts, int[] ends) {

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }
}
