package dev.hone.data.check;

/**
 * Tokens of all rows that can be trained, before any is cut.
 *
 * @param tokens all
 * @param trained those with a weight above 0
 * @param longest of the longest row
 */
public record TokenCounts(long tokens, long trained, int longest) {}
