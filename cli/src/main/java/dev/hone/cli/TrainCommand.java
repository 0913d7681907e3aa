package dev.hone.cli;

import dev.hone.train.RunFile;
import dev.hone.train.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains as a run file says. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains as a run file says; docs/run-file.md lists its keys.")
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN.yml", description = "The run file.")
    private Path file = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the run file, such as training.learning_rate=1e-4.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--resume",
            description = "Go on from the newest checkpoint in the output folder.")
    private boolean resume;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Mixin private RunOptions options = new RunOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    TrainCommand() {}

    @Override
    public Integer call() throws IOException {
        RunFile run = RunFile.read(file, overrides);
        PrintWriter out = spec.commandLine().getOut();
        try (TrainingSession session =
                TrainingSession.open(run, engine.open(), resume, options, out)) {
            return session.train() == TrainingRun.End.FINISHED ? Exit.OK : Exit.STOPPED;
        }
    }
}
