package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowFormatsTest {

    private static final Message USER = new Message("user", "U");
    private static final Message GOOD = new Message("assistant", "Good");
    private static final Message BAD = new Message("assistant", "Bad");

    @TempDir Path temp;

    @Test
    void openAiMessagesMayCallTools() {
        Row.Conversation row =
                (Row.Conversation)
                        only(
                                """
                                {"messages": [
                                  {"role": "developer", "content": "D"},
                                  {"role": "user", "content": "U"},
                                  {"role": "assistant", "content": null, "refusal": null, "tool_calls": [
                                    {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{\\"a\\": 1, \\"b\\": [true, null, 2.5]}"}}]},
                                  {"role": "tool", "tool_call_id": "c1", "content": "3"},
                                  {"role": "assistant", "content": "Three", "reasoning_content": "one and two"}],
                                 "tools": [{"type": "function", "function": {"name": "add", "parameters": {}}}],
                                 "parallel_tool_calls": false}
                                """);
        assertThat(row.tools()).extracting(Tool::name).containsExactly("add");
        assertThat(row.messages())
                .extracting(Message::role)
                .containsExactly("developer", "user", "assistant", "tool", "assistant");
        ToolCall call = row.messages().get(2).toolCalls().getFirst();
        assertThat(call.id()).contains("c1");
        assertThat(call.arguments())
                .hasToString("{a=1, b=[true, null, 2.5]}")
                .containsEntry("a", 1L);
        assertThat(row.messages().get(2).content()).isEmpty();
        assertThat(row.messages().get(3).toolCallId()).contains("c1");
        assertThat(row.messages().get(4).reasoning()).contains("one and two");
    }

    @Test
    void deprecatedFunctionsAreReadAsTools() {
        Row.Conversation row =
                (Row.Conversation)
                        only(
                                """
                                {"messages": [{"role": "user", "content": "U"},
                                  {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": ""}},
                                  {"role": "function", "name": "f", "content": "1"}],
                                 "functions": [{"name": "f"}]}
                                """);
        assertThat(row.tools().getFirst().definition())
                .isEqualTo(Map.of("type", "function", "function", Map.of("name", "f")));
        assertThat(row.messages().get(1).toolCalls())
                .containsExactly(new ToolCall(Optional.empty(), "f", Map.of()));
        assertThat(row.messages().get(2).role()).isEqualTo("tool");
        assertThat(row.messages().get(2).name()).contains("f");
    }

    @Test
    void shareGptHasItsOwnRolesAndCallsToolsInJson() {
        Row.Conversation row =
                (Row.Conversation)
                        only(
                                """
                                {"system": "S", "tools": "[{\\"name\\": \\"f\\"}, {\\"name\\": \\"g\\"}]", "conversations": [
                                  {"from": "human", "value": "U"},
                                  {"from": "function_call", "value": "[{\\"name\\": \\"f\\", \\"arguments\\": {\\"x\\": 1}}, {\\"name\\": \\"g\\", \\"arguments\\": {}}]"},
                                  {"from": "observation", "value": "1"},
                                  {"from": "gpt", "value": "Good", "weight": 0.5},
                                  {"from": "chatgpt", "value": "Good", "train": false}]}
                                """);
        assertThat(row.messages())
                .extracting(Message::role)
                .containsExactly("system", "user", "assistant", "tool", "assistant", "assistant");
        assertThat(row.messages().get(2).toolCalls())
                .extracting(ToolCall::name)
                .containsExactly("f", "g");
        assertThat(row.messages().get(4).weight()).isEqualTo(0.5f);
        assertThat(row.messages().get(5).weight()).isZero();
        assertThat(row.tools()).extracting(Tool::name).containsExactly("f", "g");
    }

    @Test
    void llamaFactorysPartsHoldReasoningCallsAndLossWeights() {
        Row.Conversation row =
                (Row.Conversation)
                        only(
                                """
                                {"messages": [
                                  {"role": "user", "content": [{"type": "text", "value": "U"}], "loss_weight": 0.0},
                                  {"role": "assistant", "loss_weight": 0.25, "content": [
                                    {"type": "reasoning", "value": "R"},
                                    {"type": "text", "value": "T"},
                                    {"type": "tool_call", "value": "{\\"name\\": \\"f\\", \\"arguments\\": {}}"}]}]}
                                """);
        Message answer = row.messages().get(1);
        assertThat(answer.content()).isEqualTo("T");
        assertThat(answer.reasoning()).contains("R");
        assertThat(answer.toolCalls()).extracting(ToolCall::name).containsExactly("f");
        assertThat(answer.weight()).isEqualTo(0.25f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt': 'U', 'chosen': 'Good', 'rejected': 'Bad'}",
                "{'question': 'U', 'chosen': 'Good', 'rejected': 'Bad'}",
                "{'instruction': 'U', 'input': '', 'chosen': 'Good', 'rejected': 'Bad'}",
                "{'prompt': [{'role': 'user', 'content': 'U'}], 'chosen': [{'role': 'assistant', 'content': 'Good'}], 'rejected': [{'role': 'assistant', 'content': 'Bad'}]}",
                "{'chosen': [{'role': 'user', 'content': 'U'}, {'role': 'assistant', 'content': 'Good'}], 'rejected': [{'role': 'user', 'content': 'U'}, {'role': 'assistant', 'content': 'Bad'}]}",
                "{'prompt': 'U', 'chosen': [{'role': 'user', 'content': 'U'}, {'role': 'assistant', 'content': 'Good'}], 'rejected': [{'role': 'user', 'content': 'U'}, {'role': 'assistant', 'content': 'Bad'}]}",
                "{'conversations': [{'from': 'human', 'value': 'U'}], 'chosen': {'from': 'gpt', 'value': 'Good'}, 'rejected': {'from': 'gpt', 'value': 'Bad'}}",
                "{'messages': [{'role': 'user', 'content': 'U'}], 'chosen': {'role': 'assistant', 'content': 'Good'}, 'rejected': {'role': 'assistant', 'content': 'Bad'}}",
                "{'input': {'messages': [{'role': 'user', 'content': 'U'}], 'tools': [], 'parallel_tool_calls': true}, 'preferred_completion': [{'role': 'assistant', 'content': 'Good'}], 'non_preferred_completion': [{'role': 'assistant', 'content': 'Bad'}]}"
            })
    void everyFormOfAPreferencePairIsTheSameRow(String json) {
        assertThat(only(json.replace('\'', '"')))
                .isEqualTo(
                        new Row.Preference(
                                file() + ":1",
                                List.of(USER),
                                List.of(GOOD),
                                List.of(BAD),
                                List.of()));
    }

    @Test
    void answersOfOnePromptMayBranchBeforeTheirEnd() {
        Row.Preference row =
                (Row.Preference)
                        only(
                                """
                                {"chosen": [{"role": "user", "content": "U"}, {"role": "assistant", "content": "Good"}, {"role": "user", "content": "U"}, {"role": "assistant", "content": "Good"}],
                                 "rejected": [{"role": "user", "content": "U"}, {"role": "assistant", "content": "Bad"}]}
                                """);
        assertThat(row.prompt()).containsExactly(USER);
        assertThat(row.chosen()).containsExactly(GOOD, USER, GOOD);
        assertThat(row.rejected()).containsExactly(BAD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt': 'U', 'completion': 'Good', 'label': true}",
                "{'messages': [{'role': 'user', 'content': 'U'}, {'role': 'assistant', 'content': 'Good'}], 'label': true}",
                "{'conversations': [{'from': 'human', 'value': 'U'}, {'from': 'gpt', 'value': 'Good'}], 'kto_tag': true}",
                "{'prompt': [{'role': 'user', 'content': 'U'}], 'completion': [{'role': 'assistant', 'content': 'Good'}], 'label': true}"
            })
    void everyFormOfALabelledAnswerIsTheSameRow(String json) {
        assertThat(only(json.replace('\'', '"')))
                .isEqualTo(
                        new Row.Labelled(
                                file() + ":1", List.of(USER), List.of(GOOD), true, List.of()));
    }

    @Test
    void segmentsKeepTheirTextsAndLabels() {
        assertThat(
                        only(
                                "{\"segments\": [{\"label\": false, \"text\": \"<s>Hi \"}, {\"label\": true, \"text\": \"Ho</s>\"}]}"))
                .isEqualTo(
                        new Row.Segments(
                                file() + ":1",
                                List.of(
                                        new Row.Segment("<s>Hi ", false),
                                        new Row.Segment("Ho</s>", true))));
    }

    @Test
    void assistantTurnsOfAPromptAreContextOnly() {
        Row.Conversation row =
                (Row.Conversation)
                        only(
                                """
                                {"prompt": [{"role": "user", "content": "U"}, {"role": "assistant", "content": "Bad"}, {"role": "user", "content": "U"}],
                                 "completion": [{"role": "assistant", "content": "Good"}]}
                                """);
        assertThat(row.messages()).containsExactly(USER, BAD.withWeight(0), USER, GOOD);
    }

    @Test
    void aBooleanLabelBesideTextAloneIsAKeyNobodyKnows() {
        RowsOf found = RowsOf.text(file(), "{\"text\": \"a\", \"label\": true}");
        assertThat(found.rows()).containsExactly(new Row.Text(file() + ":1", "a"));
        assertThat(found.ignored()).containsExactly(file() + ":1 label");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {'conversations': [{'from': 'narrator', 'value': 'x'}]} | conversations[0].from is "narrator"; expected one of assistant, bard, bing, chatgpt, function_call, function_response, gpt, human, model, observation, system, tool, tool_call, tool_response, user
                    {'conversations': [{'from': 'humann', 'value': 'x'}]} | conversations[0].from is "humann"; expected one of assistant, bard, bing, chatgpt, function_call, function_response, gpt, human, model, observation, system, tool, tool_call, tool_response, user; did you mean "human"?
                    {'conversations': [{'from': 'gpt', 'value': ' '}]} | conversations[0].value is empty, and it is to be trained; give it text or weight 0
                    {'conversations': [{'from': 'gpt'}]} | conversations[0].value is missing; expected a string
                    {'conversations': [{'from': 'gpt', 'vlaue': 'x'}]} | conversations[0] has the unknown key "vlaue"; did you mean "value"?
                    {'conversations': [{'from': 'function_call', 'value': 'f(1)'}]} | conversations[0].value is not valid JSON, at column 1: Unrecognized token 'f': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
                    {'conversations': [{'from': 'function_call', 'value': '{}'}]} | conversations[0].value.name is missing; expected a string
                    {'messages': [{'role': 'assistant', 'tool_calls': 'f'}]} | messages[0].tool_calls is a string ("f"); expected an array of tool calls
                    {'messages': [{'role': 'assistant', 'tool_calls': [{'function': 'f'}]}]} | messages[0].tool_calls[0].function is a string ("f"); expected {"name", "arguments"}
                    {'messages': [{'role': 'assistant', 'tool_calls': [{'function': {'name': 'f', 'arguments': '[1]'}}]}]} | messages[0].tool_calls[0].function.arguments is an array; expected an object, or the JSON of one in a string
                    {'messages': [{'role': 'assistant', 'tool_calls': [{'function': {'name': 'f', 'arguments': {'x': 99999999999999999999}}}]}]} | messages[0].tool_calls[0].function.arguments.x is 99999999999999999999; expected an integer of at most 64 bits
                    {'messages': [{'role': 'user', 'content': 'a', 'tool_calls': [{'name': 'f'}]}]} | messages[0] has tool calls, but its role is user; only the assistant calls tools
                    {'messages': [{'role': 'assistant', 'tool_calls': [{'name': 'f'}, {'name': 'g'}]}], 'parallel_tool_calls': false} | parallel_tool_calls is false, and message 1 makes 2 tool calls; expected one
                    {'messages': [{'role': 'assistant', 'content': 'a'}], 'parallel_tool_calls': 1} | parallel_tool_calls is a number (1); expected true or false
                    {'messages': [{'role': 'assistant', 'content': 'a'}], 'tools': {}} | tools is an object; expected an array of tools, or the JSON of one in a string
                    {'messages': [{'role': 'assistant', 'content': 'a'}], 'tools': [{'type': 'function'}]} | tools[0] has no name; expected {"type": "function", "function": {"name", "description", "parameters"}}
                    {'messages': [{'role': 'assistant', 'content': 'a'}], 'tools': [{'name': 'f'}], 'functions': [{'name': 'f'}]} | the row has tools and functions; expected one of them
                    {'messages': [{'role': 'assistant', 'content': 'a', 'weight': 1, 'loss_weight': 1}]} | messages[0] has [weight, loss_weight]; expected one of them
                    {'messages': [{'role': 'assistant', 'content': 'a', 'train': 1}]} | messages[0].train is a number (1); expected true or false
                    {'segments': []} | segments is an empty array; expected an array of {label, text}
                    {'segments': [{'label': 1, 'text': 'a'}]} | segments[0].label is a number (1); expected true or false
                    {'chosen': 'a', 'rejected': 'b'} | chosen and rejected begin with no message in common, and there is no prompt; expected prompt, instruction, conversations or messages
                    {'prompt': 'U', 'chosen': [{'role': 'user', 'content': 'a'}], 'rejected': 'b'} | chosen ends with a message of role user; expected one of the assistant
                    {'input': [], 'preferred_completion': [], 'non_preferred_completion': []} | input is an array; expected an object {messages, tools}
                    {'messages': [{'role': 'assistant', 'content': 'a'}], 'label': true} | messages has one message; expected a prompt and the answer
                    {'prompt': 'a', 'completion': [{'role': 'user', 'content': 'b'}]} | completion ends with a message of role user; expected one of the assistant
                    """)
    void aFaultSaysWhatWasFoundAndWhatWasExpected(String json, String expected) {
        RowsOf found = RowsOf.text(file(), json.replace('\'', '"'));
        assertThat(found.problems()).containsExactly(file() + ":1: " + expected);
        assertThat(found.rows()).isEmpty();
    }

    @Test
    void aNamedFormatIsNotGuessed() {
        RowsOf.text(file(), "{\"instruction\": \"i\", \"output\": \"o\", \"text\": \"t\"}\n");
        DataSource text = new DataSource(file(), Optional.of("text"), 1, RowMapping.NONE);
        assertThat(RowsOf.source(text).rows()).containsExactly(new Row.Text(file() + ":1", "t"));
        DataSource kto = new DataSource(file(), Optional.of("messages"), 1, RowMapping.NONE);
        assertThat(RowsOf.source(kto).problems())
                .containsExactly(
                        file()
                                + ":1: the row has the keys [instruction, output, text]; expected those of format messages: messages (and functions, parallel_tool_calls, tools)");
    }

    @Test
    void aFormatThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> new DataSource(file(), Optional.of("mesages"), 1, RowMapping.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "format is \"mesages\"; expected one of alpaca, input_ids, kto, messages, openai_preference, preference, prompt/completion, segments, sharegpt, text; did you mean \"messages\"?");
    }

    @Test
    void columnsMessageKeysAndRolesAreRenamed() {
        RowsOf.text(
                file(),
                """
                {"dialogue": [{"speaker": "customer", "says": "U"}, {"speaker": "agent", "says": "Good"}], "messages": "not these"}
                {"dialogue": [{"speaker": "nobody", "says": "U"}]}
                """);
        RowMapping mapping =
                new RowMapping(
                        Map.of("messages", "dialogue"),
                        Map.of("role", "speaker", "content", "says"),
                        Map.of("customer", "user", "agent", "assistant"));
        RowsOf found = RowsOf.source(new DataSource(file(), Optional.empty(), 1, mapping));
        assertThat(found.rows())
                .containsExactly(new Row.Conversation(file() + ":1", List.of(USER, GOOD)));
        assertThat(found.problems())
                .containsExactly(
                        file()
                                + ":2: messages[0].role is \"nobody\"; expected one of [system, developer, user, assistant, tool, function] (messages is read from \"dialogue\", a message's content from \"says\", a message's role from \"speaker\", the role \"agent\" as assistant, the role \"customer\" as user)");
    }

    private Path file() {
        return temp.resolve("rows.json");
    }

    /** The only row of a file that holds one object, over several lines or not. */
    private Row only(String json) {
        RowsOf found = RowsOf.text(file(), json.replace('\n', ' '));
        assertThat(found.problems()).isEmpty();
        assertThat(found.rows()).hasSize(1);
        return found.rows().getFirst();
    }
}
