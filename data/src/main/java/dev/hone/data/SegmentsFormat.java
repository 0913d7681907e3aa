package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Template-free rows as Axolotl's {@code input_output} has them: {@code {"segments": [{"label":
 * true | false, "text"}, …]}}. Texts are tokenised one by one as they stand; those with label true
 * are trained. Markers that begin and end a turn must be in the texts.
 */
final class SegmentsFormat implements RowFormat {

    @Override
    public String name() {
        return "segments";
    }

    @Override
    public Set<String> required() {
        return Set.of("segments");
    }

    @Override
    public Set<String> optional() {
        return Set.of();
    }

    @Override
    public Row read(String source, JsonNode row, Consumer<String> ignored) throws RowFault {
        JsonNode array = row.path("segments");
        if (!array.isArray() || array.isEmpty()) {
            throw new RowFault(
                    "segments is %s; expected an array of {label, text}"
                            .formatted(
                                    array.isArray() ? "an empty array" : Fields.describe(array)));
        }
        List<Row.Segment> segments = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode label = array.get(i).path("label");
            String name = "segments[" + i + "]";
            if (!label.isBoolean()) {
                throw new RowFault(
                        "%s.label is %s; expected true or false"
                                .formatted(name, Fields.describe(label)));
            }
            segments.add(
                    new Row.Segment(
                            Fields.text(array.get(i).path("text"), name + ".text"),
                            label.booleanValue()));
        }
        return new Row.Segments(source, segments);
    }
}
