package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that look at the wording of one row. */
class TextChecksTest {

    private static final String PROSE =
            "The tide is low in the morning. It comes back in the afternoon, and ";

    @TempDir Path folder;
    private Checked checked = new Checked(Path.of(""));

    @BeforeEach
    void inFolder() {
        checked = new Checked(folder);
    }

    private List<String> answered(Code code, String answer) {
        return checked.of(code, Checked.chat("When is low tide?", answer));
    }

    @Test
    void anAnswerThatEndsInMidSentenceIsCutOff() {
        assertThat(answered(Code.CUT_OFF, PROSE + "we walk back home along the"))
                .containsExactly(
                        "rows.jsonl:1: warning cut-off: answer ends with the word \"the\": \"…comes"
                                + " back in the afternoon, and we walk back home along the\"; expected a"
                                + " complete answer");
        assertThat(answered(Code.CUT_OFF, PROSE + "we walk"))
                .singleElement()
                .asString()
                .contains("answer ends in mid-sentence: ");
        assertThat(answered(Code.CUT_OFF, PROSE + "then we walk,"))
                .singleElement()
                .asString()
                .contains("answer ends with \",\": ");
        assertThat(answered(Code.CUT_OFF, "Run this:\n```\nint tide = 3;"))
                .singleElement()
                .asString()
                .contains("answer ends in a block of code that is not closed: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PROSE + "we walk home.",
                "It is at nine.\nYours sincerely, with the best regards of the whole crew, Fern",
                PROSE + "that is that. Happy digging, Fern",
                "nine",
                "- nine\n- ten\n- eleven",
                "{\"low\": \"the\"}",
                "```\nint tide = 3;\n```",
                "Blue, red and green",
                "A poem of the sea,\nof the"
            })
    void listsNamesCodeAndFullSentencesAreComplete(String answer) {
        assertThat(answered(Code.CUT_OFF, answer)).isEmpty();
    }

    @Test
    void aRefusalIsFoundWhereAnAnswerBegins() {
        assertThat(answered(Code.REFUSAL, "I'm sorry, but I can't help with that."))
                .containsExactly(
                        "rows.jsonl:1: warning refusal: answer refuses: \"I'm sorry, but I can't help"
                                + " with that.\"; expected an answer");
        assertThat(answered(Code.REFUSAL, "I’m sorry, but I cannot do this.")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I'm sorry to hear that. Your parcel comes on Monday.",
                "At nine. I cannot help but love it.",
                "Sorry for the delay! It is at nine.",
                "I can't wait for low tide."
            })
    void anApologyIsNoRefusal(String answer) {
        assertThat(answered(Code.REFUSAL, answer)).isEmpty();
    }

    @Test
    void wordsOfAnotherAssistantAreFound() {
        assertThat(answered(Code.BOILERPLATE, "Well, as an AI language model, I never swim."))
                .containsExactly(
                        "rows.jsonl:1: warning boilerplate: answer says \"as an ai language model\":"
                                + " \"Well, as an AI language model, I never swim.\"; expected words of your"
                                + " own assistant");
        assertThat(answered(Code.BOILERPLATE, "As an AI assistant developed by Fern I can."))
                .isEmpty();
        assertThat(checked.of(Code.BOILERPLATE, Checked.chat("As an AI, I ask you", "Nine.")))
                .isEmpty();
    }

    @Test
    void aPlaceholderInAnAnswerIsFound() {
        assertThat(answered(Code.PLACEHOLDER, "Hello {{name}}, at nine."))
                .containsExactly(
                        "rows.jsonl:1: warning placeholder: answer holds {{name}}: \"Hello {{name}},"
                                + " at nine.\"; expected the text that belongs there");
        assertThat(answered(Code.PLACEHOLDER, "Yours, [Your Name]")).hasSize(1);
        assertThat(answered(Code.PLACEHOLDER, "Dear [NAME], at nine.")).hasSize(1);
        assertThat(answered(Code.PLACEHOLDER, "On <insert date here> at nine.")).hasSize(1);
    }

    @Test
    void codeLinksAndPlaceholdersOfTheInputAreMeant() {
        assertThat(answered(Code.PLACEHOLDER, "Write `{{name}}` or ```\n[NAME]\n```")).isEmpty();
        assertThat(answered(Code.PLACEHOLDER, "See [the tides](tides.html), [1] and <b>x</b>."))
                .isEmpty();
        assertThat(
                        checked.of(
                                Code.PLACEHOLDER,
                                Checked.chat("Keep {{name}} as it is", "Dear {{name}},")))
                .isEmpty();
    }

