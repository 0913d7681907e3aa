package dev.hone.data.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * JSON answers with other keys or types than nearly all others to the same system text. What it
 * keeps is each different shape once, with the numbers of its first rows.
 */
final class JsonKeysCheck implements Check.OfAll<JsonKeysCheck.Sketch> {

    /** JSON answers from which a custom shows. */
    private static final int FEWEST_ROWS = 20;

    /** Share of the rows that make a custom, and share up to which others break it. */
    private static final double CUSTOM = 0.8;

    private static final double RARE = 0.05;

    /** Beyond so many shapes there is no custom to find. */
    private static final int MOST_SHAPES = 1_000;

    /** Rows of a shape that can be reported. */
    private static final int MOST_ROWS = 10_000;

    private final Places places;
    private final Map<Task, Rows> shapes = new LinkedHashMap<>();

    /**
     * @param system hash of the system text, which says what the task is
     * @param shape of the last answer
     */
    record Sketch(int system, Optional<JsonShape> shape) {}

    private record Task(int system, JsonShape shape) {}

    /** Rows of one shape. */
    private static final class Rows {
        private final List<Integer> first = new ArrayList<>();
        private long count;
    }

    JsonKeysCheck(Places places) {
        this.places = places;
    }

    @Override
    public Sketch sketch(CheckedRow row) {
        return new Sketch(
                row.said(CheckedRow.Speaker.SYSTEM).hashCode(),
                row.lastAnswer().flatMap(answer -> JsonShape.of(answer.text())));
    }

    @Override
    public void add(CheckedRow row, Sketch sketch, Findings out) {
        if (sketch.shape().isEmpty()) {
            return;
        }
        Task task = new Task(sketch.system(), sketch.shape().get());
        if (shapes.containsKey(task) || shapes.size() < MOST_SHAPES) {
            Rows rows = shapes.computeIfAbsent(task, t -> new Rows());
            rows.count++;
            if (rows.first.size() < MOST_ROWS) {
                rows.first.add(row.number());
            }
        }
    }

    @Override
    public void finish(Findings out) {
        Map<Integer, Map<JsonShape, Rows>> bySystem = new LinkedHashMap<>();
        shapes.forEach((task, rows) ->
                bySystem.computeIfAbsent(task.system(), system -> new LinkedHashMap<>())
                        .put(task.shape(), rows));
        Map<Integer, Finding> findings = new TreeMap<>();
        bySystem.values().forEach(group -> compare(group, findings));
        findings.values().forEach(out::add);
    }

    private void compare(Map<JsonShape, Rows> group, Map<Integer, Finding> findings) {
        long total = group.values().stream().mapToLong(rows -> rows.count).sum();
        Map.Entry<JsonShape, Rows> custom =
                group.entrySet().stream()
                        .max(Comparator.comparingLong(entry -> entry.getValue().count))
                        .orElseThrow();
        if (total < FEWEST_ROWS || custom.getValue().count < CUSTOM * total) {
            return;
        }
        group.forEach((shape, rows) -> {
            String unlike = shape.unlike(custom.getKey());
            if (rows.count <= RARE * total && !unlike.isEmpty()) {
                for (int row : rows.first) {
                    findings.put(
                            row,
                            new Finding(
                                    places.get(row),
                                    Code.JSON_KEYS,
                                    "the JSON answer " + unlike,
                                    "the keys %s, as in %,d of %,d answers"
                                            .formatted(
                                                    custom.getKey(),
                                                    custom.getValue().count,
                                                    total)));
                }
            }
        });
    }
}
