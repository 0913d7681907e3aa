package dev.hone.cli;

import dev.hone.data.check.CheckReport;
import dev.hone.data.check.Coverage;
import dev.hone.data.check.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code hone data check --html} writes: one page that needs nothing else. */
final class CheckPage {
    private CheckPage() {}

    static void write(Path file, List<Path> files, CheckReport report) throws IOException {
        String names = files.stream().map(Path::toString).collect(Collectors.joining(", "));
        String page =
                Html.template("check.html")
                        .replace("{{name}}", Html.escape(names))
                        .replace("{{verdict}}", Html.escape(CheckText.verdict(report)))
                        .replace("{{facts}}", facts(report))
                        .replace(
                                "{{coverage}}",
                                report.coverage().map(CheckPage::coverage).orElse(""))
                        .replace(
                                "{{codes}}",
                                report.counts().stream()
                                        .map(CheckPage::code)
                                        .collect(Collectors.joining()));
        Files.writeString(file, page);
    }

    private static String facts(CheckReport report) {
        StringBuilder facts = new StringBuilder(fact("Rows", CheckText.rows(report)));
        report.tokens()
                .ifPresent(tokens ->
                        facts.append(fact("Tokens", "%,d".formatted(tokens.tokens())))
                                .append(fact("Trained tokens", "%,d".formatted(tokens.trained())))
                                .append(
                                        fact(
                                                "Longest row",
                                                "%,d tokens".formatted(tokens.longest()))));
        return facts.toString();
    }

    private static String fact(String name, String value) {
        return "<tr><th>%s</th><td>%s</td></tr>".formatted(name, Html.escape(value));
    }

    private static String code(CheckReport.CodeCount one) {
        StringBuilder rows = new StringBuilder();
        for (Finding finding : one.first()) {
            rows.append(
                    "<tr><td class=\"place\">%s</td><td>%s</td><td>%s</td></tr>"
                            .formatted(
                                    Html.escape(finding.place().toString()),
                                    Html.escape(finding.found()),
                                    Html.escape(finding.accepted())));
        }
        String more =
                one.count() > one.first().size()
                        ? "<p class=\"soft\">and %,d more; <code>hone data check --all</code> prints them</p>"
                                .formatted(one.count() - one.first().size())
                        : "";
        return """
        <details class="%s"%s><summary><span class="badge">%s</span> <b>%s</b> <span class="count">%,d</span> %s</summary>
        <p class="advice">%s</p>
        <table><tr><th>Where</th><th>Found</th><th>Expected</th></tr>%s</table>%s</details>
        """
                .formatted(
                        one.code().severity().label(),
                        one.count() <= 5 ? " open" : "",
                        one.code().severity().label(),
                        one.code().id(),
                        one.count(),
                        Html.escape(one.code().title()),
                        Html.escape(one.code().advice()),
                        rows,
                        more);
    }

    private static String coverage(Coverage coverage) {
        boolean held = coverage.holdoutRows() > 0;
        StringBuilder rows = new StringBuilder();
        for (Coverage.Cluster cluster : coverage.clusters()) {
            double share = 100.0 * cluster.rows() / coverage.rows();
            rows.append(
                    String.format(
                            Locale.ROOT,
                            "<tr><td>%s<div class=\"soft\">%s</div></td><td class=\"number\">%,d</td>%s<td class=\"track\"><div class=\"bar\" style=\"width:%.1f%%\"></div></td></tr>",
                            Html.escape(cluster.name()),
                            Html.escape(cluster.typical() + "  " + cluster.example()),
                            cluster.rows(),
                            held
                                    ? "<td class=\"number%s\">%,d</td>"
                                            .formatted(
                                                    cluster.holdoutRows() == 0 ? " none" : "",
                                                    cluster.holdoutRows())
                                    : "",
                            share));
        }
        String sampled =
                coverage.exact()
                        ? ""
                        : "<p class=\"soft\">Counts are estimated from %,d rows.</p>"
                                .formatted(coverage.sampled());
        return "<h2>Kinds of input</h2>%s<table class=\"wide\"><tr><th>Words and a typical row</th><th>Rows</th>%s<th></th></tr>%s</table>"
                .formatted(sampled, held ? "<th>Held back</th>" : "", rows);
    }
}
