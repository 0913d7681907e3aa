package dev.hone.data.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Placeholders that were to be filled in before an answer is used: {@code {{name}}}, {@code [Your
 * Name]}, {@code <insert date>}. Code and placeholders that the input itself uses do not count.
 */
record PlaceholderCheck() implements Check.OfRow {

    private static final Pattern PLACEHOLDER =
            Pattern.compile(
                    "\\{\\{ ?[A-Za-z_][A-Za-z0-9_. -]{0,40} ?\\}\\}"
                            + "|\\[(?i:your|my|the|insert|enter|add|recipient|company|customer|client|user|first|last|full|current|hiring|sender)"
                            + " [A-Za-z0-9 '/_-]{2,40}\\](?!\\()"
                            + "|\\[(?:NAME|DATE|COMPANY|CITY|ADDRESS|EMAIL|PHONE|TITLE|LOCATION|PRODUCT|TODO|TBD|INSERT|PLACEHOLDER"
                            + "|Name|Date|Company|City|Address|Email|Recipient|Address|Phone Number|Email Address|Phone)\\](?!\\()"
                            + "|\\[[A-Z]{2,20}_(?:NAME|DATE|ID|EMAIL|NUMBER|ADDRESS)\\]"
                            + "|<(?i:insert|enter|your) [^<>\n]{2,40}>"
                            + "|\\$\\{[a-z_]{2,30}\\}"
                            + "|(?i:lorem ipsum dolor)");

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part answer : row.answers()) {
            if (mayHaveOne(answer.text())) {
                String prose = Prose.withoutCode(answer.text());
                Matcher matcher = PLACEHOLDER.matcher(prose);
                while (matcher.find()) {
                    String placeholder = matcher.group();
                    if (row.parts().stream()
                            .filter(part -> !part.trained())
                            .noneMatch(part -> part.text().contains(placeholder))) {
                        out.add(
                                row,
                                Code.PLACEHOLDER,
                                "%s holds %s: %s"
                                        .formatted(
                                                answer.name(),
                                                placeholder,
                                                Excerpt.around(
                                                        prose, matcher.start(), matcher.end())),
                                "the text that belongs there");
                        break;
                    }
                }
            }
        }
    }

    private static boolean mayHaveOne(String text) {
        return text.indexOf('[') >= 0
                || text.indexOf('<') >= 0
                || text.indexOf('{') >= 0
                || text.contains("orem ipsum");
    }
}
