package dev.hone.cli;

import dev.hone.data.check.CheckReport;
import dev.hone.data.check.CheckSpec;
import dev.hone.data.check.DataCheck;
import dev.hone.data.check.DataFix;
import dev.hone.data.check.Fix;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a cleaned copy of a file of rows. */
@Command(
        name = "fix",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a cleaned copy of a file of rows and a list of every change. The file itself is"
                    + " never touched, and nothing is overwritten.",
            "Fixes: mojibake, characters, trim, roles, empty-answers, exact-duplicates;"
                    + " docs/data-check.md says what each does."
        })
final class DataFixCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "JSON Lines or one JSON array.")
    private Path file = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "CLEAN.jsonl", description = "The copy.")
    private Path out = Path.of("");

    @Option(
            names = "--changes",
            paramLabel = "CHANGES.jsonl",
            description = "Every change: where, before, after.")
    private @Nullable Path changes;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "FIX",
            description = "Makes these fixes alone.")
    private List<String> only = List.of();

    @Option(names = "--skip", split = ",", paramLabel = "FIX", description = "Leaves these out.")
    private List<String> skip = List.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    DataFixCommand() {}

    @Override
    public Integer call() {
        Set<Fix> fixes = EnumSet.noneOf(Fix.class);
        (only.isEmpty() ? Fix.ids() : only).forEach(id -> fixes.add(fix(id)));
        skip.forEach(id -> fixes.remove(fix(id)));
        DataFix.Result result = DataFix.run(file, out, Optional.ofNullable(changes), fixes);
        PrintWriter writer = spec.commandLine().getOut();
        writer.printf(
                "%,d rows read, %,d written to %s, %,d of them changed%n",
                result.read(), result.written(), out, result.changed());
        for (Fix fix : Fix.values()) {
            if (result.counts().containsKey(fix)) {
                writer.printf("  %,8d  %s: %s%n", result.counts().get(fix), fix.id(), fix.what());
            }
        }
        printLeft(writer);
        return Exit.OK;
    }

    private static Fix fix(String id) {
        return Fix.of(id)
                .orElseThrow(() ->
                        new BadInputException(
                                "there is no fix '%s'; expected one of %s"
                                        .formatted(id, String.join(", ", Fix.ids()))));
    }

    private void printLeft(PrintWriter writer) {
        CheckReport report =
                DataCheck.run(
                        new CheckSpec(List.of(out), Optional.empty(), Optional.empty()), _ -> {});
        if (report.counts().isEmpty()) {
            writer.println("Nothing is left to do.");
            return;
        }
        writer.println("Left for you:");
        for (CheckReport.CodeCount one : report.counts()) {
            writer.printf(
                    "  %,8d  %s %s: %s%n",
                    one.count(),
                    one.code().severity().label(),
                    one.code().id(),
                    one.code().title());
        }
        writer.printf("See them with:  hone data check %s%n", out);
    }
}
