package dev.hone.cli;

import dev.hone.train.MetricsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code report.html} of a run: what was trained, the loss curve, and what came of it, in one file.
 */
final class Report {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int WIDTH = 760;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int BOTTOM = 28;

    private Report() {}

    /** Writes the report from the files of the run folder. */
    static void write(Path run) throws IOException {
        List<JsonNode> steps = MetricsFile.read(run.resolve("metrics.jsonl"));
        String page =
                template()
                        .replace("{{name}}", Html.escape(String.valueOf(run.getFileName())))
                        .replace("{{facts}}", facts(run, steps))
                        .replace("{{plan}}", plan(run))
                        .replace("{{curve}}", curve(steps))
                        .replace("{{evaluation}}", evaluation(run))
                        .replace("{{answers}}", answers(run))
                        .replace(
                                "{{runfile}}",
                                Html.escape(Files.readString(run.resolve("run.yml"))));
        Files.writeString(run.resolve("report.html"), page);
    }

    private static String template() throws IOException {
        try (InputStream in = Report.class.getResourceAsStream("report.html")) {
            if (in == null) {
                throw new IllegalStateException("report.html is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String facts(Path run, List<JsonNode> steps) throws IOException {
        JsonNode plan = MAPPER.readTree(Files.readAllBytes(run.resolve("plan.json")));
        double seconds = 0;
        long peak = 0;
        long tokens = 0;
        for (JsonNode step : steps) {
            tokens += step.get("tokens").asLong();
            seconds += step.get("tokens").asLong() / step.get("tokens_per_second").asDouble();
            peak = Math.max(peak, step.get("peak_live_bytes").asLong());
        }
        return row("Steps", String.valueOf(steps.size()))
                + row("Tokens", Units.count(tokens))
                + row(
                        "Parameters trained",
                        Units.count(plan.get("trainable_parameters").asDouble()))
                + row("Loss, first step", number(steps.getFirst().get("loss").asDouble()))
                + row("Loss, last step", number(steps.getLast().get("loss").asDouble()))
                + row("Speed", "%s tokens/s".formatted(Units.count(tokens / seconds)))
                + row("Time", Units.duration(seconds))
                + row("Peak tensor memory", Units.bytes(peak));
    }

    /** Memory, time and cost: planned, after the probe, measured. */
    private static String plan(Path run) throws IOException {
        JsonNode plan = MAPPER.readTree(Files.readAllBytes(run.resolve("plan.json")));
        JsonNode measured = plan.path("measured");
        if (!measured.isObject()) {
            return "";
        }
        JsonNode probe = plan.path("probe");
        StringBuilder table =
                new StringBuilder(
                        "<h2>Plan against run</h2><table><tr><th></th><th>Planned</th><th>After the probe</th><th>Measured</th></tr>");
        table.append(
                compared(
                        "Peak tensor memory",
                        Units.bytes(plan.get("peak_live_bytes").asLong()),
                        "",
                        Units.bytes(measured.get("peak_live_bytes").asLong())));
        table.append(
                compared(
                        "Time",
                        interval(plan),
                        interval(probe),
                        Units.duration(measured.get("seconds").asDouble())));
        if (plan.has("dollars")) {
            table.append(
                    compared(
                            "Cost, at $%.2f an hour (%s)"
                                    .formatted(
                                            plan.get("dollars_per_hour").asDouble(),
                                            plan.get("price_of").asString()),
                            dollars(plan),
                            dollars(probe),
                            dollars(measured)));
        }
        return table.append("</table>").toString();
    }

    private static String compared(String name, String... values) {
        StringBuilder row = new StringBuilder("<tr><th>").append(Html.escape(name)).append("</th>");
        for (String value : values) {
            row.append("<td>").append(Html.escape(value)).append("</td>");
        }
        return row.append("</tr>").toString();
    }

    private static String interval(JsonNode node) {
        return node.has("seconds")
                ? "%s (%s to %s)"
                        .formatted(
                                Units.duration(node.get("seconds").asDouble()),
                                Units.duration(node.get("seconds_low").asDouble()),
                                Units.duration(node.get("seconds_high").asDouble()))
                : "";
    }

    private static String dollars(JsonNode node) {
        return node.has("dollars")
                ? String.format(Locale.ROOT, "$%.2f", node.get("dollars").asDouble())
                : "";
    }

    private static String evaluation(Path run) throws IOException {
        Path file = run.resolve("evaluation.json");
        if (!Files.exists(file)) {
            Path holdout = run.resolve("holdout.json");
            if (!Files.exists(holdout)) {
                return "";
            }
            JsonNode loss = MAPPER.readTree(Files.readAllBytes(holdout));
            return "<h2>Rows kept from training</h2><table>"
                    + row("Loss before", number(loss.path("loss_before").asDouble()))
                    + row("Loss after", number(loss.path("loss_after").asDouble()))
                    + "</table>";
        }
        StringBuilder rows =
                new StringBuilder(
                        "<h2>Rows kept from training</h2><table><tr><th></th><th>Rows</th><th>Base</th><th>Tuned</th></tr>");
        for (JsonNode metric : MAPPER.readTree(Files.readAllBytes(file)).path("metrics")) {
            rows.append(
                    "<tr><th>%s</th><td>%s</td><td>%s</td><td><b>%s</b></td></tr>"
                            .formatted(
                                    Html.escape(metric.get("name").asString()),
                                    metric.get("rows").asString(),
                                    percent(metric.get("base")),
                                    percent(metric.get("tuned"))));
        }
        return rows.append("</table>").toString();
    }

    private static String answers(Path run) throws IOException {
        Path file = run.resolve("evaluation.json");
        if (!Files.exists(file)) {
            return "";
        }
        StringBuilder html = new StringBuilder("<h2>Answers, before and after</h2>");
        for (JsonNode answer : MAPPER.readTree(Files.readAllBytes(file)).path("answers")) {
            html.append(
                    "<div class=\"answer\"><p class=\"ask\">%s</p><dl><dt>Base</dt><dd>%s</dd><dt>Tuned</dt><dd class=\"tuned\">%s</dd><dt>Wanted</dt><dd>%s</dd></dl></div>"
                            .formatted(
                                    Html.escape(answer.get("prompt").asString()),
                                    Html.escape(answer.get("base").asString()),
                                    Html.escape(answer.get("tuned").asString()),
                                    Html.escape(answer.get("wanted").asString())));
        }
        return html.toString();
    }

    /** The loss of every step as an SVG line, with four ticks on each axis. */
    private static String curve(List<JsonNode> steps) {
        double most = steps.stream().mapToDouble(s -> s.get("loss").asDouble()).max().orElse(1);
        StringBuilder svg =
                new StringBuilder(
                        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Loss by step\">"
                                .formatted(WIDTH, HEIGHT));
        for (int i = 0; i <= 4; i++) {
            double value = most * i / 4;
            double y = y(value, most);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>",
                            LEFT,
                            WIDTH,
                            y,
                            y,
                            LEFT - 8,
                            y + 4,
                            value));
            long step = Math.max(1, Math.round((double) steps.size() * i / 4));
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%d</text>",
                            x((int) step - 1, steps.size()),
                            HEIGHT - 8,
                            i == 4 ? "end" : "middle",
                            step));
        }
        svg.append("<polyline points=\"");
        for (int i = 0; i < steps.size(); i++) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "%.1f,%.1f ",
                            x(i, steps.size()),
                            y(steps.get(i).get("loss").asDouble(), most)));
        }
        return svg.append("\"/></svg>").toString();
    }

    private static double x(int index, int count) {
        return LEFT + (double) index / Math.max(1, count - 1) * (WIDTH - LEFT - 4);
    }

    private static double y(double loss, double most) {
        return 8 + (1 - loss / most) * (HEIGHT - BOTTOM - 16);
    }

    private static String row(String name, String value) {
        return "<tr><th>%s</th><td>%s</td></tr>".formatted(Html.escape(name), Html.escape(value));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String percent(JsonNode share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share.asDouble());
    }
}
