package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Rows as a page: hovering over a token shows its id and weight. */
final class ShownPage {
    private ShownPage() {}

    static void write(Path page, Path file, List<ShownRow> rows) throws IOException {
        String body = rows.stream().map(ShownPage::row).collect(Collectors.joining());
        Files.writeString(
                page,
                Html.template("show.html")
                        .replace("{{name}}", Html.escape(file.toString()))
                        .replace("{{rows}}", body));
    }

    private static String row(ShownRow row) {
        String note =
                row.remarks().isEmpty()
                        ? ""
                        : "<p class=\"note\">%s</p>".formatted(Html.escape(row.remarks()));
        String text = row.pieces().stream().map(ShownPage::piece).collect(Collectors.joining());
        return "<section><h2>%s</h2><p class=\"facts\">%s</p>%s<div class=\"text\">%s</div></section>\n"
                .formatted(Html.escape(row.source()), Html.escape(row.facts()), note, text);
    }

    private static String piece(TokenPiece piece) {
        String kind =
                !piece.trained() ? "context" : piece.weight() < 1 ? "trained partly" : "trained";
        String ids =
                Arrays.stream(piece.ids())
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(", "));
        return "<span class=\"%s%s\" title=\"token %s, weight %s\">%s</span>"
                .formatted(
                        kind,
                        piece.special() ? " special" : "",
                        ids,
                        weight(piece.weight()),
                        Html.escape(piece.text()));
    }

    private static String weight(float weight) {
        return weight == Math.rint(weight)
                ? Integer.toString(Math.round(weight))
                : Float.toString(weight);
    }
}
