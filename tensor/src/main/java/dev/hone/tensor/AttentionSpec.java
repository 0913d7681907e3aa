package dev.hone.tensor;

/**
 * How scores are formed: softmax(scale · q·kᵀ) over keys at or before the query and, when {@code
 * window} is positive, among the query's last {@code window} tokens, itself included.
 */
public record AttentionSpec(double scale, int window) {

    /** Causal attention over everything before. */
    public static AttentionSpec causal(double scale) {
        return new AttentionSpec(scale, 0);
    }
}
