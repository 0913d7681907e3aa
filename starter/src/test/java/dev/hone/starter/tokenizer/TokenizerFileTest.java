package dev.hone.starter.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.hone.starter.pretraining.PretrainingText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TokenizerFileTest {
    private static final Path SHIPPED = Path.of("model");

    private static HuggingFaceTokenizer shipped() throws IOException {
        return HuggingFaceTokenizer.builder()
                .optTokenizerPath(SHIPPED.resolve("tokenizer.json"))
                .optAddSpecialTokens(false)
                .optTruncation(false)
                .build();
    }

    @Test
    void theShippedVocabularyRoundTripsAnyText() throws IOException {
        try (HuggingFaceTokenizer tokenizer = shipped()) {
            for (long seed = 1; seed <= 200; seed++) {
                String text = anyText(new Random(seed));
                assertThat(tokenizer.decode(tokenizer.encode(text).getIds(), false))
                        .as("seed %d", seed)
                        .isEqualTo(text);
            }
        }
    }

    private static String anyText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 80; i++) {
            text.appendCodePoint(
                    switch (random.nextInt(5)) {
                        case 0 -> random.nextInt(0x20, 0x7F);
                        case 1 -> random.nextInt(0xA0, 0x3000);
                        case 2 -> random.nextInt(0x4E00, 0x9FFF);
                        case 3 -> random.nextInt(0x1F300, 0x1F650);
                        default -> " \n\t a".charAt(random.nextInt(5));
                    });
        }
        return text.toString();
    }

    @Test
    void specialTokensAreOneTokenEachAndTakeTheLastPlaces() throws IOException {
        try (HuggingFaceTokenizer tokenizer = shipped()) {
            Encoding encoding = tokenizer.encode("<|endoftext|><|im_start|><|im_end|><|pad|>");
            assertThat(encoding.getIds()).containsExactly(2044, 2045, 2046, 2047);
        }
    }

    @Test
    void rolesAreOneTokenEach() throws IOException {
        try (HuggingFaceTokenizer tokenizer = shipped()) {
            for (String role : new String[] {"system", "user", "assistant"}) {
                assertThat(tokenizer.encode(role).getIds()).as(role).hasSize(1);
            }
        }
    }

    @Test
    void theModelsFilesAgreeOnVocabularyAndSpecialTokens() {
        JsonMapper json = JsonMapper.shared();
        JsonNode config = json.readTree(SHIPPED.resolve("config.json"));
        JsonNode tokenizer = json.readTree(SHIPPED.resolve("tokenizer.json"));
        JsonNode names = json.readTree(SHIPPED.resolve("tokenizer_config.json"));
        JsonNode vocabulary = tokenizer.get("model").get("vocab");
        assertThat(config.get("vocab_size").asInt()).isEqualTo(vocabulary.size());
        assertThat(vocabulary.get(names.get("eos_token").asString()).asInt())
                .isEqualTo(config.get("eos_token_id").asInt());
        assertThat(vocabulary.get(names.get("pad_token").asString()).asInt())
                .isEqualTo(config.get("pad_token_id").asInt());
        assertThat(config.get("hidden_size").asInt())
                .isEqualTo(
                        config.get("num_attention_heads").asInt() * config.get("head_dim").asInt());
    }

    @Test
    @Tag("slow")
    void theShippedVocabularyIsWhatTheTrainerWrites(@TempDir Path folder) throws IOException {
        Path rows = folder.resolve("mixed.jsonl");
        PretrainingText.writeMixed(rows, 6_000_000, 1);
        assertThat(TokenizerFile.trained(rows, 2048))
                .isEqualTo(Files.readString(SHIPPED.resolve("tokenizer.json")));
    }

    @Test
    void mainSaysWhatItExpects() {
        assertThatThrownBy(() -> TokenizerFile.main(new String[] {"x"}))
                .hasMessage("found [x], expected: ROWS.jsonl VOCABULARY_SIZE tokenizer.json");
    }
}
