package dev.hone.data;

import java.util.List;
import java.util.Optional;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code developer}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text of the turn; empty where an assistant only calls tools
 * @param weight training weight of the turn's tokens, from 0 (context only) to 1; counts for
 *     assistant turns only
 * @param reasoning what the assistant thought before its answer, where the row has it apart
 * @param toolCalls tools that the assistant calls
 * @param toolCallId the call that a tool's turn answers
 * @param name the tool that answers, or who speaks
 */
public record Message(
        String role,
        String content,
        float weight,
        Optional<String> reasoning,
        List<ToolCall> toolCalls,
        Optional<String> toolCallId,
        Optional<String> name) {

    public Message {
        toolCalls = List.copyOf(toolCalls);
    }

    /** A turn of plain text. */
    public Message(String role, String content, float weight) {
        this(
                role,
                content,
                weight,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    /** A turn that is trained on if an assistant speaks it. */
    public Message(String role, String content) {
        this(role, content, 1f);
    }

    /** The same turn with another weight. */
    public Message withWeight(float newWeight) {
        return new Message(role, content, newWeight, reasoning, toolCalls, toolCallId, name);
    }

    boolean isAssistant() {
        return role.equals("assistant");
    }

    boolean isTrained() {
        return isAssistant() && weight > 0;
    }
}
