package dev.hone.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code hone} command. */
@Command(
        name = "hone",
        version = "hone " + Hone.VERSION,
        mixinStandardHelpOptions = true,
        description = "Fine-tunes large language models from the JVM.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QuickstartCommand.class,
            DataCommand.class,
            PlanCommand.class,
            GpusCommand.class,
            AdviseCommand.class,
            TrainCommand.class,
            QuantizeCommand.class,
            ChatCommand.class,
            ScoreCommand.class,
            BenchCommand.class,
            DoctorCommand.class
        },
        footer = {
            "",
            "Start with:  hone quickstart",
            "Exit codes:  0 done, 1 a fault of Hone's, 2 bad input, 3 the machine will not do, 130 stopped"
        })
public final class Hone implements Runnable {
    static final String VERSION = "0.1.0";

    @Spec private CommandSpec spec = CommandSpec.create();

    Hone() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        return command().execute(arguments);
    }

    /** The command with everything that reports its faults. */
    static CommandLine command() {
        return new CommandLine(new Hone())
                .setExecutionExceptionHandler(new Failures())
                .setParameterExceptionHandler(Hone::badArguments)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static int badArguments(ParameterException e, String... arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("hone: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println(
                    "See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        }
        return Exit.BAD_INPUT;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
