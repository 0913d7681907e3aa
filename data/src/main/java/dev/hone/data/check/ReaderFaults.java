package dev.hone.data.check;

import dev.hone.data.Problem;
import java.util.regex.Pattern;

/**
 * Gives the faults of {@link dev.hone.data.RowReader} their codes. The reader words each fault
 * once, for people; which kind it is shows in fixed parts of that wording, and a test holds every
 * kind against the reader itself.
 */
final class ReaderFaults {

    private static final String EXPECTED = "; expected ";

    private static final Pattern JSON =
            Pattern.compile(
                    "not one JSON object on one line.*|not valid JSON.*|more text follows.*|the row is .*; expected a JSON object.*",
                    Pattern.DOTALL);
    private static final Pattern ENCODING =
            Pattern.compile(
                    "the line is not valid UTF-8.*|.* holds (a zero character|half a surrogate pair).*",
                    Pattern.DOTALL);
    private static final Pattern ROLE =
            Pattern.compile("\\S+\\.(role|from) is .*; expected one of .*", Pattern.DOTALL);
    private static final Pattern EMPTY =
            Pattern.compile(
                    "\\S+ is empty, and it is to be trained; .*|(output|completion|history\\[\\d+\\]\\[1\\]) is empty; .*");
    private static final Pattern TOOL_CALL =
            Pattern.compile("\\S*(tool_calls|function_call)\\S* .*", Pattern.DOTALL);

    private ReaderFaults() {}

    static Finding finding(Problem problem) {
        String text = problem.text();
        String masked = Sensitive.mask(text);
        int expected = masked.lastIndexOf(EXPECTED);
        return new Finding(
                Place.of(problem.source()),
                code(text),
                expected < 0 ? masked : masked.substring(0, expected),
                expected < 0 ? "" : masked.substring(expected + EXPECTED.length()));
    }

    private static Code code(String text) {
        if (JSON.matcher(text).matches()) {
            return Code.BAD_JSON;
        }
        if (ENCODING.matcher(text).matches()) {
            return Code.BAD_ENCODING;
        }
        if (ROLE.matcher(text).matches()) {
            return Code.BAD_ROLE;
        }
        if (EMPTY.matcher(text).matches()) {
            return Code.EMPTY_ANSWER;
        }
        return TOOL_CALL.matcher(text).matches() ? Code.BAD_TOOL_CALL : Code.BAD_ROW;
    }
}
