package dev.hone.data;

import static dev.hone.data.TinyModel.BOS;
import static dev.hone.data.TinyModel.IM_END;
import static dev.hone.data.TinyModel.IM_START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizerTest {

    private static final String ADDS_BOS =
            """
            "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
              "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [403], "tokens": ["<s>"]}}}\
            """;

    @TempDir Path temp;

    @Test
    void encodesAndLocatesTokensAsPythonDoes() {
        JsonNode expected = new JsonMapper().readTree(TinyModel.resource("tiny/expected.json"));
        List<String> seen = new ArrayList<>();
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            for (JsonNode each : expected.path("encodings")) {
                String text = each.path("text").stringValue();
                Encoding encoding = tokenizer.encodeWithOffsets(text);
                assertThat(encoding.ids()).as(text).isEqualTo(ints(each.path("ids")));
                assertThat(encoding.starts()).as(text).isEqualTo(ints(each.path("starts")));
                assertThat(encoding.ends()).as(text).isEqualTo(ints(each.path("ends")));
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(encoding.ids());
                seen.add(text);
            }
        }
        assertThat(seen).hasSize(6);
    }

    @Test
    void spansAfterAnEmojiAreJavaStringIndices() {
        String text = "😀 end<|im_end|>";
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            Encoding encoding = tokenizer.encodeWithOffsets(text);
            int last = encoding.length() - 1;
            assertThat(text.substring(encoding.starts()[last], encoding.ends()[last]))
                    .isEqualTo("<|im_end|>");
            assertThat(text.substring(encoding.starts()[0], encoding.ends()[0])).isEqualTo("😀");
        }
    }

    @Test
    void specialTokensInTheTextAreRecognisedAndNoneIsAdded() {
        TinyModel model =
                TinyModel.in(temp).replace("tokenizer.json", "\"post_processor\": null", ADDS_BOS);
        try (Tokenizer tokenizer = model.tokenizer()) {
            assertThat(tokenizer.encodeWithAddedTokens("<|im_end|>")).containsExactly(BOS, IM_END);
            assertThat(tokenizer.encode("<|im_end|>")).containsExactly(IM_END);
            assertThat(tokenizer.encode("<|im_start|><|im_end|>"))
                    .containsExactly(IM_START, IM_END);
        }
    }

    @Test
    void neitherTruncationNorPaddingOfTheFileApplies() {
        String text = String.join(" ", Collections.nCopies(40, "word"));
        int[] plain;
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            plain = tokenizer.encode(text);
        }
        TinyModel model =
                TinyModel.in(temp)
                        .replace(
                                "tokenizer.json",
                                "\"truncation\": null",
                                "\"truncation\": {\"direction\": \"Right\", \"max_length\": 4, \"strategy\": \"LongestFirst\", \"stride\": 0}")
                        .replace(
                                "tokenizer.json",
                                "\"padding\": null",
                                "\"padding\": {\"strategy\": {\"Fixed\": 900}, \"direction\": \"Right\", \"pad_to_multiple_of\": null, \"pad_id\": 400, \"pad_type_id\": 0, \"pad_token\": \"<|endoftext|>\"}");
        try (Tokenizer tokenizer = model.tokenizer()) {
            assertThat(tokenizer.encode(text)).isEqualTo(plain);
            assertThat(tokenizer.encodeWithOffsets(text).ids()).isEqualTo(plain);
        }
        assertThat(plain).hasSizeBetween(40, 200);
    }

    @Test
    void decodeRoundTripsAndCanSkipSpecialTokens() {
        String text = "<|im_start|>user\nnaïve 😀<|im_end|>";
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
            assertThat(tokenizer.decode(ids, true)).isEqualTo("user\nnaïve 😀");
        }
    }

    @Test
    void tokensAndIdsAreLookedUpBothWays() {
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(404);
            assertThat(tokenizer.id("<|im_end|>")).contains(IM_END);
            assertThat(tokenizer.token(IM_END)).isEqualTo("<|im_end|>");
            assertThat(tokenizer.id("<|eot_id|>")).isEmpty();
            int the = tokenizer.id("Ġthe").orElseThrow();
            assertThat(tokenizer.token(the)).isEqualTo("Ġthe");
            assertThat(tokenizer.encode(" the")).containsExactly(the);
        }
    }

    @Test
    void aVocabularyMayBeAListAsUnigramHasIt() {
        String unigram =
                """
                {"version": "1.0", "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false,
                  "rstrip": false, "normalized": false, "special": true}],
                 "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.5], ["b", -2.5]],
                  "byte_fallback": false}}
                """;
        try (Tokenizer tokenizer = TinyModel.in(temp).with("tokenizer.json", unigram).tokenizer()) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(3);
            assertThat(tokenizer.token(2)).isEqualTo("b");
            assertThat(tokenizer.encode("ab")).containsExactly(1, 2);
        }
    }

    @Test
    void anIdOutsideTheVocabularyIsRefused() {
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            assertThatThrownBy(() -> tokenizer.token(404))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("No token has id 404; ids run from 0 to 403");
            assertThatThrownBy(() -> tokenizer.token(-1))
                    .hasMessage("No token has id -1; ids run from 0 to 403");
        }
    }

    @Test
    void textThatNativeCodeWouldMangleIsRefused() {
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            assertThatThrownBy(() -> tokenizer.encode("a\0b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Text holds a zero character (\\u0000) at index 1");
            assertThatThrownBy(() -> tokenizer.encodeWithOffsets("ab\ud83d"))
                    .hasMessage("Text holds half a surrogate pair (\\ud83d) at index 2");
        }
    }

    @Test
    void encodingFromManyThreadsGivesTheSame() {
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            String text = "Describe a process of making crepes. 😀";
            int[] ids = tokenizer.encode(text);
            assertThat(IntStream.range(0, 2000).parallel().mapToObj(i -> tokenizer.encode(text)))
                    .allSatisfy(each -> assertThat(each).isEqualTo(ids));
        }
    }

    @Test
    void aFolderWithoutATokenizerIsRefused() throws Exception {
        assertThatThrownBy(() -> Tokenizer.load(temp))
                .isInstanceOf(DataException.class)
                .hasMessage(temp + ": has no tokenizer.json; expected a Hugging Face model folder");
        Files.writeString(temp.resolve("tokenizer.model"), "");
        assertThatThrownBy(() -> Tokenizer.load(temp))
                .hasMessage(
                        temp
                                + ": has tokenizer.model (SentencePiece) and no tokenizer.json; save the tokenizer in the fast format first");
    }

    @Test
    void aBrokenTokenizerFileIsRefusedWithItsName() {
        Path folder = TinyModel.in(temp).with("tokenizer.json", "{\"model\": {").folder();
        Path file = folder.resolve("tokenizer.json");
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": is not valid JSON: Unexpected end-of-input");
        TinyModel.in(temp).with("tokenizer.json", "{\"version\": \"1.0\"}");
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .hasMessage(file + ": holds no vocabulary; expected model.vocab or added_tokens");
        TinyModel.in(temp)
                .with(
                        "tokenizer.json",
                        "{\"model\": {\"type\": \"Abacus\", \"vocab\": {\"a\": 0}}}");
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": is not a tokenizer this version reads: ");
    }

    private static int[] ints(JsonNode array) {
        return array.values().stream().mapToInt(JsonNode::intValue).toArray();
    }
}
