package dev.hone.data;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content the text of the turn
 * @param weight training weight of the turn's tokens, from 0 (context only) to 1; counts for
 *     assistant turns only
 */
public record Message(String role, String content, float weight) {

    /** A turn that is trained on if an assistant speaks it. */
    public Message(String role, String content) {
        this(role, content, 1f);
    }

    boolean isAssistant() {
        return role.equals("assistant");
    }

    boolean isTrained() {
        return isAssistant() && weight > 0;
    }
}
