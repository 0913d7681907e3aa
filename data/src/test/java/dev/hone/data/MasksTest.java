package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Masks of real chat templates. {@code masks.json} holds, for each template and conversation, the
 * text and the generation spans of transformers 5.18.
 */
@Tag("golden")
class MasksTest {

    private static final JsonNode MASKS =
            new JsonMapper().readTree(TinyModel.resource("masks.json"));

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-07-01T12:30:45Z"), ZoneOffset.UTC);

    @TempDir Path temp;

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode each : MASKS.path("cases")) {
            cases.add(
                    Arguments.of(
                            each.path("template").stringValue(),
                            each.path("case").stringValue(),
                            each));
        }
        return cases;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void aRowIsWrittenAsTransformersWritesIt(String template, String name, JsonNode each)
            throws RowFault {
        ChatFormat format = format(model(template));
        assertThat(format.render(messages(each), tools(each), false))
                .isEqualTo(each.path("expected").stringValue());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void trainedTokensAreThoseOfTheSpansWithTheStopTokenBehind(
            String template, String name, JsonNode each) throws RowFault {
        boolean writesNoCalls = template.equals("trl_llama3_training") && name.equals("tools");
        if (!each.path("spans").isArray() || each.path("spans").isEmpty() || writesNoCalls) {
            return;
        }
        TinyModel model = model(template);
        String text = each.path("expected").stringValue();
        boolean[] wanted = new boolean[text.length()];
        for (JsonNode span : each.path("spans")) {
            int from = text.offsetByCodePoints(0, span.get(0).intValue());
            int to = text.offsetByCodePoints(0, span.get(1).intValue());
            for (int i = from; i < to; i++) {
                wanted[i] = true;
            }
        }
        try (Tokenizer tokenizer = model.tokenizer()) {
            Encoding tokens = tokenizer.encodeWithOffsets(text);
            Example example = example(model, each, TrainOn.ASSISTANT);
            assertThat(example.ids()).isEqualTo(tokens.ids());
            for (int i = 1; i < tokens.length(); i++) {
                boolean inside =
                        IntStream.range(tokens.starts()[i], tokens.ends()[i])
                                .anyMatch(at -> wanted[at]);
                // A template may end a turn by a newline within its span; nobody generates it.
                boolean behindStop = inside && example.ids()[i - 1] == TinyModel.IM_END;
                boolean stop =
                        example.ids()[i] == TinyModel.IM_END
                                && i > 0
                                && example.weights()[i - 1] > 0;
                assertThat(example.weights()[i])
                        .as("token %d of %s", i, text)
                        .isEqualTo((inside && !behindStop) || stop ? 1f : 0f);
            }
        }
    }

    /** What prefixes find on a template without spans, spans say on the same template with them. */
    @ParameterizedTest
    @ValueSource(strings = {"trl_qwen2_5"})
    void prefixesFindWhatTheSpansOfThePatchedTemplateSay(String template) throws RowFault {
        int compared = 0;
        Set<Integer> newlines;
        try (Tokenizer tokenizer = model(template).tokenizer()) {
            newlines = Set.of(tokenizer.encode("\n")[0]);
        }
        for (JsonNode each : MASKS.path("cases")) {
            // Nothing precedes an assistant who speaks first, so prefixes cannot find him.
            if (each.path("template").stringValue().equals(template)
                    && !each.path("case").stringValue().equals("wrong_order")) {
                Example prefixes = example(model(template), each, TrainOn.ASSISTANT);
                Example spans = example(model(template + "_training"), each, TrainOn.ASSISTANT);
                assertThat(prefixes.ids()).isEqualTo(spans.ids());
                for (int i = 0; i < prefixes.length(); i++) {
                    // The patched template counts the newline of its own generation prompt.
                    boolean newline =
                            i > 1
                                    && newlines.contains(prefixes.ids()[i])
                                    && spans.weights()[i - 1] == 0;
                    assertThat(prefixes.weights()[i])
                            .as("token %d of %s", i, each.path("case").stringValue())
                            .isEqualTo(newline ? 0f : spans.weights()[i]);
                }
                compared++;
            }
        }
        assertThat(compared).isEqualTo(7);
    }

    @Test
    void aTemplateThatDropsOldReasoningTrainsTheLastTurnAndSaysSo() throws RowFault {
        JsonNode thinking = one("trl_qwen3", "thinking_history");
        TinyModel model = model("trl_qwen3");
        try (Tokenizer tokenizer = model.tokenizer()) {
            Built.Kept kept =
                    (Built.Kept) builder(model, tokenizer, TrainOn.ASSISTANT).build(row(thinking));
            assertThat(kept.remarks()).containsExactly(Remark.LAST_TURN_ONLY);
            assertThat(trained(tokenizer, kept.example()))
                    .isEqualTo("<think>\nok\n</think>\n\na2<|im_end|>");
        }
    }

    @Test
    void trainingOnTheLastTurnLeavesEarlierOnesAsContext() throws RowFault {
        JsonNode chat = one("trl_qwen2_5", "no_system_multi");
        TinyModel model = model("trl_qwen2_5");
        try (Tokenizer tokenizer = model.tokenizer()) {
            Example last = example(model, chat, TrainOn.LAST);
            assertThat(trained(tokenizer, last)).isEqualTo("6\n<|im_end|>");
            assertThat(last.ids()).isEqualTo(example(model, chat, TrainOn.ASSISTANT).ids());
        }
    }

    @Test
    void trainingOnAllTrainsEveryTokenButTheFirst() throws RowFault {
        JsonNode chat = one("trl_qwen2_5", "system_multi");
        Example all = example(model("trl_qwen2_5"), chat, TrainOn.ALL);
        assertThat(all.supervisedTokens()).isEqualTo(all.length() - 1);
        assertThat(all.weights()[0]).isZero();
    }

    @Test
    void templatesThatJoinArgumentsToTextGetThemAsText() throws RowFault {
        Message call =
                new Message(
                        "assistant",
                        "",
                        1f,
                        Optional.empty(),
                        List.of(new ToolCall(Optional.empty(), "f", Map.of("x", List.of(1L)))),
                        Optional.empty(),
                        Optional.empty());
        List<Message> chat = List.of(new Message("user", "Go"), call);
        String joins =
                "{% for m in messages %}{{ m.role }}{% for c in m.tool_calls or [] %}{{ ':' + c.function.name + c.function.arguments }}{% endfor %}{% endfor %}";
        String dumps = joins.replace("c.function.arguments", "(c.function.arguments | tojson)");
        TinyModel first = TinyModel.in(temp.resolve("joins")).with("chat_template.jinja", joins);
        TinyModel second = TinyModel.in(temp.resolve("dumps")).with("chat_template.jinja", dumps);
        assertThat(first.format().render(chat, false)).isEqualTo("userassistant:f{\"x\":[1]}");
        assertThat(second.format().render(chat, false)).isEqualTo("userassistant:f{\"x\": [1]}");
    }

    @Test
    void anAssistantWhoSpeaksFirstIsAFaultWithoutSpans() throws RowFault {
        TinyModel model = model("trl_qwen2_5");
        Row row =
                new Row.Conversation(
                        "f:1", List.of(new Message("assistant", "I"), new Message("user", "U")));
        try (Tokenizer tokenizer = model.tokenizer()) {
            assertThat(builder(model, tokenizer, TrainOn.ASSISTANT).build(row))
                    .isEqualTo(
                            new Built.Faulty(
                                    new Problem(
                                            "f:1",
                                            "the conversation begins with the assistant, and the chat template cannot write what precedes that; begin with a user message, or use a template that marks replies with {% generation %}")));
        }
    }

    @Test
    void aToolCallThatTheTemplateDoesNotWriteIsAFault() throws RowFault {
        TinyModel plain = TinyModel.in(temp);
        try (Tokenizer tokenizer = plain.tokenizer()) {
            for (TrainOn trainOn : TrainOn.values()) {
                assertThat(
                                builder(plain, tokenizer, trainOn)
                                        .build(row(one("trl_qwen2_5", "tools"))))
                        .isEqualTo(
                                new Built.Faulty(
                                        new Problem(
                                                "f:1",
                                                "the assistant calls the tool \"get_order\", and the chat template does not write tool calls; use a model whose template does, or leave such rows out")));
            }
        }
    }

    @Test
    void toolsAndReasoningThatTheTemplateDoesNotWriteAreRemarked() throws RowFault {
        TinyModel plain = TinyModel.in(temp);
        List<Message> chat = messages(one("trl_qwen2_5", "reasoning_field"));
        List<Tool> offered = tools(one("trl_qwen2_5", "tools"));
        try (Tokenizer tokenizer = plain.tokenizer()) {
            Built.Kept kept =
                    (Built.Kept)
                            builder(plain, tokenizer, TrainOn.ASSISTANT)
                                    .build(new Row.Conversation("f:1", chat, offered));
            assertThat(kept.remarks())
                    .containsExactly(Remark.TOOLS_NOT_WRITTEN, Remark.REASONING_NOT_WRITTEN);
        }
    }

    @Test
    void aCallShowsThoughTheTemplateAsksForContentOfNone() {
        TinyModel model =
                TinyModel.in(temp)
                        .with(
                                "chat_template.jinja",
                                "{% for m in messages %}{{ m.role }}{% if m.content is none %}{% for c in m.tool_calls %}{{ ':' + c.function.name }}{% endfor %}{% else %}{{ m.content }}{% endif %}{% endfor %}");
        Message call =
                new Message(
                        "assistant",
                        "",
                        1f,
                        Optional.empty(),
                        List.of(new ToolCall(Optional.empty(), "f", Map.of())),
                        Optional.empty(),
                        Optional.empty());
        assertThat(model.format().render(List.of(call), false)).isEqualTo("assistant:f");
    }

    @Test
    void theDeveloperSpeaksAsSystemWhereATemplateDoesNotKnowHim() {
        List<Message> chat = List.of(new Message("developer", "D"), new Message("user", "U"));
        TinyModel plain = TinyModel.in(temp.resolve("plain"));
        assertThat(plain.format().render(chat, false)).startsWith("<|im_start|>system\nD");
        TinyModel knows =
                TinyModel.in(temp.resolve("knows"))
                        .with(
                                "chat_template.jinja",
                                "{% for m in messages %}{{ 'DEV ' if m.role == 'developer' else '' }}{{ m.content }}{% endfor %}");
        assertThat(knows.format().render(chat, false)).isEqualTo("DEV DU");
    }

    @Test
    void segmentsAreTokenisedOneByOneAndTrainedByTheirLabels() {
        TinyModel model = TinyModel.in(temp);
        try (Tokenizer tokenizer = model.tokenizer()) {
            Row row =
                    new Row.Segments(
                            "f:1",
                            List.of(
                                    new Row.Segment("<|im_start|>user\nHi", true),
                                    new Row.Segment("there", false),
                                    new Row.Segment("<|im_end|>", true)));
            Built.Kept kept = (Built.Kept) builder(model, tokenizer, TrainOn.ASSISTANT).build(row);
            assertThat(tokenizer.decode(kept.example().ids(), false))
                    .isEqualTo("<|im_start|>user\nHithere<|im_end|>");
            assertThat(trained(tokenizer, kept.example())).isEqualTo("user\nHi<|im_end|>");
        }
    }

    private JsonNode one(String template, String name) {
        for (JsonNode each : MASKS.path("cases")) {
            if (each.path("template").stringValue().equals(template)
                    && each.path("case").stringValue().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException(template + " " + name);
    }

    private TinyModel model(String template) {
        return TinyModel.in(temp.resolve(template))
                .with("chat_template.jinja", MASKS.path("templates").path(template).stringValue())
                .replace("tokenizer_config.json", "\"bos_token\": null", "\"bos_token\": \"<s>\"");
    }

    private static ChatFormat format(TinyModel model) {
        return ChatFormat.load(model.folder(), CLOCK);
    }

    private static ExampleBuilder builder(TinyModel model, Tokenizer tokenizer, TrainOn trainOn) {
        return new ExampleBuilder(tokenizer, format(model), 8192, TooLong.FAIL, trainOn);
    }

    private static Example example(TinyModel model, JsonNode each, TrainOn trainOn)
            throws RowFault {
        try (Tokenizer tokenizer = model.tokenizer()) {
            Built built = builder(model, tokenizer, trainOn).build(row(each));
            assertThat(built).isInstanceOf(Built.Kept.class);
            return ((Built.Kept) built).example();
        }
    }

    private static Row.Conversation row(JsonNode each) throws RowFault {
        return new Row.Conversation("f:1", messages(each), tools(each));
    }

    private static List<Message> messages(JsonNode each) throws RowFault {
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : each.path("messages")) {
            messages.add(OpenAiMessage.read(message, "m", "messages", key -> {}));
        }
        return messages;
    }

    private static List<Tool> tools(JsonNode each) throws RowFault {
        return ToolList.read(each, List.of());
    }

    private static String trained(Tokenizer tokenizer, Example example) {
        return tokenizer.decode(
                IntStream.range(0, example.length())
                        .filter(i -> example.weights()[i] > 0)
                        .map(i -> example.ids()[i])
                        .toArray(),
                false);
    }
}
