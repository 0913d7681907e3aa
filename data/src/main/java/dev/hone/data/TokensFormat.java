package dev.hone.data;

import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Rows that were tokenised elsewhere: {@code {"input_ids", "labels"?, "attention_mask"?}}. Without
 * labels every token is trained. Padding is refused, since sequences need none here.
 */
final class TokensFormat implements RowFormat {

    @Override
    public String name() {
        return "input_ids";
    }

    @Override
    public Set<String> required() {
        return Set.of("input_ids");
    }

    @Override
    public Set<String> optional() {
        return Set.of("labels", "attention_mask");
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        int[] ids = Fields.integers(row.path("input_ids"), "input_ids");
        if (ids.length == 0) {
            throw new RowFault("input_ids is empty; expected at least two token ids");
        }
        if (row.has("attention_mask")) {
            int[] mask = sameLength(row, "attention_mask", ids.length);
            for (int i = 0; i < mask.length; i++) {
                if (mask[i] != 1) {
                    throw new RowFault(
                            ("attention_mask[%d] is %d; expected 1 throughout: remove the"
                                            + " padding from input_ids, labels and attention_mask")
                                    .formatted(i, mask[i]));
                }
            }
        }
        int[] labels = row.has("labels") ? sameLength(row, "labels", ids.length) : ids;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != Row.Tokens.IGNORED && labels[i] != ids[i]) {
                throw new RowFault(
                        ("labels[%d] is %d and input_ids[%d] is %d; expected the same id, or"
                                        + " %d for a token that is not trained (labels are not shifted)")
                                .formatted(i, labels[i], i, ids[i], Row.Tokens.IGNORED));
            }
        }
        return new Row.Tokens(source, ids, labels);
    }

    private static int[] sameLength(JsonNode row, String key, int length) throws RowFault {
        int[] values = Fields.integers(row.path(key), key);
        if (values.length != length) {
            throw new RowFault(
                    "%s has %d entries and input_ids has %d; expected as many"
                            .formatted(key, values.length, length));
        }
        return values;
    }
}
