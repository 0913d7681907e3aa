package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that compare rows with each other. */
class ComparingChecksTest {

    private static final String LONG =
            "Low tide in Husum is at nine in the morning, so walk out at eight, keep to the marked"
                    + " path, take a compass with you, and be back on the dike before noon because fog"
                    + " comes in quickly at this time of the year";

    @TempDir Path folder;
    private Checked checked = new Checked(Path.of(""));

    @BeforeEach
    void inFolder() {
        checked = new Checked(folder);
    }

    @Test
    void theSameRowTwiceIsFoundHoweverItIsLaidOut() {
        assertThat(
                        checked.of(
                                Code.EXACT_DUPLICATE,
                                "{\"prompt\":\"When?\",\"completion\":\"At nine.\"}",
                                "{\"prompt\":\"Where?\",\"completion\":\"At nine.\"}",
                                "{ \"completion\": \"At nine.\", \"prompt\": \"When?\" }"))
                .containsExactly(
                        "rows.jsonl:3: warning exact-duplicate: the row says what rows.jsonl:1 says;"
                                + " expected a row of its own");
    }

    @Test
    void nearlyTheSameRowIsNamedWithTheFirst() {
        List<String> rows =
                List.of(
                        Checked.chat("When and how do we walk?", LONG + "."),
                        Checked.chat("Something else entirely, please", "Blue."),
                        Checked.chat("When and how do we walk?", LONG + ", as you know."));

        assertThat(checked.of(Code.NEAR_DUPLICATE, rows)).isEmpty();
        assertThat(checked.of(Code.CONFLICTING_ANSWERS, rows)).hasSize(1);
        assertThat(
                        checked.of(
                                Code.NEAR_DUPLICATE,
                                rows.get(0),
                                rows.get(1),
                                Checked.chat("So when and how do we walk?", LONG + ".")))
                .singleElement()
                .asString()
                .matches(
                        "rows\\.jsonl:3: warning near-duplicate: the row is about 9\\d% the same as"
                                + " rows\\.jsonl:1; expected less than 85%");
    }

    @Test
    void rowsOfOnePatternWithOtherWordsAreNotNear() {
        assertThat(
                        checked.of(
                                Code.NEAR_DUPLICATE,
                                Checked.chat(
                                        "When do the Millers walk from Husum to Pellworm in May?",
                                        "The Millers walk from Husum in May at nine with a guide."),
                                Checked.chat(
                                        "When do the Smiths walk from Emden to Juist in June?",
                                        "The Smiths walk from Emden in June at four with a friend.")))
                .isEmpty();
    }

    @Test
    void aSharedSystemTextMakesNoRowsNear() {
        assertThat(
                        checked.of(
                                Code.NEAR_DUPLICATE,
                                Checked.chat("Name a port, please", "Husum", Optional.of(LONG)),
                                Checked.chat("Name an island now", "Juist", Optional.of(LONG))))
                .isEmpty();
    }

    @Test
    void differentAnswersToTheSameInputAreFound() {
        assertThat(
                        checked.of(
                                Code.CONFLICTING_ANSWERS,
                                Checked.chat("When?", "At nine."),
                                Checked.chat("When?", "At ten."),
                                Checked.chat("When?", "At nine."),
                                Checked.chat("When?", "At ten.", Optional.of("You are late."))))
                .containsExactly(
                        "rows.jsonl:2: warning conflicting-answers: rows.jsonl:1 answers the same input"
                                + " differently; here: \"At ten.\"; expected one answer to one input");
    }

    @Test
    void aHeldBackRowThatIsTrainedIsALeak() {
        List<String> train = List.of(Checked.chat("Walk?", LONG), Checked.chat("When?", "Nine."));
        List<String> holdout =
                List.of(
                        Checked.chat("When?", "Nine."),
                        Checked.chat("Where?", "Husum."),
                        Checked.chat("Where?", "Husum."),
                        Checked.chat("Do we walk?", LONG));

        assertThat(checked.heldBack(Code.LEAK, train, holdout))
                .containsExactly(
                        "holdout.jsonl:1: error leak: the held-back row is trained at train.jsonl:2;"
                                + " expected a row that training does not see");
        assertThat(checked.heldBack(Code.NEAR_LEAK, train, holdout))
                .singleElement()
                .asString()
                .matches(
                        "holdout\\.jsonl:4: warning near-leak: the held-back row is about 9\\d% the same as"
                                + " train\\.jsonl:1, which is trained; expected a row unlike those that training"
                                + " sees");
        assertThat(checked.heldBack(Code.EXACT_DUPLICATE, train, holdout))
                .containsExactly(
                        "holdout.jsonl:3: warning exact-duplicate: the row says what holdout.jsonl:2"
                                + " says; expected a row of its own");
    }

