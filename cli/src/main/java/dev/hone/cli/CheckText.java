package dev.hone.cli;

import dev.hone.data.check.CheckReport;
import dev.hone.data.check.Coverage;
import dev.hone.data.check.Finding;
import dev.hone.data.check.Severity;
import java.io.PrintWriter;
import java.util.List;

/** What {@code hone data check} says to a person. */
final class CheckText {
    /** Findings of a code that are printed. */
    private static final int SHOWN = 3;

    private static final int BAR = 20;

    private final PrintWriter out;
    private final boolean colour;
    private final boolean places;

    /**
     * @param places whether to print where the first findings are
     */
    CheckText(PrintWriter out, boolean colour, boolean places) {
        this.out = out;
        this.colour = colour;
        this.places = places;
    }

    void print(CheckReport report) {
        out.printf("%s: %s%n", rows(report), verdict(report));
        report.tokens()
                .ifPresent(tokens ->
                        out.printf(
                                "%,d tokens, of which %,d are trained; the longest row has %,d%n",
                                tokens.tokens(), tokens.trained(), tokens.longest()));
        report.counts().forEach(this::print);
        report.coverage().ifPresent(this::print);
        out.flush();
    }

    static String rows(CheckReport report) {
        return "%,d rows%s"
                .formatted(
                        report.rows(),
                        report.holdoutRows() > 0
                                ? " and %,d held back".formatted(report.holdoutRows())
                                : "");
    }

    static String verdict(CheckReport report) {
        return report.counts().isEmpty()
                ? "nothing found"
                : "%s, %s, %s"
                        .formatted(
                                counted(report, Severity.ERROR),
                                counted(report, Severity.WARNING),
                                counted(report, Severity.NOTE));
    }

    private static String counted(CheckReport report, Severity severity) {
        long count = report.count(severity);
        return "%,d %s%s".formatted(count, severity.label(), count == 1 ? "" : "s");
    }

    private void print(CheckReport.CodeCount one) {
        out.println();
        out.printf(
                "%s  %,d × %s%n",
                paint(one.code().severity(), one.code().severity().label() + " " + one.code().id()),
                one.count(),
                one.code().title());
        if (places) {
            List<Finding> first = one.first();
            for (Finding finding : first.subList(0, Math.min(SHOWN, first.size()))) {
                out.printf("    %s: %s%n", finding.place(), said(finding));
            }
            if (one.count() > SHOWN) {
                out.printf("    and %,d more (--all prints them)%n", one.count() - SHOWN);
            }
        }
        out.printf("    → %s%n", one.code().advice());
    }

    private static String said(Finding finding) {
        return finding.accepted().isEmpty()
                ? finding.found()
                : finding.found() + "; expected " + finding.accepted();
    }

    private void print(Coverage coverage) {
        out.println();
        boolean held = coverage.holdoutRows() > 0;
        out.printf(
                "Kinds of input%s, %s%n",
                coverage.exact()
                        ? ""
                        : " (counts estimated from %,d rows)".formatted(coverage.sampled()),
                held ? "with rows and held-back rows of each" : "with rows of each");
        for (Coverage.Cluster cluster : coverage.clusters()) {
            double share = (double) cluster.rows() / coverage.rows();
            out.printf(
                    "  %,8d%s  %-" + BAR + "s  %s  (%s)%n",
                    cluster.rows(),
                    held ? " %,6d".formatted(cluster.holdoutRows()) : "",
                    "█".repeat((int) Math.max(1, Math.round(share * BAR))),
                    cluster.name(),
                    cluster.typical());
        }
    }

    private String paint(Severity severity, String text) {
        if (!colour) {
            return text;
        }
        String start =
                switch (severity) {
                    case ERROR -> "\033[1;31m";
                    case WARNING -> "\033[1;33m";
                    case NOTE -> "\033[1;36m";
                };
        return start + text + "\033[0m";
    }
}
