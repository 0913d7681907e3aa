package dev.hone.starter.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.starter.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PretrainingTextTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static List<Row> rows(long seed, int count) {
        PretrainingText text = new PretrainingText(seed);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(text.next());
        }
        return rows;
    }

    @Test
    void theSameSeedWritesTheSameRowsAndAnotherSeedOthers() {
        assertThat(rows(5, 200)).isEqualTo(rows(5, 200)).isNotEqualTo(rows(6, 200));
    }

    @Test
    void conversationsEndWithTheAssistantAndNoTurnIsBlank() {
        for (Row row : rows(1, 3000)) {
            switch (row) {
                case Row.Text text -> assertThat(text.text()).isNotBlank();
                case Row.Chat chat -> {
                    assertThat(chat.turns().getLast().role()).isEqualTo("assistant");
                    assertThat(chat.turns())
                            .allSatisfy(turn -> assertThat(turn.content()).isNotBlank());
                }
            }
        }
    }

    @Test
    void nearlyAllRowsAreDifferent() {
        List<Row> rows = rows(1, 3000);
        assertThat(Set.copyOf(rows).size()).isGreaterThan(rows.size() * 97 / 100);
    }

    @Test
    void nothingFromTheSampleAnswersOccurs() throws IOException {
        Set<String> learned = new HashSet<>();
        for (Row row : rows(1, 5000)) {
            if (row instanceof Row.Chat chat) {
                chat.turns().forEach(turn -> learned.addAll(fiveWords(turn.content())));
            } else if (row instanceof Row.Text text) {
                learned.addAll(fiveWords(text.text()));
            }
        }
        Set<String> sample = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("data", "examples.jsonl"))) {
            JsonNode messages = JSON.readTree(line).get("messages");
            sample.addAll(fiveWords(messages.get(2).get("content").asString()));
        }
        assertThat(sample).hasSizeGreaterThan(1000);
        sample.retainAll(learned);
        assertThat(sample).isEmpty();
    }

    /** Every run of five words. */
    private static List<String> fiveWords(String text) {
        String[] words = text.split(" ");
        List<String> runs = new ArrayList<>();
        for (int i = 0; i + 5 <= words.length; i++) {
            runs.add(String.join(" ", List.of(words).subList(i, i + 5)));
        }
        return runs;
    }

    @Test
    void theFilesTogetherEndWithTheFirstRowBeyondTheirSize(@TempDir Path folder)
            throws IOException {
        Path texts = folder.resolve("text.jsonl");
        Path chats = folder.resolve("chat.jsonl");
        long rows = PretrainingText.write(texts, chats, 20_000, 3);
        List<String> lines = Files.readAllLines(texts);
        assertThat(lines).allSatisfy(line -> assertThat(JSON.readTree(line).has("text")).isTrue());
        List<String> conversations = Files.readAllLines(chats);
        assertThat(conversations)
                .allSatisfy(line -> assertThat(JSON.readTree(line).has("messages")).isTrue());
        assertThat(rows).isEqualTo(lines.size() + conversations.size());
        assertThat(Files.size(texts) + Files.size(chats)).isBetween(20_000L, 25_000L);
    }

    @Test
    void mainSaysWhatItExpects() {
        assertThatThrownBy(() -> PretrainingText.main(new String[] {"somewhere"}))
                .hasMessage(
                        "found [somewhere], expected: FOLDER MEGABYTES, for example build/pretraining 15");
    }

    @Test
    void answersThatLookLikeJsonAreJson() {
        int seen = 0;
        for (Row row : rows(2, 3000)) {
            if (row instanceof Row.Chat chat && chat.turns().getFirst().role().equals("user")) {
                for (Row.Turn turn : chat.turns()) {
                    if (turn.role().equals("assistant")
                            && turn.content().matches("\\{\".*\"[^\"]*}")) {
                        JsonNode parsed = JSON.readTree(turn.content());
                        assertThat(parsed.isObject()).as(turn.content()).isTrue();
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(100);
    }
}
