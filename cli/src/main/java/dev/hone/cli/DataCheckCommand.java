package dev.hone.cli;

import dev.hone.data.ChatFormat;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.Tokenizer;
import dev.hone.data.TooLong;
import dev.hone.data.check.CheckReport;
import dev.hone.data.check.CheckSpec;
import dev.hone.data.check.DataCheck;
import dev.hone.data.check.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reports every fault of files of rows. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Looks for faults in rows, in one pass; docs/data-check.md lists what it finds.",
        footer = {
            "",
            "Exit codes:  0 no errors (with --strict: no warnings either), 2 errors, or bad input"
        })
final class DataCheckCommand implements Callable<Integer> {
    private static final int DEFAULT_MAX_LENGTH = 2048;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files, folders or patterns of rows.")
    private List<Path> files = List.of();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model folder: checks the rows as its tokens, too.")
    private @Nullable Path model;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Most tokens of a row, with --model; default: " + DEFAULT_MAX_LENGTH + ".")
    private @Nullable Integer maxLength;

    @Option(
            names = "--holdout",
            paramLabel = "FILE",
            description = "Rows kept from training: looks for leaks and gaps.")
    private @Nullable Path holdout;

    @Option(names = "--json", description = "Writes every finding and the summary as JSON.")
    private boolean json;

    @Option(
            names = "--html",
            paramLabel = "OUT.html",
            description = "Writes the summary as a page, too.")
    private @Nullable Path html;

    @Option(names = "--all", description = "Prints every finding, not the first few of each code.")
    private boolean all;

    @Option(names = "--strict", description = "Ends with 2 for warnings, too.")
    private boolean strict;

    @Spec private CommandSpec spec = CommandSpec.create();

    DataCheckCommand() {}

    @Override
    public Integer call() throws IOException {
        if (model == null) {
            if (maxLength != null) {
                throw new BadInputException(
                        "option --max-length counts tokens, which needs a tokenizer; give --model"
                                + " too");
            }
            return check(Optional.empty());
        }
        int most = maxLength == null ? DEFAULT_MAX_LENGTH : maxLength;
        if (most < 2) {
            throw new BadInputException(
                    "option --max-length: found %d; expected at least 2".formatted(most));
        }
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            ExampleBuilder builder =
                    new ExampleBuilder(
                            tokenizer, ChatFormat.load(model), Integer.MAX_VALUE, TooLong.DROP);
            return check(Optional.of(new CheckSpec.Tokens(builder, most)));
        }
    }

    private int check(Optional<CheckSpec.Tokens> tokens) throws IOException {
        CheckSpec checks = new CheckSpec(files, Optional.ofNullable(holdout), tokens);
        PrintWriter out = spec.commandLine().getOut();
        CheckReport report;
        if (json) {
            try (CheckJson writer = new CheckJson(out, files, Optional.ofNullable(holdout))) {
                report = DataCheck.run(checks, writer::finding);
                writer.summary(report);
            }
        } else {
            RowCounter counter =
                    new RowCounter(spec.commandLine().getErr(), !all && Terminals.isTerminal());
            report =
                    DataCheck.run(
                            checks,
                            finding -> {
                                if (all) {
                                    out.println(finding);
                                }
                            },
                            counter::show);
            counter.clear();
            new CheckText(out, Terminals.hasColour(), !all).print(report);
        }
        if (html != null) {
            CheckPage.write(html, files, report);
        }
        boolean bad =
                report.count(Severity.ERROR) > 0 || (strict && report.count(Severity.WARNING) > 0);
        return bad ? Exit.BAD_INPUT : Exit.OK;
    }
}
