package dev.hone.generate;

/**
 * How the next token is chosen.
 *
 * @param maxTokens most tokens of an answer
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topP smallest share of probability that the most likely tokens must reach to be the ones
 *     chosen from (Holtzman et al., arXiv 1904.09751); 1 for all
 * @param seed of the draws
 */
public record Sampling(int maxTokens, double temperature, double topP, long seed) {

    public Sampling {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max tokens must be at least 1, found " + maxTokens);
        }
        if (!(temperature >= 0)) {
            throw new IllegalArgumentException(
                    "temperature must be at least 0, found " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "top p must be above 0 and at most 1, found " + topP);
        }
    }

    /** The most likely token each time. */
    public static Sampling greedy(int maxTokens) {
        return new Sampling(maxTokens, 0, 1, 0);
    }
}
