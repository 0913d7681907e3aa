package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealFilesTest {

    private static final List<String> NAMES =
            List.of(
                    "alpaca_en_demo.json",
                    "c4_demo.jsonl",
                    "dataset_info.json",
                    "dpo_en_demo.json",
                    "glaive_toolcall_en_demo.json",
                    "identity.json",
                    "kto_en_demo.json",
                    "reason_tool_use_demo_50.jsonl",
                    "v1_sft_demo.jsonl");

    @TempDir Path temp;

    @BeforeEach
    void copy() throws Exception {
        for (String name : NAMES) {
            Files.writeString(temp.resolve(name), TinyModel.resource("real/" + name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "alpaca_en_demo.json, 40, Conversation",
        "c4_demo.jsonl, 4, Text",
        "dpo_en_demo.json, 1, Preference",
        "glaive_toolcall_en_demo.json, 6, Conversation",
        "identity.json, 5, Conversation",
        "kto_en_demo.json, 1, Labelled",
        "reason_tool_use_demo_50.jsonl, 4, Conversation",
        "v1_sft_demo.jsonl, 5, Conversation"
    })
    void everyRowOfAFileIsReadAsWhatItIs(String name, int rows, String kind) {
        RowsOf found = RowsOf.file(temp.resolve(name));
        assertThat(found.problems()).isEmpty();
        assertThat(found.ignored()).isEmpty();
        assertThat(found.rows())
                .hasSize(rows)
                .allSatisfy(row -> assertThat(row.getClass().getSimpleName()).isEqualTo(kind));
    }

    @ParameterizedTest
    @CsvSource({
        "identity, identity.json",
        "alpaca_en_demo, alpaca_en_demo.json",
        "glaive_toolcall_en_demo, glaive_toolcall_en_demo.json",
        "dpo_en_demo, dpo_en_demo.json",
        "kto_en_demo, kto_en_demo.json",
        "c4_demo, c4_demo.jsonl"
    })
    void theCatalogueGivesTheRowsThatTheFileShowsByItself(String entry, String file) {
        DataSource source = DatasetInfo.read(temp.resolve("dataset_info.json")).source(entry, 1);
        assertThat(source.path()).isEqualTo(temp.resolve(file));
        RowsOf found = RowsOf.source(source);
        assertThat(found.problems()).isEmpty();
        assertThat(found.rows()).isEqualTo(RowsOf.file(temp.resolve(file)).rows());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mllm_demo | data set \"mllm_demo\" has the columns [images], which are not supported",
                "alpaca_en | data set \"alpaca_en\" stands elsewhere (hf_hub_url: llamafactory/alpaca_en); download it and name its file as file_name",
                "c4_dmo | has no data set \"c4_dmo\"; did you mean \"c4_demo\"?"
            })
    void anEntryThatCannotBeUsedSaysWhy(String entry, String message) {
        Path file = temp.resolve("dataset_info.json");
        DatasetInfo catalogue = DatasetInfo.read(file);
        assertThatThrownBy(() -> catalogue.source(entry, 1))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void aCatalogueIsNotReadAsRows() {
        assertThatThrownBy(() -> RowsOf.file(temp.resolve("dataset_info.json")))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        temp.resolve("dataset_info.json")
                                + ": is a catalogue of data sets and no data; name some with the key dataset, for example {path: dataset_info.json, dataset: identity}");
    }

    @Test
    void toolCallsOfRealRowsReachTheTemplate() {
        RowsOf found = RowsOf.file(temp.resolve("glaive_toolcall_en_demo.json"));
        Row.Conversation row = (Row.Conversation) found.rows().getFirst();
        assertThat(row.tools()).isNotEmpty();
        assertThat(row.messages()).anySatisfy(m -> assertThat(m.toolCalls()).isNotEmpty());
        assertThat(row.messages()).extracting(Message::role).contains("tool");
    }

    @Test
    void pairsAndLabelsAreRefusedBySupervisedTrainingWithWhatTheyAreFor() {
        TinyModel model = TinyModel.in(temp.resolve("model"));
        try (Tokenizer tokenizer = model.tokenizer()) {
            DataException thrown =
                    catchThrowableOfType(
                            DataException.class,
                            () ->
                                    Dataset.load(
                                            DataSpec.of(
                                                    List.of(
                                                            temp.resolve("dpo_en_demo.json"),
                                                            temp.resolve("kto_en_demo.json")),
                                                    new Holdout.None(),
                                                    4096,
                                                    TooLong.FAIL,
                                                    true),
                                            tokenizer,
                                            model.format()));
            assertThat(thrown.problems())
                    .extracting(Problem::toString)
                    .containsExactly(
                            temp.resolve("dpo_en_demo.json")
                                    + ":2: the row is a preference pair (chosen and rejected), which trains preference objectives such as DPO; supervised training takes rows with one answer",
                            temp.resolve("kto_en_demo.json")
                                    + ":2: the row has a label that calls its answer good or bad, which trains KTO; supervised training takes rows without one");
        }
    }
}
