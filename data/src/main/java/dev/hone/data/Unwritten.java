package dev.hone.data;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a conversation holds and its chat template does not write. A template passes over keys that
 * it does not know, and the row would train something else than it says.
 */
final class Unwritten {

    private Unwritten() {}

    /**
     * Looks for what is missing.
     *
     * @param text the conversation as the template writes it
     * @return what is missing and can be done without
     * @throws RowFault if a tool call is missing: an empty turn would be trained in its place
     */
    static Set<Remark> in(List<Message> messages, List<Tool> tools, String text) throws RowFault {
        Set<Remark> remarks = EnumSet.noneOf(Remark.class);
        for (Message message : messages) {
            for (ToolCall call : message.toolCalls()) {
                if (!text.contains(call.name())) {
                    throw new RowFault(
                            ("the assistant calls the tool \"%s\", and the chat template does not write"
                                            + " tool calls; use a model whose template does, or leave such rows"
                                            + " out")
                                    .formatted(call.name()));
                }
            }
        }
        if (!tools.isEmpty() && tools.stream().noneMatch(tool -> text.contains(tool.name()))) {
            remarks.add(Remark.TOOLS_NOT_WRITTEN);
        }
        boolean thinks = messages.stream().anyMatch(message -> message.reasoning().isPresent());
        if (thinks
                && messages.stream()
                        .flatMap(message -> message.reasoning().stream())
                        .noneMatch(reasoning -> text.contains(reasoning.strip()))) {
            remarks.add(Remark.REASONING_NOT_WRITTEN);
        }
        return remarks;
    }
}
