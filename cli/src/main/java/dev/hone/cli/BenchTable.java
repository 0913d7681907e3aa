package dev.hone.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.DoubleFunction;
import tools.jackson.databind.JsonNode;

/** The result of a benchmark for people, in 80 columns. */
final class BenchTable {
    private static final int LABEL_WIDTH = 24;

    /** Of now, planned, what differs, before, and change. */
    private static final int[] WIDTHS = {12, 12, 9, 12, 9};

    /** Most operations that are shown by themselves, and the least share of a step they have. */
    private static final int MOST_OPERATIONS = 15;

    private static final double LEAST_SHARE = 0.01;

    private static final int OPERATION_WIDTH = 50;

    /** Steps of an idle machine differ by less. */
    private static final double STEADY = 1.5;

    private final JsonNode json;
    private final PrintWriter out;

    BenchTable(JsonNode json, PrintWriter out) {
        this.json = json;
        this.out = out;
    }

    private String text(String key) {
        return json.path(key).asString("");
    }

    private double number(String key) {
        return json.path(key).asDouble();
    }

    private String count(String key) {
        return Units.count(number(key));
    }

    private String whole(String key) {
        return String.format(Locale.ROOT, "%,d", json.path(key).asLong());
    }

    private String bytes(String key) {
        return Units.bytes(json.path(key).asLong());
    }

    private void line(String label, String text) {
        Wrapping.print(out, "  ", "%-9s%s".formatted(label, text));
    }

    /** What is measured, and its plan. */
    void head() {
        out.println("Benchmark of a training step");
        line(
                "machine",
                "%s: %s, %s".formatted(text("device"), text("device_name"), text("kernels")));
        line(
                "model",
                "%s: %s, %s layers, width %s, %s parameters"
                        .formatted(
                                text("shape"),
                                text("family"),
                                whole("layers"),
                                whole("hidden_size"),
                                count("parameters")));
        line("method", method() + "; trains " + count("trainable_parameters"));
        boolean parts = number("micro_batch_tokens") < number("tokens_per_step");
        line(
                "step",
                "%s tokens in %s rows of %s%s"
                        .formatted(
                                whole("tokens_per_step"),
                                whole("rows"),
                                whole("length"),
                                parts
                                        ? ", at most %s at once"
                                                .formatted(whole("micro_batch_tokens"))
                                        : ""));
        line(
                "memory",
                "%s planned%s; layers keep %s%s"
                        .formatted(
                                bytes("planned_peak_live_bytes"),
                                json.has("memory_limit_bytes")
                                        ? " of " + bytes("memory_limit_bytes")
                                        : "",
                                text("keeps"),
                                json.has("off_device") ? "; " + text("off_device") : ""));
        out.flush();
    }

    private String method() {
        StringBuilder method = new StringBuilder(text("method"));
        if (json.has("quantization")) {
            method.append(" in ").append(text("quantization"));
        }
        if (json.has("rank")) {
            method.append(" of rank ").append(whole("rank"));
        }
        method.append(text("dtype").equals("BF16") ? ", bf16" : ", fp32");
        method.append(", ").append(text("optimizer"));
        if (text("master").equals("none")) {
            method.append(" without masters");
        }
        if (text("update").equals("in_backward")) {
            method.append(" within the backward pass");
        }
        return method.toString();
    }

    /** What came of it. */
    void result() {
        if (compared()) {
            cells("", "now", "planned", "differs", "before", "change");
        } else {
            cells("", "now", "planned", "differs");
        }
        row(
                "step, median of " + whole("steps"),
                "median_step_s",
                "planned_step_s",
                BenchTable::seconds);
        row("  fastest", "fastest_step_s", BenchTable::seconds);
        row("  slowest", "slowest_step_s", BenchTable::seconds);
        row("tokens a second", "tokens_per_second", BenchTable::perSecond);
        row("share of matmul peak", "share_of_peak", BenchTable::percent);
        if (recomputes()) {
            row("  nothing done twice", "share_of_peak_without_recomputation", BenchTable::percent);
        }
        memory("live tensors, peak", "peak_live_bytes", "planned_peak_live_bytes");
        memory("allocated, peak", "allocated_bytes", "planned_peak_live_bytes");
        memory("reserved, peak", "reserved_bytes", "planned_reserved_bytes");
        memory(
                json.has("allocated_bytes") ? "card in use" : "process, peak",
                "peak_bytes",
                "planned_peak_bytes");
        if (json.has("operations")) {
            operations();
        }
        notes();
    }

    private boolean compared() {
        return json.has("previous");
    }

    private boolean recomputes() {
        return number("step_flops") > number("step_flops_without_recomputation");
    }

