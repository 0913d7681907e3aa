package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that look at who speaks when, and at tool calls. */
class TurnChecksTest {

    private static final String TOOLS =
            """
            "tools":[{"type":"function","function":{"name":"tide","parameters":{"type":"object",\
            "properties":{"port":{"type":"string"},"day":{"type":"integer"}},"required":["port"]}}}]\
            """;

    @TempDir Path folder;
    private Checked checked = new Checked(Path.of(""));

    @BeforeEach
    void inFolder() {
        checked = new Checked(folder);
    }

    private static String roles(String... roles) {
        StringBuilder messages = new StringBuilder();
        for (String role : roles) {
            messages.append(messages.isEmpty() ? "" : ",")
                    .append("{\"role\":\"%s\",\"content\":\"text\"}".formatted(role));
        }
        return "{\"messages\":[" + messages + "]}";
    }

    private static String call(String arguments, String tools) {
        return """
        {"messages":[{"role":"user","content":"When?"},{"role":"assistant","content":"","tool_calls":\
        [{"id":"c1","type":"function","function":%s}]},{"role":"tool","tool_call_id":"c1","content":"9"},\
        {"role":"assistant","content":"At nine."}],%s}\
        """
                .formatted(arguments, tools);
    }

    @Test
    void turnsInAnUnusualOrderAreFound() {
        assertThat(
                        checked.of(
                                Code.TURN_ORDER,
                                roles("user", "user", "assistant"),
                                roles("assistant", "user", "assistant"),
                                roles("system", "assistant"),
                                roles("user", "assistant", "system", "user", "assistant"),
                                roles("user", "assistant", "user"),
                                roles("user", "tool", "assistant")))
                .containsExactly(
                        expected(1, "messages 1 and 2 are both from the user"),
                        expected(2, "the assistant speaks first"),
                        expected(3, "the assistant speaks first"),
                        expected(4, "message 3 is a system text"),
                        expected(5, "the last message is the user's, which is never answered"),
                        expected(
                                6,
                                "message 2 is a tool's result, and the assistant called none before"
                                        + " it"));
    }

    private static String expected(int line, String found) {
        return "rows.jsonl:%d: warning turn-order: %s; expected an optional system text, then user and assistant in turns, an answer last"
                .formatted(line, found);
    }

    @Test
    void turnsInOrderAreFine() {
        assertThat(
                        checked.of(
                                Code.TURN_ORDER,
                                roles("system", "user", "assistant", "user", "assistant"),
                                roles("developer", "user", "assistant"),
                                "{\"text\":\"no turns\"}"))
                .isEmpty();
    }

    @Test
    void aRowWithoutATrainedTurnIsAnError() {
        assertThat(
                        checked.of(
                                Code.NO_TRAINED_TOKEN,
                                roles("system", "user"),
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\",\"weight\":0}]}",
                                roles("user", "assistant")))
                .containsExactly(
                        "rows.jsonl:1: error no-trained-token: the conversation has no assistant"
                                + " message; expected something to train",
                        "rows.jsonl:2: error no-trained-token: every assistant message has weight 0;"
                                + " expected something to train");
        assertThat(
                        checked.of(
                                Code.NO_TRAINED_TOKEN,
                                "{\"input_ids\":[1,2],\"labels\":[1,-100]}",
                                "{\"input_ids\":[1,2],\"labels\":[-100,2]}"))
                .containsExactly(
                        "rows.jsonl:1: error no-trained-token: every label behind the first token is"
                                + " -100; expected something to train");
    }

    @Test
    void anEmptyTurnOfTheUserIsFound() {
        assertThat(checked.of(Code.EMPTY_INPUT, Checked.chat("  ", "At nine.")))
                .containsExactly(
                        "rows.jsonl:1: warning empty-input: user turn is empty; expected a text");
        assertThat(checked.of(Code.EMPTY_INPUT, Checked.chat("?", "At nine."))).isEmpty();
    }

