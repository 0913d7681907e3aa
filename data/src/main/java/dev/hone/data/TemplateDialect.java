package dev.hone.data;

import dev.hone.template.ChatTemplate;
import dev.hone.template.TemplateException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How one chat template wants messages: what every template takes, and the points on which they
 * differ.
 *
 * @param argumentsAsText whether a tool call's arguments go in as JSON text. Most templates take
 *     the object; some join it to other text and refuse anything but text
 * @param knowsDeveloper whether the template has the role {@code developer}; otherwise such a
 *     message goes in as {@code system}, which it takes the place of
 * @param writesDate whether the template asks for the time
 */
record TemplateDialect(boolean argumentsAsText, boolean knowsDeveloper, boolean writesDate) {

    /** Of a model without a template. */
    static final TemplateDialect PLAIN = new TemplateDialect(false, false, false);

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final List<Message> PROBE =
            List.of(
                    new Message("user", "Hi"),
                    new Message(
                            "assistant",
                            "",
                            1f,
                            Optional.empty(),
                            List.of(new ToolCall(Optional.of("call00001"), "f", Map.of("x", 1L))),
                            Optional.empty(),
                            Optional.empty()));

    /** Tries which form of arguments the template takes. */
    static TemplateDialect of(
            ChatTemplate template, String source, Map<String, String> specialTokens, Clock clock) {
        boolean knowsDeveloper = source.contains("developer");
        boolean writesDate = source.contains("strftime_now");
        TemplateDialect objects = new TemplateDialect(false, knowsDeveloper, writesDate);
        TemplateDialect texts = new TemplateDialect(true, knowsDeveloper, writesDate);
        boolean asText =
                source.contains("tool_calls")
                        && !objects.isTaken(template, specialTokens, clock)
                        && texts.isTaken(template, specialTokens, clock);
        return asText ? texts : objects;
    }

    private boolean isTaken(ChatTemplate template, Map<String, String> specialTokens, Clock clock) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(specialTokens);
        variables.put("messages", messages(PROBE));
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", false);
        try {
            template.render(variables, clock);
            return true;
        } catch (TemplateException e) {
            return false;
        }
    }

    /** Messages as templates take them. Keys that a message does not have are absent. */
    List<Map<String, @Nullable Object>> messages(List<Message> messages) {
        return messages.stream().map(this::message).toList();
    }

    private Map<String, @Nullable Object> message(Message message) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        boolean developer = message.role().equals("developer");
        values.put("role", developer && !knowsDeveloper ? "system" : message.role());
        // OpenAI's files have null where an assistant only calls tools, and templates ask for it.
        boolean onlyCalls = message.content().isEmpty() && !message.toolCalls().isEmpty();
        values.put("content", onlyCalls ? null : message.content());
        message.reasoning().ifPresent(text -> values.put("reasoning_content", text));
        if (!message.toolCalls().isEmpty()) {
            values.put("tool_calls", message.toolCalls().stream().map(this::call).toList());
        }
        message.toolCallId().ifPresent(id -> values.put("tool_call_id", id));
        message.name().ifPresent(name -> values.put("name", name));
        return values;
    }

    private Map<String, @Nullable Object> call(ToolCall call) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put(
                "arguments",
                argumentsAsText ? MAPPER.writeValueAsString(call.arguments()) : call.arguments());
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        call.id().ifPresent(id -> values.put("id", id));
        values.put("type", "function");
        values.put("function", function);
        return values;
    }

    /** Tools as templates take them; null when there are none. */
    static @Nullable List<Map<String, @Nullable Object>> tools(List<Tool> tools) {
        return tools.isEmpty() ? null : tools.stream().map(Tool::definition).toList();
    }
}
