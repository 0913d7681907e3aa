package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A page of Markdown tables that a test generates. */
final class Page {
    private static final String REGENERATE = "HONE_WRITE_DOCS";

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

    /** Compares the page with its file; writes it first when the environment asks for that. */
    void check(Path file, String test) throws IOException {
        if (System.getenv(REGENERATE) != null) {
            Files.writeString(file, markdown());
        }
        assertThat(Files.readString(file))
                .as(
                        "%s differs from what the planner says; write it anew with: %s=1 ./hone test -pl :hone-plan -am -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false",
                        file, REGENERATE, test)
                .isEqualTo(markdown());
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
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.5f";
        return String.format(Locale.ROOT, format, value);
    }
}