    @Test
    void anAnswerInAnotherLanguageIsFound() {
        String english = "What is the best way to get to the island when it is high tide?";
        String german =
                "Nehmen Sie die Fähre, die zu jeder vollen Stunde von der Mole ist, und nicht den Weg"
                        + " durch das Watt, denn der ist bei Flut nicht zu gehen.";

        assertThat(checked.of(Code.LANGUAGE_SWITCH, Checked.chat(english, german)))
                .containsExactly(
                        "rows.jsonl:1: warning language-switch: user turn is in English and answer in"
                                + " German: \"Nehmen Sie die Fähre, die zu jeder vollen Stunde von der Mol…\";"
                                + " expected one language, or a turn that asks for another");
        assertThat(
                        checked.of(
                                Code.LANGUAGE_SWITCH,
                                Checked.chat(english + " Answer in German.", german)))
                .isEmpty();
        assertThat(checked.of(Code.LANGUAGE_SWITCH, Checked.chat(english, "Fähre."))).isEmpty();
    }

    @Test
    void aRowInALanguageOfItsOwnIsNoted() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 99; i++) {
            rows.add(
                    Checked.chat(
                            "What is the number " + i + " of the day?",
                            "It is the one that you have."));
        }
        rows.add(
                Checked.chat(
                        "Was ist das für ein Tag?",
                        "Das ist der Tag, an dem wir nicht hier sind."));

        assertThat(checked.of(Code.RARE_LANGUAGE, rows))
                .containsExactly(
                        "rows.jsonl:100: note rare-language: the row is in German, one of 1 such among"
                                + " 100 rows; expected English");
        assertThat(checked.of(Code.RARE_LANGUAGE, rows.subList(60, 100))).isEmpty();
    }

    @Test
    void mojibakeIsFoundWithWhatItWas() {
        assertThat(answered(Code.MOJIBAKE, "At the cafÃ© at nine."))
                .containsExactly(
                        "rows.jsonl:1: warning mojibake: answer holds \"Ã©\": \"At the cafÃ© at"
                                + " nine.\"; expected \"é\"");
        assertThat(answered(Code.MOJIBAKE, "Itâ€™s at nine."))
                .singleElement()
                .asString()
                .endsWith("; expected \"’\"");
        assertThat(answered(Code.MOJIBAKE, "São João, Ångström, ÂÃ, 5 €, naïve")).isEmpty();
    }

    @Test
    void lostAndControlCharactersAreFound() {
        assertThat(answered(Code.REPLACEMENT_CHARACTER, "At the caf\uFFFD."))
                .containsExactly(
                        "rows.jsonl:1: warning replacement-character: answer holds U+FFFD at character"
                                + " 11: \"At the caf\uFFFD.\"; expected the character that was there");
        assertThat(answered(Code.CONTROL_CHARACTER, "At\u0007 nine\uFEFF"))
                .containsExactly(
                        "rows.jsonl:1: warning control-character: answer holds U+0007 at character 3;"
                                + " expected line feeds and tabs only");
        assertThat(answered(Code.CONTROL_CHARACTER, "At\tnine\r\n😀\u00A0")).isEmpty();
    }

    @Test
    void spacesAroundAnAnswerAreNoted() {
        assertThat(answered(Code.EDGE_WHITESPACE, " At nine.\n\n"))
                .containsExactly(
                        "rows.jsonl:1: note edge-whitespace: answer has 1 white characters in front and"
                                + " 2 behind; expected none");
        assertThat(answered(Code.EDGE_WHITESPACE, "At\n\nnine.")).isEmpty();
    }

    @Test
    void almostJsonIsFound() {
        assertThat(answered(Code.BROKEN_JSON, "{\"hour\": 9,}"))
                .containsExactly(
                        "rows.jsonl:1: warning broken-json: answer is not JSON at line 1, column 12 of"
                                + " it: \"{\"hour\": 9,}\"; expected one JSON object");
        assertThat(answered(Code.BROKEN_JSON, "{\"hour\": 9}")).isEmpty();
        assertThat(answered(Code.BROKEN_JSON, "{x} is a set: it has one element")).isEmpty();
    }
}
