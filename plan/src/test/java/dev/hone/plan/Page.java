package dev.hone.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A page of Markdown tables that a test generates. */
final class Page {
    private final List<String> lines = new ArrayList<>();

    void text(String text) {
        if (!lines.isEmpty()) {
            lines.add("");
        }
        lines.add(text);
    }

    void table(String... columns) {
        lines.add("");
        row(columns);
        lines.add("|---".repeat(columns.length) + "|");
    }

    void row(String... cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    String markdown() {
        return String.join("\n", lines) + "\n";
    }

    /** Decimal gigabytes, as the claims have them. */
    static String gb(double bytes) {
        return number(bytes / 1e9) + " GB";
    }

    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, format, value);
    }
}
