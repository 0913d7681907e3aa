package dev.hone.evaluate;

/**
 * What a model said to a question.
 *
 * @param source where the row came from
 * @param wanted the row's answer
 * @param said the model's, taken greedily
 */
public record Answered(String source, String wanted, String said) {

    /** Whether the two are the same, white space around them aside. */
    public boolean exact() {
        return wanted.strip().equals(said.strip());
    }
}
