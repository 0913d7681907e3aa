package dev.hone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with rows before anything is trained. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description =
                "Looks at rows before anything is trained; docs/data-check.md has the details.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DataCheckCommand.class,
            DataFixCommand.class,
            DataShowCommand.class,
            DataRenderCommand.class
        })
final class DataCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    DataCommand() {}

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
