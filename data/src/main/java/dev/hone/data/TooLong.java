package dev.hone.data;

/**
 * What happens to a row of more than {@code max_length} tokens. Every such row is counted with its
 * file and line.
 */
public enum TooLong {
    /** It is a fault: nothing is trained. */
    FAIL,
    /** It is left out. */
    DROP,
    /**
     * Its first {@code max_length} tokens are kept; a fault if no supervised token is among them.
     */
    TRUNCATE
}