    @Test
    void jsonWithOtherKeysOrTypesThanTheRestIsFound() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(Checked.chat("Extract " + i, "{\"name\":\"n" + i + "\",\"age\":" + i + "}"));
        }
        rows.add(Checked.chat("Extract x", "{\"name\":\"x\",\"years\":3}"));
        rows.add(Checked.chat("Extract y", "{\"name\":\"y\",\"age\":\"three\"}"));
        rows.add(Checked.chat("Extract z", "{\"name\":\"z\",\"age\":null}"));

        assertThat(checked.of(Code.JSON_KEYS, rows))
                .containsExactly(
                        "rows.jsonl:41: warning json-keys: the JSON answer lacks \"age\", has \"years\""
                                + " besides; expected the keys age (number), name (string), as in 40 of 43"
                                + " answers",
                        "rows.jsonl:42: warning json-keys: the JSON answer has a string for \"age\";"
                                + " expected the keys age (number), name (string), as in 40 of 43 answers");
        assertThat(checked.of(Code.JSON_KEYS, rows.subList(30, 43))).isEmpty();
    }

    @Test
    void jsonOfAnotherTaskHasItsOwnKeys() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(Checked.chat("E" + i, "{\"name\":\"n\"}", Optional.of("Find names.")));
        }
        rows.add(Checked.chat("Ex", "{\"port\":\"x\"}", Optional.of("Find ports.")));

        assertThat(checked.of(Code.JSON_KEYS, rows)).isEmpty();
    }

    @Test
    void answersOutOfProportionAreNoted() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(Checked.chat("Q" + i, "x".repeat(90 + i % 20)));
        }
        rows.add(Checked.chat("Q", "y".repeat(5_000)));
        rows.add(Checked.chat("R", "y"));

        assertThat(checked.of(Code.OUTLIER_LENGTH, rows))
                .containsExactly(
                        "rows.jsonl:121: note outlier-length: 5,000 characters are trained, and 100 in"
                                + " the median row; expected 20 to 500",
                        "rows.jsonl:122: note outlier-length: 1 characters are trained, and 100 in the"
                                + " median row; expected 20 to 500");
        assertThat(checked.of(Code.OUTLIER_LENGTH, rows.subList(60, 122))).isEmpty();
    }

    @Test
    void inputsFallIntoClustersAndAMissedOneIsReported() {
        List<String> train = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            train.add(Checked.chat("cancel parcel order " + i, "Cancelled " + i));
            train.add(Checked.chat("bicycle brake repair " + i, "Repaired " + i));
        }
        List<String> holdout =
                IntStream.range(30, 34)
                        .mapToObj(i -> Checked.chat("cancel parcel order " + i, "Cancelled " + i))
                        .toList();
        CheckReport report =
                DataCheck.run(
                        new CheckSpec(
                                List.of(checked.write("train.jsonl", train)),
                                Optional.of(checked.write("holdout.jsonl", holdout)),
                                Optional.empty()),
                        finding -> {});

        Coverage coverage = report.coverage().orElseThrow();
        assertThat(coverage.exact()).isTrue();
        assertThat(coverage.clusters().stream().mapToLong(Coverage.Cluster::rows).sum())
                .isEqualTo(60);
        assertThat(coverage.clusters().stream().mapToLong(Coverage.Cluster::holdoutRows).sum())
                .isEqualTo(4);
        assertThat(coverage.clusters())
                .allSatisfy(cluster ->
                        assertThat(cluster.words())
                                .isSubsetOf(
                                        "cancel", "parcel", "order", "bicycle", "brake", "repair"));
        assertThat(checked.heldBack(Code.HOLDOUT_GAP, train, holdout))
                .isNotEmpty()
                .allMatch(text -> text.contains("no held-back row is like the "))
                .allMatch(text -> text.contains("bicycle"));
        assertThat(checked.heldBack(Code.HOLDOUT_GAP, train, train.subList(0, 2)))
                .noneMatch(text -> text.contains("(no words"));
    }

    @Test
    void theSameFileGivesTheSameFindings() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            rows.add(
                    Checked.chat(
                            "Question " + i % 700 + " about " + (i % 13), LONG + " " + i % 300));
        }
        CheckSpec spec = Checked.spec(checked.write("rows.jsonl", rows));

        List<Finding> first = Checked.all(spec);

        assertThat(first).hasSizeGreaterThan(1_000).isEqualTo(Checked.all(spec));
    }
}
