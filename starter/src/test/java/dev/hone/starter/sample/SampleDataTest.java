package dev.hone.starter.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SampleDataTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static List<JsonNode> rows(String file) {
        return Objects.requireNonNull(SampleData.files().get(file))
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    private static String said(JsonNode row, int turn) {
        return row.get("messages").get(turn).get("content").asString();
    }

    @Test
    void theShippedFilesAreWhatTheGeneratorWrites() throws IOException {
        for (Map.Entry<String, String> file : SampleData.files().entrySet()) {
            assertThat(Files.readString(Path.of("data", file.getKey()), StandardCharsets.UTF_8))
                    .as(
                            "starter/data/%s differs: write it anew with SampleData starter/data",
                            file.getKey())
                    .isEqualTo(file.getValue());
        }
    }

    @Test
    void mainWritesEveryFile(@TempDir Path folder) throws IOException {
        SampleData.main(new String[] {folder.toString()});
        for (Map.Entry<String, String> file : SampleData.files().entrySet()) {
            assertThat(folder.resolve(file.getKey())).hasContent(file.getValue());
        }
    }

    @Test
    void mainSaysWhatItExpects() {
        assertThatThrownBy(() -> SampleData.main(new String[0]))
                .hasMessage("found [], expected: FOLDER, for example starter/data");
    }

    @Test
    void noQuestionIsAskedTwice() {
        assertThat(rows("examples.jsonl").stream().map(row -> said(row, 1)).toList())
                .hasSize(SampleData.SUPPORT_ROWS + SampleData.EXTRACTION_ROWS)
                .doesNotHaveDuplicates();
    }

    @Test
    void theExamplesAreBothFilesTogether() {
        List<JsonNode> both = new ArrayList<>(rows("support.jsonl"));
        both.addAll(rows("extraction.jsonl"));
        assertThat(rows("examples.jsonl")).containsExactlyInAnyOrderElementsOf(both);
    }

    @Test
    void everySupportAnswerCopiesTheNameAndTheOrderFromTheLetter() {
        Pattern facts = Pattern.compile("^Dear (\\w+), .*(FW-\\d{4}).* Happy digging, Fern$");
        for (JsonNode row : rows("support.jsonl")) {
            Matcher answer = facts.matcher(said(row, 2));
            assertThat(answer.matches()).as(said(row, 2)).isTrue();
            assertThat(said(row, 1)).contains(answer.group(1), answer.group(2));
        }
    }

    @Test
    void everyJobCardObeysTheShippedSchema() {
        JsonNode schema =
                JSON.readTree(
                        Objects.requireNonNull(SampleData.files().get("extraction.schema.json")));
        assertThat(schema.get("$schema").asString())
                .isEqualTo("https://json-schema.org/draft/2020-12/schema");
        for (JsonNode row : rows("extraction.jsonl")) {
            JsonNode card = JSON.readTree(said(row, 2));
            assertThat(card.propertyNames())
                    .containsExactlyElementsOf(schema.get("properties").propertyNames());
            assertThat(RepairNotes.faults()).contains(card.get("fault").asString());
            assertThat(card.get("due").asString()).matches("[A-Z][a-z]+ [0-9]{1,2}");
            assertThat(card.get("max_euros").isInt()).isTrue();
        }
    }

    @Test
    void everyJobCardCopiesItsTextFromTheNote() {
        for (JsonNode row : rows("extraction.jsonl")) {
            JsonNode card = JSON.readTree(said(row, 2));
            assertThat(said(row, 1).toLowerCase(Locale.ROOT))
                    .contains(
                            card.get("owner").asString().toLowerCase(Locale.ROOT),
                            card.get("due").asString().toLowerCase(Locale.ROOT),
                            card.get("bike").asString().toLowerCase(Locale.ROOT),
                            card.get("max_euros").asString());
        }
    }
}
