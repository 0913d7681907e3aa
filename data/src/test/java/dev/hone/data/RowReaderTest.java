package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowReaderTest {

    private static final String ACCEPTED =
            "accepted are: label (and completion, conversations, kto_tag, messages, prompt, system, tools)"
                    + " | chosen, rejected (and conversations, history, input, instruction, messages, prompt,"
                    + " question, system, tools)"
                    + " | input, non_preferred_completion, preferred_completion"
                    + " | messages (and functions, parallel_tool_calls, tools)"
                    + " | conversations (and system, tools)"
                    + " | input_ids (and attention_mask, labels)"
                    + " | segments"
                    + " | instruction, output (and history, input, system)"
                    + " | completion, prompt (and tools)"
                    + " | text";

    @TempDir Path temp;

    private final List<Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    @Test
    void messagesKeepRolesContentAndWeight() throws Exception {
        read(
                """
                {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U", "weight": 0}, {"role": "assistant", "content": "A", "weight": 0}, {"role": "assistant", "content": "B"}]}
                """);
        assertThat(problems).isEmpty();
        assertThat(rows)
                .containsExactly(
                        new Row.Conversation(
                                file() + ":1",
                                List.of(
                                        new Message("system", "S", 1f),
                                        new Message("user", "U", 0f),
                                        new Message("assistant", "A", 0f),
                                        new Message("assistant", "B", 1f))));
    }

    @Test
    void contentMayBeTextParts() throws Exception {
        read(
                """
                {"messages": [{"role": "user", "content": [{"type": "text", "text": "U1"}, {"type": "text", "text": "U2"}]}, {"role": "assistant", "content": "A"}]}
                """);
        assertThat(conversation(0))
                .containsExactly(new Message("user", "U1U2"), new Message("assistant", "A"));
    }

    @Test
    void alpacaBecomesAConversationWithSystemAndHistory() throws Exception {
        read(
                """
                {"instruction": "I", "input": "X", "output": "O", "system": "S", "history": [["u", "a"]]}
                {"instruction": "I", "input": "", "output": "O", "system": null, "history": []}
                """);
        assertThat(problems).isEmpty();
        assertThat(conversation(0))
                .containsExactly(
                        new Message("system", "S"),
                        new Message("user", "u"),
                        new Message("assistant", "a"),
                        new Message("user", "I\nX"),
                        new Message("assistant", "O"));
        assertThat(conversation(1))
                .containsExactly(new Message("user", "I"), new Message("assistant", "O"));
        assertThat(rows.get(1).source()).isEqualTo(file() + ":2");
    }

    @Test
    void promptAndCompletionBecomeAConversation() throws Exception {
        read("{\"prompt\": \"P\", \"completion\": \"C\"}\n");
        assertThat(conversation(0))
                .containsExactly(new Message("user", "P"), new Message("assistant", "C"));
    }

    @Test
    void textStaysText() throws Exception {
        read("{\"text\": \" T \"}\n");
        assertThat(rows).containsExactly(new Row.Text(file() + ":1", " T "));
    }

    @Test
    void tokenRowsMayHaveLabels() throws Exception {
        read(
                """
                {"input_ids": [5, 6, 7], "labels": [-100, -100, 7], "attention_mask": [1, 1, 1]}
                {"input_ids": [5, 6]}
                """);
        assertThat(problems).isEmpty();
        Row.Tokens first = (Row.Tokens) rows.get(0);
        assertThat(first.inputIds()).containsExactly(5, 6, 7);
        assertThat(first.labels()).containsExactly(-100, -100, 7);
        assertThat(((Row.Tokens) rows.get(1)).labels()).containsExactly(5, 6);
    }

    @Test
    void aJsonArrayGivesTheLineWhereEachRowBegins() throws Exception {
        read(
                """

                [
                  {"text": "one"},
                  {
                    "text": "two"
                  }, {"text": "three"}
                ]
                """);
        assertThat(problems).isEmpty();
        assertThat(rows)
                .containsExactly(
                        new Row.Text(file() + ":3", "one"),
                        new Row.Text(file() + ":4", "two"),
                        new Row.Text(file() + ":6", "three"));
    }

    @Test
    void blankLinesWindowsLineEndsAByteOrderMarkAndAMissingLastNewlineAreFine() throws Exception {
        read("\uFEFF{\"text\": \"one\"}\r\n\r\n  \n{\"text\": \"two\"}");
        assertThat(problems).isEmpty();
        assertThat(rows)
                .containsExactly(
                        new Row.Text(file() + ":1", "one"), new Row.Text(file() + ":4", "two"));
        rows.clear();
        read("\uFEFF[{\"text\": \"one\"}]");
        assertThat(problems).isEmpty();
        assertThat(rows).containsExactly(new Row.Text(file() + ":1", "one"));
    }

    @Test
    void realFilesAreReadWhole() throws Exception {
        read(TinyModel.resource("real/alpaca_en_demo.json"));
        assertThat(problems).isEmpty();
        assertThat(rows).hasSize(40);
        assertThat(conversation(0).get(0).content())
                .isEqualTo("Describe a process of making crepes.");
        assertThat(rows.get(1).source()).isEqualTo(file() + ":7");
        rows.clear();
        read(TinyModel.resource("real/identity.json"));
        assertThat(conversation(0).get(1).content())
                .isEqualTo(
                        "Hello! I am {{name}}, an AI assistant developed by {{author}}. How can I assist you today?");
        rows.clear();
        read(TinyModel.resource("real/c4_demo.jsonl"));
        assertThat(problems).isEmpty();
        assertThat(rows).hasSize(4).allMatch(Row.Text.class::isInstance);
    }

    @Test
    void keysNobodyKnowsAreReportedAndPassedOver() throws Exception {
        read(
                """
                {"messages": [{"role": "user", "content": "U", "lang": "x"}, {"role": "assistant", "content": "A", "lang": "y"}], "id": 7}
                """);
        assertThat(problems).isEmpty();
        assertThat(rows).hasSize(1);
        assertThat(ignored)
                .containsExactlyInAnyOrder(file() + ":1 id", file() + ":1 messages[].lang");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"mesages": []}                                  | the row has the keys [mesages]; @; did you mean "messages" instead of "mesages"?
                    {"conversations": []}                            | conversations is an empty array; expected an array of {role, content}
                    {"dialogue": []}                                 | the row has the keys [dialogue]; @
                    {"instrution": "a", "output": "b"}               | the row has the keys [instrution, output]; @; did you mean "instruction" instead of "instrution"?
                    {}                                               | the row has the keys []; @
                    {"instruction": "a", "output": "b", "inptu": ""} | the row has the unknown key "inptu"; did you mean "input"?
                    {"text": "a", "images": ["x"]}                      | the row has the key "images"; images are not supported
                    [["a"]]                                          | the row is an array; expected a JSON object
                    "a"                                              | the row is a string ("a"); expected a JSON object
                    {"text": 5}                                      | text is a number (5); expected a string
                    {"text": null}                                   | text is null; expected a string
                    {"text": "  "}                                   | text is empty; give it text or remove the row
                    {"text": "a\\u0000"}                             | text holds a zero character (\\u0000) at index 1, which no tokenizer can read; remove it
                    {"text": "\\ud83d"}                              | text holds half a surrogate pair (\\ud83d) at index 0, which no tokenizer can read; remove it
                    {"instruction": "a", "output": ""}               | output is empty; give it text or remove the row
                    {"instruction": "a", "output": "b", "input": {}} | input is an object; expected a string
                    {"instruction": "a", "output": "b", "history": "x"} | history is a string ("x"); expected an array of [user, assistant] pairs
                    {"instruction": "a", "output": "b", "history": [["u"]]} | history[0] is an array of 1; expected a pair [user, assistant]
                    {"prompt": ["a"], "completion": "b"}             | prompt[0] is a string ("a"); expected an object {role, content}
                    {"messages": {}}                                 | messages is an object; expected an array of {role, content}
                    {"messages": []}                                 | messages is an empty array; expected an array of {role, content}
                    {"messages": ["a"]}                              | messages[0] is a string ("a"); expected an object {role, content}
                    {"messages": [{"role": "user"}]}                 | messages[0].content is missing; expected a string
                    {"messages": [{"role": "user", "contnt": "a"}]}  | messages[0] has the unknown key "contnt"; did you mean "content"?
                    {"messages": [{"content": "a"}]}                 | messages[0].role is missing; expected a string
                    {"messages": [{"role": "human", "content": "a"}]} | messages[0].role is "human"; expected one of [system, developer, user, assistant, tool, function]; did you mean "user"?
                    {"messages": [{"role": "gpt", "content": "a"}]}  | messages[0].role is "gpt"; expected one of [system, developer, user, assistant, tool, function]; did you mean "assistant"?
                    {"messages": [{"role": "asistant", "content": "a"}]} | messages[0].role is "asistant"; expected one of [system, developer, user, assistant, tool, function]; did you mean "assistant"?
                    {"messages": [{"role": "narrator", "content": "a"}]} | messages[0].role is "narrator"; expected one of [system, developer, user, assistant, tool, function]
                    {"messages": [{"role": "assistant", "content": "a", "weight": 2}]} | messages[0].weight is a number (2); expected a number from 0 to 1
                    {"messages": [{"role": "assistant", "content": "a", "weight": "1"}]} | messages[0].weight is a string ("1"); expected a number from 0 to 1
                    {"messages": [{"role": "user", "content": "a", "weight": 1}]} | messages[0].weight is 1, but its role is user; only assistant messages are trained, remove the weight
                    {"messages": [{"role": "assistant", "content": ""}]} | messages[0].content is empty, and it is to be trained; give it text or weight 0
                    {"messages": [{"role": "assistant", "content": null, "tool_calls": []}]} | messages[0].content is null; expected a string
                    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]} | messages[0].content[0] has the keys [type, image_url] and type a string ("image_url"); expected {"type": "text", "text": …}
                    {"input_ids": "1 2"}                             | input_ids is a string ("1 2"); expected an array of integers
                    {"input_ids": [1, 2.5]}                          | input_ids[1] is a number (2.5); expected an integer
                    {"input_ids": []}                                | input_ids is empty; expected at least two token ids
                    {"input_ids": [1, 2], "labels": [1]}             | labels has 1 entries and input_ids has 2; expected as many
                    {"input_ids": [1, 2], "labels": [2, -100]}       | labels[0] is 2 and input_ids[0] is 1; expected the same id, or -100 for a token that is not trained (labels are not shifted)
                    {"input_ids": [1, 2], "attention_mask": [1, 0]}  | attention_mask[1] is 0; expected 1 throughout: remove the padding from input_ids, labels and attention_mask
                    """)
    void aFaultNamesFileLineAndWhatWasExpected(String row, String expected) throws Exception {
        read("\n" + row + "\n");
        assertThat(problems).containsExactly(file() + ":2: " + expected.replace("@", ACCEPTED));
        assertThat(rows).isEmpty();
    }

    @Test
    void aLineThatIsNotJsonIsReportedAndTheNextOneRead() throws Exception {
        read(
                "{\"text\": \"a\"\n{\"text\": \"b\"}\n{\"text\": \"c\"} {\"text\": \"d\"}\n{\"text\": 1, \"text\": 2}\n");
        assertThat(rows).containsExactly(new Row.Text(file() + ":2", "b"));
        assertThat(problems).hasSize(3);
        assertThat(problems.get(0))
                .startsWith(
                        file()
                                + ":1: not one JSON object on one line, at column 13: Unexpected end-of-input");
        assertThat(problems.get(1))
                .startsWith(file() + ":3: not one JSON object on one line, at column 15: ");
        assertThat(problems.get(2))
                .startsWith(
                        file() + ":4: not one JSON object on one line, at column 19: Duplicate");
    }

    @Test
    void aBrokenArrayGivesTheRowsBeforeTheBreakAndSaysSo() throws Exception {
        read("[{\"text\": \"a\"},\n {\"text\": \"b\"},\n {\"text\": oops}]\n");
        assertThat(rows).hasSize(2);
        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst())
                .startsWith(file() + ":3: not valid JSON, at column ")
                .endsWith("(the rest of the file was not read)");
    }

    @Test
    void textAfterTheArrayIsAFault() throws Exception {
        read("[{\"text\": \"a\"}]\n[{\"text\": \"b\"}]\n");
        assertThat(problems)
                .containsExactly(
                        file()
                                + ":2: more text follows the end of the JSON array; expected one array");
    }

    @Test
    void bytesThatAreNotUtf8AreReportedWithTheirPlace() throws Exception {
        byte[] latin1 =
                "{\"text\": \"ok\"}\n{\"text\": \"na\u00efve\"}\n{\"text\": \"ok\"}\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file(), latin1);
        readFile();
        assertThat(rows).hasSize(2);
        String bad =
                ": the line is not valid UTF-8: byte 0xef at byte 13 of the line; save the file as UTF-8";
        assertThat(problems).containsExactly(file() + ":2" + bad);
        problems.clear();
        rows.clear();
        Files.write(file(), "[\n{\"text\": \"na\u00efve\"}]".getBytes(StandardCharsets.ISO_8859_1));
        readFile();
        assertThat(problems).containsExactly(file() + ":2" + bad);
        assertThat(rows).isEmpty();
    }

    @Test
    void aFileHasOneFormat() throws Exception {
        read("{\"text\": \"a\"}\n{\"prompt\": \"p\", \"completion\": \"c\"}\n");
        assertThat(problems)
                .containsExactly(
                        file()
                                + ":2: the row has the format prompt/completion, and the file began as text in line 1; expected one format in a file");
    }

    @Test
    void theFirstFormatWhoseKeysAreAllThereIsTaken() throws Exception {
        read(
                "{\"instruction\": \"i\", \"input\": \"\", \"output\": \"o\", \"text\": \"all of it\"}\n");
        assertThat(conversation(0))
                .containsExactly(new Message("user", "i"), new Message("assistant", "o"));
        assertThat(ignored).containsExactly(file() + ":1 text");
    }

    @Test
    void aFileWithoutRowsIsAFault() throws Exception {
        read("\n \n");
        assertThat(problems).containsExactly(file() + ": the file has no rows");
        problems.clear();
        read("[]");
        assertThat(problems).containsExactly(file() + ": the file has no rows");
    }

    @Test
    void aMissingFileIsRefused() {
        assertThatThrownBy(this::readFile)
                .isInstanceOf(DataException.class)
                .hasMessage(
                        file()
                                + ": is not there; expected a file of rows, a folder of such files, or a pattern such as data/*.jsonl");
    }

    private Path file() {
        return temp.resolve("rows.jsonl");
    }

    private List<Message> conversation(int row) {
        return ((Row.Conversation) rows.get(row)).messages();
    }

    private void read(String content) throws Exception {
        Files.writeString(file(), content);
        readFile();
    }

    private void readFile() {
        RowReader.read(
                file(),
                new RowSink() {
                    @Override
                    public void row(Row row) {
                        rows.add(row);
                    }

                    @Override
                    public void problem(Problem problem) {
                        problems.add(problem.toString());
                    }

                    @Override
                    public void ignored(String source, String key) {
                        ignored.add(source + " " + key);
                    }
                });
    }
}