    @Test
    void aCallThatFitsItsToolIsFine() {
        assertThat(
                        checked.of(
                                Code.BAD_TOOL_CALL,
                                call(
                                        "{\"name\":\"tide\",\"arguments\":\"{\\\"port\\\":\\\"Husum\\\",\\\"day\\\":3}\"}",
                                        TOOLS)))
                .isEmpty();
    }

    @Test
    void aCallThatDoesNotFitItsToolIsAnError() {
        assertThat(
                        checked.of(
                                Code.BAD_TOOL_CALL,
                                call(
                                        "{\"name\":\"tide\",\"arguments\":\"{\\\"port\\\":\\\"Husum\\\",\\\"day\\\":\\\"three\\\"}\"}",
                                        TOOLS),
                                call("{\"name\":\"tides\",\"arguments\":\"{}\"}", TOOLS),
                                call("{\"name\":\"tide\",\"arguments\":\"{}\"}", TOOLS)))
                .containsExactly(
                        "rows.jsonl:1: error bad-tool-call: message 2 calls tide with arguments that"
                                + " its schema refuses: /day string found, integer expected; expected"
                                + " arguments by the tool's parameters",
                        "rows.jsonl:2: error bad-tool-call: message 2 calls the tool \"tides\", which"
                                + " the row does not have; expected \"tide\"?",
                        "rows.jsonl:3: error bad-tool-call: message 2 calls tide with arguments that"
                                + " its schema refuses: required property 'port' not found; expected"
                                + " arguments by the tool's parameters");
    }

    @Test
    void aResultWithoutItsCallIsAnError() {
        assertThat(
                        checked.of(
                                Code.BAD_TOOL_CALL,
                                call(
                                                "{\"name\":\"tide\",\"arguments\":\"{\\\"port\\\":\\\"Husum\\\"}\"}",
                                                TOOLS)
                                        .replace(
                                                "\"tool_call_id\":\"c1\"",
                                                "\"tool_call_id\":\"c2\"")))
                .containsExactly(
                        "rows.jsonl:1: error bad-tool-call: message 3 answers the call \"c2\", which no"
                                + " message before it makes; expected one of [c1]");
    }

    @Test
    void parametersThatAreNoJsonSchemaAreFoundAndRefuseNoCall() {
        String row =
                call(
                        "{\"name\":\"tide\",\"arguments\":\"{\\\"port\\\":\\\"Husum\\\"}\"}",
                        TOOLS.replace("\"object\"", "\"dict\""));

        assertThat(checked.of(Code.TOOL_SCHEMA, row))
                .containsExactly(
                        "rows.jsonl:1: warning tool-schema: the parameters of the tool tide have the"
                                + " type \"dict\"; expected a type of JSON schema");
        assertThat(checked.of(Code.BAD_TOOL_CALL, row)).isEmpty();
        assertThat(
                        checked.of(
                                Code.TOOL_SCHEMA,
                                call("{\"name\":\"tide\",\"arguments\":\"{}\"}", TOOLS)))
                .isEmpty();
    }

    @Test
    void aSchemaThatPointsElsewhereIsFoundAndNothingIsFetched() {
        String arguments = "{\"name\":\"tide\",\"arguments\":\"{\\\"port\\\":\\\"Husum\\\"}\"}";

        assertThat(
                        checked.of(
                                Code.TOOL_SCHEMA,
                                call(
                                        arguments,
                                        TOOLS.replace(
                                                "{\"type\":\"string\"}",
                                                "{\"$ref\":\"https://127.0.0.1:9/none.json\"}")),
                                call(
                                        arguments,
                                        TOOLS.replace(
                                                "{\"type\":\"string\"}",
                                                "{\"type\":\"string\",\"pattern\":\"(\"}"))))
                .allMatch(text ->
                        text.contains(
                                "the parameters of the tool tide cannot be used as a JSON schema: "))
                .isNotEmpty();
    }
}
