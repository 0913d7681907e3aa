package dev.hone.data;

import dev.hone.template.ChatTemplate;
import dev.hone.template.TemplateException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How one chat template wants messages: what every template takes, and the points on which they
 * differ.
 *
 * @param argumentsAsText whether a tool call's arguments go in as JSON text. Most templates take
 *     the object; some join it to other text and refuse anything but text
 * @param nullContent whether a message that only calls tools has the content null. Some templates
 *     write the calls only then; others would write "None"
 * @param knowsDeveloper whether the template has the role {@code developer}; otherwise such a
 *     message goes in as {@code system}, which it takes the place of
 * @param writesDate whether the template asks for the time
 */
record TemplateDialect(
        boolean argumentsAsText, boolean nullContent, boolean knowsDeveloper, boolean writesDate) {

    /** Of a model without a template. */
    static final TemplateDialect PLAIN = new TemplateDialect(false, false, false, false);

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** A tool whose name no template writes by itself. */
    private static final String TOOL = "hone_probe_tool";

    private static final List<Message> PROBE =
            List.of(
                    new Message("user", "Hi"),
                    new Message(
                            "assistant",
                            "",
                            1f,
                            Optional.empty(),
                            List.of(new ToolCall(Optional.of("call00001"), TOOL, Map.of("x", 1L))),
                            Optional.empty(),
                            Optional.empty()));

    /** Tries under which form a tool call shows in the text. */
    static TemplateDialect of(
            ChatTemplate template, String source, Map<String, String> specialTokens, Clock clock) {
        boolean knowsDeveloper = source.contains("developer");
        boolean writesDate = source.contains("strftime_now");
        TemplateDialect usual = new TemplateDialect(false, false, knowsDeveloper, writesDate);
        return !source.contains("tool_calls")
                ? usual
                : Stream.of(
                                usual,
                                new TemplateDialect(false, true, knowsDeveloper, writesDate),
                                new TemplateDialect(true, false, knowsDeveloper, writesDate),
                                new TemplateDialect(true, true, knowsDeveloper, writesDate))
                        .filter(dialect -> dialect.showsCall(template, specialTokens, clock))
                        .findFirst()
                        .orElse(usual);
    }

    private boolean showsCall(
            ChatTemplate template, Map<String, String> specialTokens, Clock clock) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(specialTokens);
        variables.put("messages", messages(PROBE));
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", false);
        try {
            return template.render(variables, clock).text().contains(TOOL);
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
        boolean onlyCalls = message.content().isEmpty() && !message.toolCalls().isEmpty();
        values.put("content", onlyCalls && nullContent ? null : message.content());
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
