package dev.hone.data;

/**
 * One row as the model trains on it.
 *
 * @param source where it came from: {@code file:line}
 * @param ids token ids
 * @param weights as long as {@code ids}: the weight of predicting token i from those before it; the
 *     first is 0
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
public record Example(String source, int[] ids, float[] weights) {

    /**
     * Checks lengths and that nothing predicts the first token.
     *
     * @throws IllegalArgumentException if the arrays differ in length, are empty, or the first
     *     weight is not 0
     */
    public Example {
        if (ids.length != weights.length || ids.length == 0) {
            throw new IllegalArgumentException(
                    "%s: %d ids and %d weights; expected the same number, at least one"
                            .formatted(source, ids.length, weights.length));
        }
        if (weights[0] != 0) {
            throw new IllegalArgumentException(
                    "%s: the first weight is %s; expected 0, since nothing precedes the first token"
                            .formatted(source, weights[0]));
        }
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Number of tokens that are trained. */
    public int supervisedTokens() {
        int count = 0;
        for (float weight : weights) {
            if (weight > 0) {
                count++;
            }
        }
        return count;
    }

    /** Sum of the weights. */
    public double supervisedWeight() {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
