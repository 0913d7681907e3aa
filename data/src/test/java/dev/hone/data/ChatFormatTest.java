package dev.hone.data;

import static dev.hone.data.TinyModel.BOS;
import static dev.hone.data.TinyModel.END_OF_TEXT;
import static dev.hone.data.TinyModel.IM_END;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.template.TemplateException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SequencedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatFormatTest {

    private static final List<Message> CHAT =
            List.of(new Message("user", "Hi"), new Message("assistant", "Ho"));

    @TempDir Path temp;

    @Test
    void rendersWithTheTemplateFile() {
        ChatFormat format = TinyModel.in(temp).format();
        assertThat(format.hasTemplate()).isTrue();
        assertThat(format.render(CHAT, false))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHo<|im_end|>\n");
        assertThat(format.render(CHAT.subList(0, 1), true))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void theTemplateFileWinsOverTheConfiguration() {
        TinyModel model =
                TinyModel.in(temp).with("tokenizer_config.json", "{\"chat_template\": \"config\"}");
        assertThat(model.format().render(CHAT, false)).startsWith("<|im_start|>");
        assertThat(model.without("chat_template.jinja").format().render(CHAT, false))
                .isEqualTo("config");
    }

    @Test
    void ofAListOfTemplatesTheDefaultIsTaken() {
        TinyModel model =
                TinyModel.in(temp)
                        .without("chat_template.jinja")
                        .with(
                                "tokenizer_config.json",
                                """
                                {"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}]}
                                """);
        assertThat(model.format().render(CHAT, false)).isEqualTo("plain");
    }

    @Test
    void aListWithoutADefaultIsRefused() {
        TinyModel model =
                TinyModel.in(temp)
                        .without("chat_template.jinja")
                        .with(
                                "tokenizer_config.json",
                                "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"}]}");
        assertThatThrownBy(model::format)
                .isInstanceOf(DataException.class)
                .hasMessage(
                        model.folder().resolve("tokenizer_config.json")
                                + ": chat_template is a list without an entry named \"default\"; found the names [rag]");
    }

    @Test
    void aModelWithoutATemplateSaysSoWhenAConversationNeedsOne() {
        TinyModel model = TinyModel.in(temp).without("chat_template.jinja");
        ChatFormat format = model.format();
        assertThat(format.hasTemplate()).isFalse();
        assertThatThrownBy(() -> format.render(CHAT, false))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        model.folder()
                                + ": has no chat template (neither chat_template.jinja nor chat_template in tokenizer_config.json), and a conversation needs one; use the instruct variant of the model, add chat_template.jinja, or train on rows of text");
    }

    @Test
    void aBrokenTemplateIsRefusedWithTheNameOfItsFile() {
        TinyModel model =
                TinyModel.in(temp).with("chat_template.jinja", "{% for message in messages %}");
        assertThatThrownBy(model::format)
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(
                        model.folder().resolve("chat_template.jinja")
                                + ": the chat template cannot be parsed: ");
    }

    @Test
    void aFolderThatIsNotThereIsRefused() {
        Path nowhere = temp.resolve("nowhere");
        assertThatThrownBy(() -> ChatFormat.load(nowhere))
                .isInstanceOf(DataException.class)
                .hasMessage(nowhere + ": is not a folder; expected a Hugging Face model folder");
    }

    @Test
    void specialTokensAreStringsOrObjectsAndReachTheTemplate() {
        TinyModel model =
                TinyModel.in(temp)
                        .with(
                                "chat_template.jinja",
                                "{{ bos_token }}|{{ eos_token }}|{{ image_token }}|{{ unk_token is defined }}|{{ add_bos_token is defined }}")
                        .with(
                                "special_tokens_map.json",
                                "{\"bos_token\": \"<old>\", \"eos_token\": {\"content\": \"<|im_end|>\"}}")
                        .with(
                                "tokenizer_config.json",
                                "{\"add_bos_token\": true, \"bos_token\": {\"content\": \"<s>\"}, \"image_token\": \"<img>\", \"unk_token\": null}");
        assertThat(model.format().render(CHAT, false))
                .isEqualTo("<s>|<|im_end|>|<img>|False|False");
        assertThat(model.format().specialToken("bos_token")).contains("<s>");
        assertThat(model.format().specialToken("unk_token")).isEmpty();
    }

    @Test
    void stopTokensAreThoseOfTheGenerationConfigAndTheEndOfTurn() {
        assertThat(stops(TinyModel.in(temp))).containsExactly(END_OF_TEXT, IM_END);
        assertThat(
                        stops(
                                TinyModel.in(temp)
                                        .with("generation_config.json", "{\"eos_token_id\": 400}")))
                .as("the template's <|im_end|> comes on top")
                .containsExactly(END_OF_TEXT, IM_END);
        assertThat(
                        stops(
                                TinyModel.in(temp)
                                        .with("generation_config.json", "{\"eos_token_id\": 403}")))
                .as("generation_config.json wins over config.json")
                .containsExactly(IM_END, BOS);
        assertThat(stops(TinyModel.in(temp).without("generation_config.json")))
                .containsExactly(END_OF_TEXT, IM_END);
    }

    @Test
    void withoutAnyConfigurationTheTokenizersEosStops() {
        TinyModel model =
                TinyModel.in(temp)
                        .without("generation_config.json")
                        .without("config.json")
                        .with(
                                "chat_template.jinja",
                                "{% for m in messages %}{{ m.content }} {% endfor %}");
        assertThat(stops(model)).containsExactly(IM_END);
        assertThat(
                        stops(
                                model.with(
                                        "config.json",
                                        "{\"text_config\": {\"eos_token_id\": [400, 403]}}")))
                .containsExactly(END_OF_TEXT, BOS);
        assertThat(stops(model.without("chat_template.jinja"))).containsExactly(END_OF_TEXT, BOS);
    }

    @Test
    void aTemplateThatWritesTheDateSeesTheClockGiven() {
        TinyModel model =
                TinyModel.in(temp).with("chat_template.jinja", "{{ strftime_now('%d %b %Y') }}");
        Clock clock = Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);
        assertThat(ChatFormat.load(model.folder(), clock).render(CHAT, false))
                .isEqualTo("26 Jul 2024");
    }

    @Test
    void aTemplateThatRefusesAConversationIsHeard() {
        ChatFormat format =
                TinyModel.in(temp)
                        .with(
                                "chat_template.jinja",
                                "{{ raise_exception('roles must alternate') }}")
                        .format();
        assertThatThrownBy(() -> format.render(CHAT, false))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("roles must alternate");
    }

    @Test
    void aConfigurationThatIsNotJsonIsRefusedWithItsName() {
        TinyModel model = TinyModel.in(temp).with("generation_config.json", "{");
        assertThatThrownBy(model::format)
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(
                        model.folder().resolve("generation_config.json")
                                + ": is not valid JSON: Unexpected end-of-input");
    }

    private static SequencedSet<Integer> stops(TinyModel model) {
        try (Tokenizer tokenizer = model.tokenizer()) {
            return model.format().stopTokens(tokenizer);
        }
    }
}
