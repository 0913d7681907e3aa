package dev.hone.data;

import static dev.hone.data.TinyModel.BOS;
import static dev.hone.data.TinyModel.IM_END;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExampleBuilderTest {

    private static final Message SYSTEM = new Message("system", "Be brief.");
    private static final Message USER = new Message("user", "Hello there 😀");
    private static final Message REPLY = new Message("assistant", "Hi, naïve 中!");
    private static final Message THANKS = new Message("user", "Thanks.");
    private static final Message WELCOME = new Message("assistant", "You are welcome.");

    @TempDir Path temp;

    @Test
    void onlyAssistantTurnsAreTrainedWithTheirEndOfTurn() {
        TinyModel model = TinyModel.in(temp);
        Built.Kept kept = kept(model, SYSTEM, USER, REPLY, THANKS, WELCOME);
        assertThat(trainedTexts(model, kept))
                .containsExactly("Hi, naïve 中!<|im_end|>", "You are welcome.<|im_end|>");
        assertThat(kept.remarks()).isEmpty();
        assertThat(kept.example().ids())
                .isEqualTo(
                        encode(
                                model,
                                model.format()
                                        .render(
                                                List.of(SYSTEM, USER, REPLY, THANKS, WELCOME),
                                                false)));
        assertThat(kept.example().source()).isEqualTo("f:1");
    }

    @Test
    void eachTurnHasTheWeightOfItsMessage() {
        TinyModel model = TinyModel.in(temp);
        Built.Kept kept =
                kept(
                        model,
                        USER,
                        new Message("assistant", "First", 0f),
                        USER,
                        new Message("assistant", "Second", 0.5f),
                        USER,
                        REPLY);
        assertThat(trainedTexts(model, kept))
                .containsExactly("Second<|im_end|>", "Hi, naïve 中!<|im_end|>");
        int reply = encode(model, "Hi, naïve 中!<|im_end|>").length;
        int second = encode(model, "Second<|im_end|>").length;
        assertThat(kept.example().supervisedTokens()).isEqualTo(reply + second);
        assertThat(kept.example().supervisedWeight()).isEqualTo(reply + 0.5 * second);
    }

    @Test
    void generationSpansGiveTheMaskThatTransformersGives() {
        JsonNode expected = new JsonMapper().readTree(TinyModel.resource("tiny/expected.json"));
        TinyModel model =
                TinyModel.in(temp)
                        .with("chat_template.jinja", expected.path("chat_template").stringValue());
        int conversations = 0;
        for (JsonNode each : expected.path("masks")) {
            Message[] messages =
                    each.path("messages").values().stream()
                            .map(m ->
                                    new Message(
                                            m.path("role").stringValue(),
                                            m.path("content").stringValue()))
                            .toArray(Message[]::new);
            Built.Kept kept = kept(model, messages);
            assertThat(kept.example().ids()).isEqualTo(ints(each.path("ids")));
            assertThat(kept.example().weights()).isEqualTo(floats(each.path("trained")));
            conversations++;
        }
        assertThat(conversations).isEqualTo(4);
    }

    @Test
    void generationSpansAndPrefixesAgree() {
        TinyModel spans =
                TinyModel.in(temp.resolve("a"))
                        .with("chat_template.jinja", marked("{{ m.content + '<|im_end|>' }}"));
        TinyModel prefixes = TinyModel.in(temp.resolve("b"));
        Message[] messages = {
            SYSTEM, USER, new Message("assistant", "First", 0f), THANKS, WELCOME, THANKS
        };
        assertThat(spans.format().marksGeneration()).isTrue();
        assertThat(prefixes.format().marksGeneration()).isFalse();
        assertThat(kept(spans, messages).example().ids())
                .isEqualTo(kept(prefixes, messages).example().ids());
        assertThat(kept(spans, messages).example().weights())
                .isEqualTo(kept(prefixes, messages).example().weights());
    }

    @Test
    void aStopTokenRightBehindAGenerationSpanIsTrainedToo() {
        TinyModel model = TinyModel.in(temp);
        model.with(
                "chat_template.jinja",
                marked("{{ m.content }}")
                        .replace("{% endgeneration %}", "{% endgeneration %}<|im_end|>"));
        Built.Kept kept = kept(model, USER, REPLY);
        assertThat(trainedTexts(model, kept)).containsExactly("Hi, naïve 中!<|im_end|>");
        assertThat(kept.remarks()).isEmpty();
    }

    @Test
    void weightsThatDifferWhereSpansDoNotMatchMessagesFallBackToPrefixes() {
        TinyModel model = TinyModel.in(temp);
        model.with(
                "chat_template.jinja",
                marked("{{ m.content }}{% endgeneration %}{% generation %}{{ '<|im_end|>' }}"));
        Built.Kept same = kept(model, USER, WELCOME, USER, REPLY);
        assertThat(trainedTexts(model, same))
                .containsExactly("You are welcome.<|im_end|>", "Hi, naïve 中!<|im_end|>");
        Built.Kept differ =
                kept(model, USER, new Message("assistant", "You are welcome.", 0f), USER, REPLY);
        assertThat(trainedTexts(model, differ)).containsExactly("Hi, naïve 中!<|im_end|>");
    }

    @Test
    void aTemplateThatMarksNothingOfAConversationIsAFault() {
        TinyModel model = TinyModel.in(temp);
        model.with(
                "chat_template.jinja",
                "{% if false %}{% generation %}x{% endgeneration %}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}");
        assertThat(fault(model, USER, REPLY))
                .isEqualTo(
                        "f:1: the chat template marks no {% generation %} part in this conversation");
    }

    @Test
    void aTemplateThatRewritesHistoryTrainsTheLastTurnOnly() {
        TinyModel model = TinyModel.in(temp).with("chat_template.jinja", THINKING);
        Built.Kept kept = kept(model, USER, new Message("assistant", "First"), THANKS, WELCOME);
        assertThat(text(model, kept))
                .isEqualTo(
                        """
                        <|im_start|>user
                        Hello there 😀<|im_end|>
                        <|im_start|>assistant
                        First<|im_end|>
                        <|im_start|>user
                        Thanks.<|im_end|>
                        <|im_start|>assistant
                        <think>

                        </think>

                        You are welcome.<|im_end|>
                        """);
        assertThat(trainedTexts(model, kept))
                .containsExactly("<think>\n\n</think>\n\nYou are welcome.<|im_end|>");
        assertThat(kept.remarks()).containsExactly(Remark.LAST_TURN_ONLY);
    }

    @Test
    void aRewritingTemplateNeedsNoRemarkWhereOnlyTheLastTurnIsToBeTrained() {
        TinyModel model = TinyModel.in(temp).with("chat_template.jinja", THINKING);
        Built.Kept kept = kept(model, USER, new Message("assistant", "First", 0f), THANKS, WELCOME);
        assertThat(trainedTexts(model, kept))
                .containsExactly("<think>\n\n</think>\n\nYou are welcome.<|im_end|>");
        assertThat(kept.remarks()).isEmpty();
    }

    @Test
    void whatFollowsTheLastTrainedTurnIsLeftOutWhereHistoryIsRewritten() {
        TinyModel model = TinyModel.in(temp).with("chat_template.jinja", THINKING);
        Built.Kept kept = kept(model, USER, REPLY, THANKS);
        assertThat(text(model, kept)).endsWith("Hi, naïve 中!<|im_end|>\n");
        assertThat(trainedTexts(model, kept))
                .containsExactly("<think>\n\n</think>\n\nHi, naïve 中!<|im_end|>");
    }

    @Test
    void aRewritingTemplateWhoseLastTurnHasNoWeightIsAFault() {
        TinyModel model = TinyModel.in(temp).with("chat_template.jinja", THINKING);
        assertThat(fault(model, USER, REPLY, THANKS, new Message("assistant", "Bye", 0f)))
                .isEqualTo(
                        "f:1: the chat template writes earlier turns differently once a later one follows, so only the last assistant message could be trained, and its weight is 0; end the conversation with the message to train");
    }

    @Test
    void aReplyWhoseTextTheTemplateChangesCannotBeFound() {
        TinyModel model =
                TinyModel.in(temp)
                        .with(
                                "chat_template.jinja",
                                "{{ messages | length }} {% for m in messages %}{{ m.content | upper }}<|im_end|>{% endfor %}");
        assertThat(fault(model, USER, REPLY))
                .isEqualTo(
                        "f:1: the last assistant message cannot be found in what the chat template writes: neither does the text before it begin the whole, nor does its content stand there as it is; use a template that marks replies with {% generation %}");
    }

    @Test
    void aReplyIsPutBehindThePromptWhereTheTemplateMovesTheSystemText() {
        TinyModel model = TinyModel.in(temp).with("chat_template.jinja", MOVING_SYSTEM);
        Built.Kept kept =
                kept(model, SYSTEM, USER, new Message("assistant", "First"), THANKS, WELCOME);
        assertThat(text(model, kept))
                .isEqualTo(
                        "[U]Hello there 😀[/U] First<|im_end|>[U]Be brief.\n\nThanks.[/U] You are welcome.<|im_end|>");
        assertThat(trainedTexts(model, kept)).containsExactly(" You are welcome.<|im_end|>");
        assertThat(kept.remarks()).containsExactly(Remark.LAST_TURN_ONLY, Remark.REPLY_APPENDED);
        Built.Kept withoutSystem =
                kept(model, USER, new Message("assistant", "First"), THANKS, WELCOME);
        assertThat(trainedTexts(model, withoutSystem))
                .containsExactly(" First<|im_end|>", " You are welcome.<|im_end|>");
        assertThat(withoutSystem.remarks()).isEmpty();
    }

    @Test
    void whatATemplateWritesBehindTheLastStopTokenIsNotTrainedAndHidesNoTurn() {
        TinyModel model = TinyModel.in(temp);
        model.with(
                "chat_template.jinja",
                TinyModel.resource("tiny/chat_template.jinja")
                        + "{% if not add_generation_prompt %}<|endoftext|>{% endif %}");
        Built.Kept kept = kept(model, USER, REPLY, THANKS, WELCOME);
        assertThat(text(model, kept)).endsWith("<|im_end|>\n<|endoftext|>");
        assertThat(trainedTexts(model, kept))
                .containsExactly("Hi, naïve 中!<|im_end|>", "You are welcome.<|im_end|>");
        assertThat(kept.remarks()).isEmpty();
    }

    @Test
    void aGenerationPromptThatOpensReasoningIsNotMistakenForTheReply() {
        TinyModel model = TinyModel.in(temp);
        model.replace(
                "chat_template.jinja",
                "'<|im_start|>assistant\\n'",
                "'<|im_start|>assistant\\n<think>\\n'");
        Built.Kept kept = kept(model, USER, REPLY, THANKS, WELCOME);
        assertThat(trainedTexts(model, kept))
                .containsExactly("Hi, naïve 中!<|im_end|>", "You are welcome.<|im_end|>");
        assertThat(kept.remarks()).containsExactly(Remark.PROMPT_DIFFERS);
    }

    @Test
    void aReplyWhoseFirstTokenReachesIntoThePromptIsTrainedWhole() {
        TinyModel model = TinyModel.in(temp);
        Built.Kept kept = kept(model, USER, new Message("assistant", "\nHi"));
        assertThat(trainedTexts(model, kept)).containsExactly("\n\nHi<|im_end|>");
        assertThat(kept.remarks()).containsExactly(Remark.PROMPT_DIFFERS);
    }

    @Test
    void aTurnThatNoStopTokenEndsIsRemarked() {
        TinyModel model = TinyModel.in(temp);
        model.with(
                "chat_template.jinja",
                "{% for m in messages %}{{ '### ' + m.role + ':\\n' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '### assistant:\\n' }}{% endif %}");
        Built.Kept kept = kept(model, USER, REPLY);
        assertThat(trainedTexts(model, kept)).containsExactly("Hi, naïve 中!\n");
        assertThat(kept.remarks()).containsExactly(Remark.NO_STOP_TOKEN);
    }

    @Test
    void aTemplateThatWritesBosGivesExactlyOne() {
        TinyModel model = TinyModel.in(temp);
        model.replace("tokenizer_config.json", "\"bos_token\": null", "\"bos_token\": \"<s>\"")
                .replace(
                        "tokenizer_config.json",
                        "\"add_bos_token\": false",
                        "\"add_bos_token\": true")
                .with(
                        "chat_template.jinja",
                        "{{ bos_token }}" + TinyModel.resource("tiny/chat_template.jinja"));
        int[] ids = kept(model, USER, REPLY).example().ids();
        assertThat(ids[0]).isEqualTo(BOS);
        assertThat(Arrays.stream(ids).filter(id -> id == BOS).count()).isEqualTo(1);
    }

    @Test
    void aConversationTheTemplateRefusesIsAFaultInTheTemplatesWords() {
        TinyModel model = TinyModel.in(temp);
        model.with(
                "chat_template.jinja",
                "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
                        + TinyModel.resource("tiny/chat_template.jinja"));
        assertThat(fault(model, SYSTEM, USER, REPLY))
                .startsWith("f:1: the chat template refuses the conversation: ")
                .contains("System role not supported");
    }

    @Test
    void aConversationWithNothingToTrainIsAFault() {
        TinyModel model = TinyModel.in(temp);
        assertThat(fault(model, USER))
                .isEqualTo("f:1: no assistant message, so there is nothing to train on");
        assertThat(fault(model, USER, new Message("assistant", "a", 0f)))
                .isEqualTo(
                        "f:1: every assistant message has weight 0, so there is nothing to train on");
    }

    @Test
    void aConversationForAModelWithoutATemplateIsRefused() {
        TinyModel model = TinyModel.in(temp).without("chat_template.jinja");
        assertThatThrownBy(() -> kept(model, USER, REPLY))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(model.folder() + ": has no chat template");
    }

    @Test
    void textIsTrainedWholeAndEnded() {
        TinyModel model = TinyModel.in(temp);
        int[] body = encode(model, "Once upon a time");
        Example example = text(model, "Once upon a time");
        assertThat(example.ids()).hasSize(body.length + 1).startsWith(body).endsWith(IM_END);
        assertThat(example.weights()[0]).isZero();
        assertThat(example.supervisedTokens()).isEqualTo(body.length);
    }

    @Test
    void textThatIsEndedAlreadyIsNotEndedTwice() {
        TinyModel model = TinyModel.in(temp);
        assertThat(text(model, "Once<|im_end|>").ids()).isEqualTo(encode(model, "Once<|im_end|>"));
    }

    @Test
    void textBeginsWithBosWhereTheTokenizerPutsOneThereAndOnlyOnce() {
        TinyModel model = TinyModel.in(temp);
        model.replace("tokenizer_config.json", "\"bos_token\": null", "\"bos_token\": \"<s>\"");
        assertThat(text(model, "Once").ids())
                .as("add_bos_token is false")
                .isEqualTo(encode(model, "Once<|im_end|>"));
        model.replace(
                "tokenizer_config.json", "\"add_bos_token\": false", "\"add_bos_token\": true");
        assertThat(text(model, "Once").ids()).isEqualTo(encode(model, "<s>Once<|im_end|>"));
        assertThat(text(model, "<s>Once").ids()).isEqualTo(encode(model, "<s>Once<|im_end|>"));
        assertThat(text(model, "Once").weights()).startsWith(0f, 1f);
    }

    @Test
    void withoutAddBosTokenThePostProcessorDecides() {
        TinyModel model = TinyModel.in(temp);
        model.replace("tokenizer_config.json", "\"bos_token\": null", "\"bos_token\": \"<s>\"")
                .replace("tokenizer_config.json", "\"add_bos_token\": false,", "");
        assertThat(text(model, "Once").ids()).isEqualTo(encode(model, "Once<|im_end|>"));
        model.replace(
                "tokenizer.json",
                "\"post_processor\": null",
                """
                "post_processor": {"type": "TemplateProcessing",
                  "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                  "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                  "special_tokens": {"<s>": {"id": "<s>", "ids": [403], "tokens": ["<s>"]}}}\
                """);
        assertThat(text(model, "Once").ids()).isEqualTo(encode(model, "<s>Once<|im_end|>"));
    }

    @Test
    void textOfAModelWithoutEosIsRemarked() {
        TinyModel model = TinyModel.in(temp);
        model.with("tokenizer_config.json", "{}")
                .without("config.json")
                .without("generation_config.json");
        Built built = build(model, new Row.Text("f:1", "Once upon"), 100, TooLong.FAIL);
        assertThat(((Built.Kept) built).remarks()).containsExactly(Remark.NO_END_OF_TEXT);
        assertThat(((Built.Kept) built).example().ids()).isEqualTo(encode(model, "Once upon"));
    }

    @Test
    void tokenRowsAreTakenAsTheyAre() {
        TinyModel model = TinyModel.in(temp);
        Row row = new Row.Tokens("f:1", new int[] {5, 6, 7, 8}, new int[] {5, -100, 7, 8});
        Example example = ((Built.Kept) build(model, row, 100, TooLong.FAIL)).example();
        assertThat(example.ids()).containsExactly(5, 6, 7, 8);
        assertThat(example.weights()).containsExactly(0, 0, 1, 1);
    }

    @Test
    void tokenRowsOfAnotherVocabularyAreAFault() {
        Row row = new Row.Tokens("f:1", new int[] {5, 404}, new int[] {5, 404});
        assertThat(((Built.Faulty) build(TinyModel.in(temp), row, 100, TooLong.FAIL)).problem())
                .hasToString("f:1: input_ids[1] is 404; expected 0 to 403, the ids of this model");
    }

    @Test
    void aRowWithoutASupervisedTokenIsAFault() {
        Row row = new Row.Tokens("f:1", new int[] {5, 6}, new int[] {5, -100});
        assertThat(((Built.Faulty) build(TinyModel.in(temp), row, 100, TooLong.FAIL)).problem())
                .hasToString(
                        "f:1: no supervised token among the row's 2: nothing in it would be trained");
    }

    @Test
    void aRowOfExactlyMaxLengthIsNotTooLong() {
        TinyModel model = TinyModel.in(temp);
        Row row = new Row.Tokens("f:1", new int[] {5, 6, 7}, new int[] {5, 6, 7});
        for (TooLong tooLong : TooLong.values()) {
            Built.Kept kept = (Built.Kept) build(model, row, 3, tooLong);
            assertThat(kept.example().length()).isEqualTo(3);
            assertThat(kept.truncated()).isFalse();
        }
    }

    @Test
    void aLongerRowFailsIsDroppedOrTruncated() {
        TinyModel model = TinyModel.in(temp);
        Row row = new Row.Tokens("f:1", new int[] {5, 6, 7, 8}, new int[] {-100, -100, 7, 8});
        assertThat(((Built.Faulty) build(model, row, 3, TooLong.FAIL)).problem())
                .hasToString(
                        "f:1: the row has 4 tokens and max_length is 3; raise max_length, shorten the row, or set too_long to drop or truncate");
        assertThat(build(model, row, 3, TooLong.DROP)).isEqualTo(new Built.Dropped("f:1", 4));
        Built.Kept kept = (Built.Kept) build(model, row, 3, TooLong.TRUNCATE);
        assertThat(kept.truncated()).isTrue();
        assertThat(kept.fullLength()).isEqualTo(4);
        assertThat(kept.example().ids()).containsExactly(5, 6, 7);
        assertThat(kept.example().weights()).containsExactly(0, 0, 1);
    }

    @Test
    void aRowWhoseSupervisedTokensAreAllCutOffIsAFault() {
        Row row = new Row.Tokens("f:1", new int[] {5, 6, 7, 8}, new int[] {-100, -100, -100, 8});
        assertThat(((Built.Faulty) build(TinyModel.in(temp), row, 3, TooLong.TRUNCATE)).problem())
                .hasToString(
                        "f:1: no supervised token is left after truncation to 3 tokens: the first one is token 4 of 4; raise max_length, shorten what comes before the reply, or set too_long to drop");
    }

    @Test
    void aMaxLengthThatLeavesNothingToPredictIsRefused() {
        TinyModel model = TinyModel.in(temp);
        assertThatThrownBy(() -> build(model, new Row.Text("f:1", "a"), 1, TooLong.FAIL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "max_length is 1; expected at least 2, one token to predict the other from");
    }

    /**
     * As Qwen3's: a reply after the last user message gets a reasoning block, earlier replies do
     * not.
     */
    private static final String THINKING =
            """
            {%- set ns = namespace(last=0) %}
            {%- for m in messages %}{% if m.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}
            {%- for m in messages %}
                {{- '<|im_start|>' + m.role + '\\n' }}
                {%- if m.role == 'assistant' and loop.index0 > ns.last %}{{- '<think>\\n\\n</think>\\n\\n' }}{% endif %}
                {{- m.content + '<|im_end|>\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
            """;

    /** As Mistral's: the system text goes to the last message, if that is the user's. */
    private static final String MOVING_SYSTEM =
            """
            {%- if messages[0].role == 'system' %}{% set system = messages[0].content %}{% set messages = messages[1:] %}{% endif %}
            {%- for m in messages %}
                {%- if m.role == 'user' and loop.last and system is defined %}
                    {{- '[U]' + system + '\\n\\n' + m.content + '[/U]' }}
                {%- elif m.role == 'user' %}
                    {{- '[U]' + m.content + '[/U]' }}
                {%- else %}
                    {{- ' ' + m.content + '<|im_end|>' }}
                {%- endif %}
            {%- endfor %}
            """;

    /** ChatML with the reply, however it is written, in a generation block. */
    private static String marked(String reply) {
        return "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}"
                + "{% if m.role == 'assistant' %}{% generation %}"
                + reply
                + "{% endgeneration %}{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
    }

    private static Built build(TinyModel model, Row row, int maxLength, TooLong tooLong) {
        try (Tokenizer tokenizer = model.tokenizer()) {
            return new ExampleBuilder(tokenizer, model.format(), maxLength, tooLong).build(row);
        }
    }

    private static Built.Kept kept(TinyModel model, Message... messages) {
        return (Built.Kept)
                build(model, new Row.Conversation("f:1", List.of(messages)), 2048, TooLong.FAIL);
    }

    private static String fault(TinyModel model, Message... messages) {
        Built built =
                build(model, new Row.Conversation("f:1", List.of(messages)), 2048, TooLong.FAIL);
        return ((Built.Faulty) built).problem().toString();
    }

    private static Example text(TinyModel model, String text) {
        return ((Built.Kept) build(model, new Row.Text("f:1", text), 2048, TooLong.FAIL)).example();
    }

    private static int[] encode(TinyModel model, String text) {
        try (Tokenizer tokenizer = model.tokenizer()) {
            return tokenizer.encode(text);
        }
    }

    private static String text(TinyModel model, Built.Kept kept) {
        try (Tokenizer tokenizer = model.tokenizer()) {
            return tokenizer.decode(kept.example().ids(), false);
        }
    }

    /** The text of each run of trained tokens. */
    private static List<String> trainedTexts(TinyModel model, Built.Kept kept) {
        List<String> texts = new ArrayList<>();
        float[] weights = kept.example().weights();
        try (Tokenizer tokenizer = model.tokenizer()) {
            for (int start = 0; start < weights.length; start++) {
                if (weights[start] > 0) {
                    int from = start;
                    int end =
                            IntStream.range(from, weights.length)
                                    .filter(i -> weights[i] == 0)
                                    .findFirst()
                                    .orElse(weights.length);
                    texts.add(
                            tokenizer.decode(
                                    Arrays.copyOfRange(kept.example().ids(), from, end), false));
                    start = end;
                }
            }
        }
        return texts;
    }

    private static int[] ints(JsonNode array) {
        return array.values().stream().mapToInt(JsonNode::intValue).toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = array.get(i).floatValue();
        }
        return floats;
    }
}
