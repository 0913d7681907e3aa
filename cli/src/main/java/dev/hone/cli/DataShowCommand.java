package dev.hone.cli;

import dev.hone.data.Built;
import dev.hone.data.ChatFormat;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.Problem;
import dev.hone.data.Row;
import dev.hone.data.RowReader;
import dev.hone.data.RowSink;
import dev.hone.data.Tokenizer;
import dev.hone.data.TooLong;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows rows as the model trains on them. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Shows rows as the model sees them, and which tokens are trained: the very tokens and"
                    + " weights of a run.",
            "Trained text is coloured in a terminal, and elsewhere, or with NO_COLOR, stands in"
                    + " ⟦ ⟧."
        })
final class DataShowCommand implements Callable<Integer> {
    private static final int DEFAULT_ROWS = 3;

    @Parameters(paramLabel = "FILE", description = "A file of rows.")
    private Path file = Path.of("");

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
    private Path model = Path.of("");

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "How many rows, from the first on; default: " + DEFAULT_ROWS + ".")
    private @Nullable Integer rows;

    @Option(names = "--row", paramLabel = "LINE", description = "The row of this line alone.")
    private @Nullable Long line;

    @Option(names = "--tokens", description = "Shows where each token ends.")
    private boolean tokens;

    @Option(names = "--html", paramLabel = "OUT.html", description = "Writes a page instead.")
    private @Nullable Path html;

    @Spec private CommandSpec spec = CommandSpec.create();

    DataShowCommand() {}

    @Override
    public Integer call() throws IOException {
        if (rows != null && line != null) {
            throw new BadInputException("options --rows and --row: give one of them");
        }
        if (rows != null && rows < 1) {
            throw new BadInputException(
                    "option --rows: found %d; expected at least 1".formatted(rows));
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            ExampleBuilder builder =
                    new ExampleBuilder(
                            tokenizer, ChatFormat.load(model), Integer.MAX_VALUE, TooLong.DROP);
            List<ShownRow> shown = new ArrayList<>();
            for (Row row : wanted()) {
                shown.add(ShownRow.of(row, builder, tokenizer));
            }
            if (html != null) {
                ShownPage.write(html, file, shown);
                out.printf("%,d rows in %s%n", shown.size(), html);
            } else {
                ShownText text = new ShownText(out, Terminals.hasColour(), tokens);
                shown.forEach(text::print);
            }
            out.flush();
            return shown.stream().anyMatch(row -> row.built() instanceof Built.Faulty)
                    ? Exit.BAD_INPUT
                    : Exit.OK;
        }
    }

    /** The rows asked for; reading ends with the last of them. */
    private List<Row> wanted() {
        int most = rows == null ? DEFAULT_ROWS : rows;
        List<Row> found = new ArrayList<>();
        try {
            RowReader.read(
                    file,
                    new RowSink() {
                        @Override
                        public void row(Row row) {
                            if (line == null || row.source().endsWith(":" + line)) {
                                found.add(row);
                            }
                            if (found.size() == (line == null ? most : 1)) {
                                throw new Enough();
                            }
                        }

                        @Override
                        public void problem(Problem problem) {
                            if (line == null || problem.source().endsWith(":" + line)) {
                                throw new BadInputException(problem.toString());
                            }
                        }
                    });
        } catch (Enough _) {
            return found;
        }
        if (found.isEmpty()) {
            throw new BadInputException(
                    "%s: no row begins in line %s; 'hone data show --rows' shows the first ones"
                            .formatted(file, line));
        }
        return found;
    }

    /** Ends the reading of a file whose rest nobody asked for. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;

        Enough() {
            super("enough rows", null, false, false);
        }
    }
}
