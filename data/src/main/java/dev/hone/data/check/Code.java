package dev.hone.data.check;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a finding is about. The {@link #id()} is stable: scripts may rely on it. The order here is
 * the order of reports, worst severity first.
 */
public enum Code {
    BAD_JSON(Severity.ERROR, "not JSON", "Correct the line, or take it out."),
    BAD_ENCODING(
            Severity.ERROR,
            "not text a tokenizer can read",
            "Save the file as UTF-8; take out zero characters and halves of surrogate pairs."),
    BAD_ROW(
            Severity.ERROR,
            "a row of no known format",
            "Bring the row into a format that docs/data.md lists."),
    BAD_ROLE(Severity.ERROR, "an unknown role", "Use one of the accepted roles."),
    EMPTY_ANSWER(Severity.ERROR, "an empty answer", "Write an answer, or take the row out."),
    NO_TRAINED_TOKEN(
            Severity.ERROR,
            "nothing in the row is trained",
            "Give the row an answer with a weight above 0, shorten what stands before it, or take"
                    + " the row out."),
    NOT_TRAINABLE(
            Severity.ERROR,
            "the model's template or tokenizer refuses the row",
            "Change the row as the message says, or take another chat template."),
    TOO_LONG(
            Severity.ERROR,
            "longer than max_length",
            "Raise max_length, shorten the row, or set too_long to drop or truncate."),
    BAD_TOOL_CALL(
            Severity.ERROR,
            "a tool call that does not fit the tools",
            "Correct the call or the tool's schema: a model learns to make the same mistake."),
    SECRET(
            Severity.ERROR,
            "a key or password",
            "Revoke it, then take it out: what is trained can be asked for."),
    LEAK(
            Severity.ERROR,
            "a held-back row that is trained too",
            "Take it out of one of the two files; otherwise the result looks better than it is."),
    NEAR_LEAK(
            Severity.WARNING,
            "a held-back row that is nearly a trained one",
            "Take one of the two out; otherwise the result looks better than it is."),
    TURN_ORDER(
            Severity.WARNING,
            "turns in an unusual order",
            "Let the user and the assistant take turns, a system text first, an answer last."),
    EMPTY_INPUT(Severity.WARNING, "an empty turn", "Write the turn, or take it out."),
    TOOL_SCHEMA(
            Severity.WARNING,
            "a tool whose parameters are no JSON schema",
            "Use the types of JSON schema (object, array, string, number, integer, boolean, null),"
                    + " and no references to elsewhere."),
    CUT_OFF(
            Severity.WARNING,
            "an answer that seems cut off",
            "Complete the answer: a model learns to stop in mid-sentence."),
    EXACT_DUPLICATE(
            Severity.WARNING,
            "the same row twice",
            "Keep one; 'hone data fix' does. Repeats count double and are learned by heart."),
    NEAR_DUPLICATE(
            Severity.WARNING,
            "nearly the same row twice",
            "Keep the better one, unless the difference is the point."),
    CONFLICTING_ANSWERS(
            Severity.WARNING,
            "different answers to the same input",
            "Keep the better answer, or make the inputs say what tells them apart."),
    REFUSAL(
            Severity.WARNING,
            "an answer that refuses",
            "Keep it only if the model is to refuse such requests."),
    BOILERPLATE(
            Severity.WARNING,
            "words of another assistant",
            "Take the phrase out, or the model will speak of itself like that."),
    PLACEHOLDER(
            Severity.WARNING,
            "a placeholder left in an answer",
            "Fill it in, or the model will answer with it."),
    BROKEN_JSON(
            Severity.WARNING,
            "an answer that is almost JSON",
            "Correct the JSON, or the model learns to write it broken."),
    JSON_KEYS(
            Severity.WARNING,
            "JSON with other keys than the rest",
            "Use the same keys and types in all answers to the same task."),
    LANGUAGE_SWITCH(
            Severity.WARNING,
            "an answer in another language than its input",
            "Answer in the language of the question, unless another one is asked for."),
    MOJIBAKE(
            Severity.WARNING,
            "text decoded with the wrong character set",
            "Repair it; 'hone data fix' does where the original is certain."),
    REPLACEMENT_CHARACTER(
            Severity.WARNING,
            "a character that was lost",
            "Restore it from where the text came from."),
    CONTROL_CHARACTER(
            Severity.WARNING,
            "an invisible control character",
            "Take it out; 'hone data fix' does."),
    EMAIL(Severity.WARNING, "an e-mail address", "Take it out, or put an invented one in."),
    PHONE(Severity.WARNING, "a telephone number", "Take it out, or put an invented one in."),
    CARD(Severity.WARNING, "a payment card number", "Take it out, or put an invented one in."),
    IBAN(Severity.WARNING, "a bank account number", "Take it out, or put an invented one in."),
    HOLDOUT_GAP(
            Severity.WARNING,
            "a kind of input that the holdout does not measure",
            "Move some rows of this kind to the holdout."),
    RARE_LANGUAGE(
            Severity.NOTE,
            "a language that few rows are in",
            "Take the rows out, or add more if the model is to speak it."),
    OUTLIER_LENGTH(
            Severity.NOTE, "an answer far longer or shorter than the rest", "Look at the row."),
    EDGE_WHITESPACE(
            Severity.NOTE,
            "spaces around an answer",
            "Trim it; 'hone data fix' does. A model learns the spaces too."),
    MASK_REMARK(
            Severity.NOTE,
            "what the chat template does to training",
            "Read docs/data.md on what is trained, and look at the row with 'hone data show'."),
    UNUSED_KEY(
            Severity.NOTE, "a key that is not used", "Nothing, if the key is not meant to matter.");

    private final Severity severity;
    private final String title;
    private final String advice;

    Code(Severity severity, String title, String advice) {
        this.severity = severity;
        this.title = title;
        this.advice = advice;
    }

    /** The stable name, for example {@code near-duplicate}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code of an {@link #id()}. */
    public static Optional<Code> of(String id) {
        return Arrays.stream(values()).filter(code -> code.id().equals(id)).findFirst();
    }

    public Severity severity() {
        return severity;
    }

    /** What it is, in a few words. */
    public String title() {
        return title;
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }
}
