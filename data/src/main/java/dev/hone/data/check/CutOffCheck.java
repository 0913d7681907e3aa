package dev.hone.data.check;

import java.util.Optional;
import java.util.Set;

/**
 * Answers that end in the middle: in a block of code that is never closed, in a comma, in a word
 * that begins something, or, where the rest is prose in full sentences, in a sentence without its
 * end.
 */
record CutOffCheck() implements Check.OfRow {

    /** Words that no English sentence ends with. */
    private static final Set<String> BEGINNING =
            Set.of(
                    "the",
                    "a",
                    "an",
                    "and",
                    "or",
                    "but",
                    "of",
                    "because",
                    "which",
                    "whose",
                    "their",
                    "your",
                    "our",
                    "its",
                    "into",
                    "than",
                    "if",
                    "from",
                    "as",
                    "although",
                    "while",
                    "between",
                    "including",
                    "such",
                    "every",
                    "is",
                    "are",
                    "was",
                    "were",
                    "has",
                    "und",
                    "oder",
                    "der",
                    "die",
                    "das",
                    "ein",
                    "eine",
                    "mit",
                    "von",
                    "für",
                    "weil",
                    "et",
                    "ou",
                    "le",
                    "les",
                    "des",
                    "une",
                    "dans",
                    "avec",
                    "que",
                    "y",
                    "los",
                    "las",
                    "una",
                    "por");

    /** A sentence cut off is only told from a heading or a name in a line of prose. */
    private static final int PROSE = 60;

    private static final int FEWEST_WORDS = 4;

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part answer : row.answers()) {
            String text = answer.text().stripTrailing();
            why(text)
                    .ifPresent(reason ->
                            out.add(
                                    row,
                                    Code.CUT_OFF,
                                    "%s %s: %s".formatted(answer.name(), reason, Excerpt.end(text)),
                                    "a complete answer"));
        }
    }

    private static Optional<String> why(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String line = text.substring(text.lastIndexOf('\n') + 1).strip();
        if (fences(text) % 2 == 1 && !line.startsWith("```")) {
            return Optional.of("ends in a block of code that is not closed");
        }
        if (line.split(" ").length < FEWEST_WORDS || looksLikeCode(text, line)) {
            return Optional.empty();
        }
        char last = text.charAt(text.length() - 1);
        if (last == ',' || last == '(' || last == '–') {
            return Optional.of("ends with \"" + last + "\"");
        }
        String word = line.substring(line.lastIndexOf(' ') + 1);
        if (BEGINNING.contains(word)) {
            return Optional.of("ends with the word \"" + word + "\"");
        }
        return endsInMidSentence(line, word)
                ? Optional.of("ends in mid-sentence")
                : Optional.empty();
    }

    /**
     * Behind the last full sentence of a line of prose stand at least two more words, and the last
     * of them is not a name, as under a letter.
     */
    private static boolean endsInMidSentence(String line, String word) {
        int sentence = endOfLastSentence(line);
        return line.length() >= PROSE
                && Character.isUpperCase(line.charAt(0))
                && sentence > 0
                && line.indexOf(' ', sentence) > 0
                && word.chars().allMatch(Character::isLowerCase);
    }

    private static int fences(String text) {
        int count = 0;
        for (String line : text.split("\n")) {
            if (line.stripLeading().startsWith("```")) {
                count++;
            }
        }
        return count;
    }

    /** Code, a formula, or a line of verse, where a comma ends many lines. */
    private static boolean looksLikeCode(String text, String line) {
        return line.indexOf('{') >= 0
                || line.indexOf('=') >= 0
                || line.indexOf(';') >= 0
                || line.indexOf('|') >= 0
                || line.startsWith("#")
                || line.startsWith("http")
                || text.startsWith("{")
                || text.startsWith("[");
    }

    /** Where the words after the last full sentence begin, -1 if there is none. */
    private static int endOfLastSentence(String line) {
        for (int i = line.length() - 3; i > 0; i--) {
            char c = line.charAt(i);
            if ((c == '.' || c == '!' || c == '?')
                    && line.charAt(i + 1) == ' '
                    && Character.isUpperCase(line.charAt(i + 2))
                    && Character.isLowerCase(line.charAt(i - 1))) {
                return i + 2;
            }
        }
        return -1;
    }
}
