package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PieceTokenizerTest {

    private static final String TINY_SPLIT =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+";

    /** Cutting expressions of models around, as their files write them. */
    static Stream<String> splits() {
        return Stream.of(
                TINY_SPLIT,
                // Llama 3
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+",
                // GPT-4o
                "[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]*[\\\\p{Ll}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]+[\\\\p{Ll}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\\\p{N}{1,3}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n/]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+",
                // the starter model
                "'(?:s|t|re|ve|m|ll|d)(?!\\\\p{L})| ?[\\\\p{Ll}\\\\p{Lo}\\\\p{Lm}\\\\p{M}]+|[\\\\p{Lu}\\\\p{Lt}][\\\\p{Ll}\\\\p{M}]*|\\\\p{N}| ?[^\\\\s\\\\p{L}\\\\p{N}\\\\p{M}]+|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+");
    }

    @TempDir Path temp;

    @Tag("property")
    @ParameterizedTest
    @MethodSource("splits")
    void tokensAndTheirCharactersAreThoseOfTheWholeText(String split) {
        TinyModel model = TinyModel.in(temp).replace("tokenizer.json", TINY_SPLIT, split);
        compare(model, 4000);
    }

    @Test
    @Tag("property")
    void gpt2sExpressionBehindDigitsIsCutAsWell() {
        TinyModel model = TinyModel.in(temp);
        String file = TinyModel.resource("tiny/tokenizer.json");
        int from = file.indexOf("\"pre_tokenizer\"");
        int to = file.indexOf("\"post_processor\"");
        model.with(
                "tokenizer.json",
                file.substring(0, from)
                        + "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Digits\", \"individual_digits\": true}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": true}]}, "
                        + file.substring(to));
        compare(model, 2000);
    }

    @Test
    void realTextIsTokenisedAsAWhole() {
        TinyModel model = TinyModel.in(temp);
        try (Tokenizer tokenizer = model.tokenizer()) {
            for (String name :
                    List.of(
                            "alpaca_en_demo.json",
                            "c4_demo.jsonl",
                            "glaive_toolcall_en_demo.json")) {
                String text = TinyModel.resource("real/" + name);
                assertThat(tokenizer.encode(text)).isEqualTo(tokenizer.nativeEncoding(text).ids());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"中文", "e\u0301", "😀", "a\u0001b", "\u2003", "ſ", "עברית"})
    void aTextThatIsNotPlainIsLeftToTheTokenizer(String text) throws IOException {
        try (Tokenizer tokenizer = TinyModel.in(temp).tokenizer()) {
            PieceTokenizer pieces = pieces(TinyModel.in(temp), tokenizer);
            assertThat(pieces.encode("plain " + text)).isEmpty();
            assertThat(pieces.encode("plain")).isPresent();
            assertThat(tokenizer.encode(text)).isEqualTo(tokenizer.nativeEncoding(text).ids());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"type\": \"NFC\" | \"type\": \"Lowercase\"",
                "\"behavior\": \"Isolated\" | \"behavior\": \"Removed\"",
                "\"invert\": false | \"invert\": true",
                "\"add_prefix_space\": false | \"add_prefix_space\": true",
                "\"lstrip\": false | \"lstrip\": true",
                "\"dropout\": null | \"dropout\": 0.1"
            })
    void aFileThatSaysMoreIsLeftToTheTokenizer(String part, String by) throws IOException {
        TinyModel model = TinyModel.in(temp);
        assertThat(PieceRules.read(model.folder().resolve("tokenizer.json"))).isPresent();
        model.replace("tokenizer.json", part, by);
        assertThat(PieceRules.read(model.folder().resolve("tokenizer.json"))).isEmpty();
    }

    private static PieceTokenizer pieces(TinyModel model, Tokenizer tokenizer) throws IOException {
        PieceRules rules = PieceRules.read(model.folder().resolve("tokenizer.json")).orElseThrow();
        return new PieceTokenizer(rules, tokenizer::nativeEncoding);
    }

    private static void compare(TinyModel model, int texts) {
        String[] parts = {
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "a",
            "The",
            "'s",
            "'LL",
            "'",
            "1",
            "23",
            "é",
            "ß",
            "Ö",
            "-",
            "…",
            "“",
            "<|im_start|>",
            "<|im_end|>",
            "<|im",
            "|>",
            "<s>",
            "€",
            "½",
            "_",
            ".",
            "/",
            "word",
            "XY",
            "\u00a0"
        };
        Random random = new Random(11);
        try (Tokenizer tokenizer = model.tokenizer()) {
            PieceTokenizer pieces = pieces(model, tokenizer);
            for (int i = 0; i < texts; i++) {
                StringBuilder made = new StringBuilder();
                int length = random.nextInt(30);
                for (int p = 0; p < length; p++) {
                    made.append(parts[random.nextInt(parts.length)]);
                }
                String text = made.toString();
                Encoding whole = tokenizer.nativeEncoding(text);
                Encoding found = pieces.encode(text).orElseThrow();
                assertThat(found.ids()).as(text).isEqualTo(whole.ids());
                assertThat(found.starts()).as(text).isEqualTo(whole.starts());
                assertThat(found.ends()).as(text).isEqualTo(whole.ends());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
