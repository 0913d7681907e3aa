package dev.hone.data.check;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Answers that begin and look like a JSON object and are none. */
record BrokenJsonCheck() implements Check.OfRow {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part answer : row.answers()) {
            String text = answer.text().strip();
            if (begins(text)) {
                try {
                    MAPPER.readTree(text);
                } catch (JacksonException e) {
                    out.add(
                            row,
                            Code.BROKEN_JSON,
                            "%s is not JSON at line %d, column %d of it: %s"
                                    .formatted(
                                            answer.name(),
                                            e.getLocation().getLineNr(),
                                            e.getLocation().getColumnNr(),
                                            Excerpt.end(text)),
                            "one JSON object");
                }
            }
        }
    }

    /** A brace and then a quoted key, which nothing else begins with. */
    private static boolean begins(String text) {
        return text.startsWith("{")
                && text.substring(1).stripLeading().startsWith("\"")
                && text.indexOf(':') > 0;
    }
}
