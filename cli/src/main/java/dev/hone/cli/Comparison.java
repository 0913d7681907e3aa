package dev.hone.cli;

import dev.hone.evaluate.Answered;
import dev.hone.evaluate.JsonCheck;
import dev.hone.evaluate.Share;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Base against tuned on the same questions. */
final class Comparison {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final List<Answered> base;
    private final List<Answered> tuned;
    private final Map<String, String> prompts;
    private final List<Metric> metrics = new ArrayList<>();

    private record Metric(String name, Share base, Share tuned) {}

    /**
     * @param prompts what was asked, by the row's source
     * @param schema for the rows whose wanted answer it accepts
     */
    Comparison(
            List<Answered> base,
            List<Answered> tuned,
            Map<String, String> prompts,
            JsonCheck schema) {
        this.base = base;
        this.tuned = tuned;
        this.prompts = prompts;
        metric("exact match", _ -> true, Answered::exact);
        metric("exact match, letters", a -> !schema.accepts(a.wanted()), Answered::exact);
        metric("exact match, JSON", a -> schema.accepts(a.wanted()), Answered::exact);
        metric(
                "valid JSON by schema",
                a -> schema.accepts(a.wanted()),
                a -> schema.accepts(a.said()));
    }

    /** Left out where it has no rows. */
    private void metric(String name, Predicate<Answered> rows, Predicate<Answered> hit) {
        List<Answered> before = base.stream().filter(rows).toList();
        List<Answered> after = tuned.stream().filter(rows).toList();
        if (!after.isEmpty()) {
            metrics.add(new Metric(name, Share.of(before, hit), Share.of(after, hit)));
        }
    }

    void print(PrintWriter out, int answers) {
        out.println();
        out.printf("%-24s %6s %14s %14s%n", "Rows kept from training", "rows", "base", "tuned");
        for (Metric metric : metrics) {
            out.printf(
                    "  %-22s %6d %14s %14s%n",
                    metric.name(),
                    metric.tuned().of(),
                    percent(metric.base()),
                    percent(metric.tuned()));
        }
        for (int i : shown(answers)) {
            out.println();
            out.println("  asked   " + prompt(i));
            out.println("  base    " + oneLine(base.get(i).said()));
            out.println("  tuned   " + oneLine(tuned.get(i).said()));
            out.println("  wanted  " + oneLine(tuned.get(i).wanted()));
        }
    }

    void write(Path file, int answers) throws IOException {
        ObjectNode json = MAPPER.createObjectNode();
        ArrayNode list = json.putArray("metrics");
        for (Metric metric : metrics) {
            ObjectNode node = list.addObject();
            node.put("name", metric.name());
            node.put("rows", metric.tuned().of());
            node.put("base", metric.base().value());
            node.put("tuned", metric.tuned().value());
        }
        ArrayNode shown = json.putArray("answers");
        for (int i : shown(answers)) {
            ObjectNode node = shown.addObject();
            node.put("source", tuned.get(i).source());
            node.put("prompt", prompt(i));
            node.put("base", base.get(i).said());
            node.put("tuned", tuned.get(i).said());
            node.put("wanted", tuned.get(i).wanted());
        }
        ArrayNode all = json.putArray("rows");
        for (int i = 0; i < tuned.size(); i++) {
            all.addObject()
                    .put("source", tuned.get(i).source())
                    .put("wanted", tuned.get(i).wanted())
                    .put("base", base.get(i).said())
                    .put("tuned", tuned.get(i).said())
                    .put("base_exact", base.get(i).exact())
                    .put("tuned_exact", tuned.get(i).exact());
        }
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }

    /** Rows spread over all of them. */
    private List<Integer> shown(int count) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < Math.min(count, tuned.size()); i++) {
            indices.add(i * tuned.size() / count);
        }
        return indices;
    }

    private String prompt(int index) {
        String source = tuned.get(index).source();
        return oneLine(prompts.getOrDefault(source, source));
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\n\\s*", " / ");
    }

    private static String percent(Share share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share.value());
    }
}