    private void cells(String label, String... cells) {
        StringBuilder line = new StringBuilder("  ").append(label);
        int width = LABEL_WIDTH;
        for (int i = 0; i < cells.length; i++) {
            width += WIDTHS[i];
            line.append(" ".repeat(Math.max(1, width - line.length() - cells[i].length())));
            line.append(cells[i]);
        }
        out.println(line.toString().stripTrailing());
    }

    private void row(String label, String key, DoubleFunction<String> show) {
        row(label, key, "", show);
    }

    private void memory(String label, String key, String plannedKey) {
        if (json.has(key)) {
            row(label, key, plannedKey, bytes -> Units.bytes(Math.round(bytes)));
        }
    }

    /** Beside what was planned and what it was before, as far as they are known. */
    private void row(String label, String key, String plannedKey, DoubleFunction<String> show) {
        double now = number(key);
        JsonNode planned = json.path(plannedKey);
        JsonNode before = json.path("previous").path(key);
        JsonNode change = json.path("change_percent").path(key);
        cells(
                label,
                show.apply(now),
                planned.isNumber() ? show.apply(planned.asDouble()) : "",
                planned.isNumber() ? signed(100 * (now / planned.asDouble() - 1)) : "",
                before.isNumber() ? show.apply(before.asDouble()) : "",
                change.isNumber() ? signed(change.asDouble()) : "");
    }

    private static String seconds(double seconds) {
        return seconds < 1
                ? String.format(Locale.ROOT, "%.1f ms", 1e3 * seconds)
                : String.format(Locale.ROOT, seconds < 100 ? "%.3f s" : "%.1f s", seconds);
    }

    private static String perSecond(double number) {
        return String.format(Locale.ROOT, number < 100 ? "%.1f" : "%,.0f", number);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String signed(double percent) {
        return percent == 0 ? "none" : String.format(Locale.ROOT, "%+.1f %%", percent);
    }

    private void operations() {
        operation("where the time goes", "calls", "time", "share");
        double rest = 1;
        long calls = 0;
        int shown = 0;
        int more = 0;
        for (JsonNode operation : json.get("operations")) {
            double share = operation.get("share").asDouble();
            if (shown < MOST_OPERATIONS && share >= LEAST_SHARE) {
                operation(
                        shapes(operation.get("operation").asString()),
                        operation.get("calls_per_step").asLong(),
                        share);
                rest -= share;
                shown++;
            } else {
                calls += operation.get("calls_per_step").asLong();
                more++;
            }
        }
        operation("%d more, and what is between them".formatted(more), calls, rest);
    }

    private void operation(String name, long calls, double share) {
        operation(
                name,
                String.format(Locale.ROOT, "%,d", calls),
                seconds(share * number("mean_step_s")),
                percent(share));
    }

    private void operation(String name, String calls, String time, String share) {
        String fitting =
                name.length() <= OPERATION_WIDTH
                        ? name
                        : name.substring(0, OPERATION_WIDTH - 3) + "...";
        out.println("  %-50s%8s%11s%9s".formatted(fitting, calls, time, share));
    }

    /** {@code [128, 256]} is {@code 128x256}. */
    private static String shapes(String operation) {
        return operation.replace(", ", "x").replace("[", "").replace("]", "");
    }

    private void note(String text) {
        Wrapping.print(out, "  ", text);
    }

    private void notes() {
        note(
                "Share of peak: a step computes %s; products of large matrices reach %sFLOP/s here."
                        .formatted(flops("step_flops"), count("matmul_peak_flops")));
        if (recomputes()) {
            note(
                    "Nothing done twice: %s, as when layers keep everything."
                            .formatted(flops("step_flops_without_recomputation")));
        }
        if (number("slowest_step_s") > STEADY * number("fastest_step_s")) {
            note("Steps are far apart: is something else running here?");
        }
        if (json.has("operations")) {
            note("Each operation was waited for, which takes time of its own.");
        }
        if (compared()) {
            JsonNode previous = json.get("previous");
            note(
                    "Before: %s, hone %s."
                            .formatted(
                                    previous.path("date")
                                            .asString("")
                                            .replace("T", " ")
                                            .replace("Z", " UTC"),
                                    previous.path("hone_version").asString("")));
        }
        if (json.has("calibration_factor")) {
            note(
                    String.format(
                            Locale.ROOT,
                            "Calibration: %.2f times the roofline, in %s.",
                            number("calibration_factor"),
                            text("calibration_file")));
        }
    }

    private String flops(String key) {
        double token = number(key) / number("tokens_per_step");
        return String.format(
                Locale.ROOT,
                "%sFLOP a token, %.2f a parameter",
                Units.count(token),
                token / number("parameters"));
    }
}
