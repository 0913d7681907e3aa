package dev.hone.evaluate;

import dev.hone.data.Example;
import java.util.Arrays;
import java.util.Optional;

/**
 * A held-back row as a question with its wanted answer: the last run of supervised tokens is the
 * answer, everything before it the prompt.
 *
 * @param source where the row came from
 * @param prompt token ids
 * @param answer token ids, the one that ends the turn included
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never compared
public record Task(String source, int[] prompt, int[] answer) {

    /** The question in a row; empty if all of the row is supervised, as plain text is. */
    public static Optional<Task> of(Example example) {
        float[] weights = example.weights();
        int end = weights.length;
        while (end > 0 && weights[end - 1] == 0) {
            end--;
        }
        int start = end;
        while (start > 0 && weights[start - 1] != 0) {
            start--;
        }
        if (start <= 1 || start == end) {
            return Optional.empty();
        }
        int[] ids = example.ids();
        return Optional.of(
                new Task(
                        example.source(),
                        Arrays.copyOfRange(ids, 0, start),
                        Arrays.copyOfRange(ids, start, end)));
    }
}
