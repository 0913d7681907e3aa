package dev.hone.data;

/**
 * Something about a row that is no fault and that its owner should know; said once in the report,
 * with a count.
 */
public enum Remark {
    /**
     * The template rewrites earlier turns once a later one follows, so only the last assistant turn
     * is trained.
     */
    LAST_TURN_ONLY(
            "only the last assistant turn is trained, because the chat template writes earlier"
                    + " turns differently once a later one follows"),
    /**
     * The template writes a finished conversation differently from the one that is to be answered.
     */
    REPLY_APPENDED(
            "the reply is put right after the generation prompt, because the chat template writes a"
                    + " finished conversation differently from one that is to be answered"),
    /**
     * The generation prompt ends with tokens that the finished conversation does not have there.
     */
    PROMPT_DIFFERS(
            "training starts before the end of the generation prompt, because the last tokens of"
                    + " that prompt are others in the finished conversation"),
    /**
     * No token of the model's configuration ends the trained turn, so the model may not learn to
     * stop.
     */
    NO_STOP_TOKEN(
            "a trained turn does not end with a stop token of the model, so the model may not learn"
                    + " to stop"),
    /** The template does not know tools, so the model is not told of them. */
    TOOLS_NOT_WRITTEN("the row offers tools, which the chat template does not write"),
    /** The template does not know reasoning, or writes it nowhere in this conversation. */
    REASONING_NOT_WRITTEN(
            "the assistant's reasoning is not trained, since the chat template does not write it"),
    /** Plain text gets no end-of-text token, because the model folder names none. */
    NO_END_OF_TEXT("the text is not ended, because the model folder names no eos_token");

    private final String text;

    Remark(String text) {
        this.text = text;
    }

    /** The remark in words. */
    public String text() {
        return text;
    }
}
