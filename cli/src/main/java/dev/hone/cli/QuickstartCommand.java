package dev.hone.cli;

import dev.hone.data.DataException;
import dev.hone.data.DataSource;
import dev.hone.data.Example;
import dev.hone.data.Message;
import dev.hone.data.Problem;
import dev.hone.data.Row;
import dev.hone.data.RowReader;
import dev.hone.data.RowSink;
import dev.hone.evaluate.Answered;
import dev.hone.evaluate.Examination;
import dev.hone.evaluate.JsonCheck;
import dev.hone.evaluate.Task;
import dev.hone.generate.LoadedModel;
import dev.hone.generate.Sampling;
import dev.hone.train.RunFile;
import dev.hone.train.TrainingRun.End;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job on sample data: check, plan, train, compare base and tuned, chat. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description =
                "The main job on sample data, offline: checks the data, plans, trains a LoRA adapter on"
                        + " the starter model, compares base and tuned on rows kept back, and chats once.")
final class QuickstartCommand implements Callable<Integer> {
    private static final int SHOWN = 3;
    private static final String SYSTEM = "You answer letters to Fernwick, maker of garden tools.";
    private static final String QUESTION =
            "Hello, this is Maria Keller. Where is my order FW-3141? I bought a seed drill two weeks ago.";

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Run folder (default: runs/quickstart, or the next free name).")
    private @Nullable Path output;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Most held-back rows to answer (all).")
    private int rows = Integer.MAX_VALUE;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Mixin private RunOptions options = new RunOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    QuickstartCommand() {}

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        Path starter = Starter.folder();
        Path folder = output == null ? free(Path.of("runs", "quickstart")) : output;
        RunFile run =
                RunFile.read(
                        starter.resolve("recipe/quickstart.yml"),
                        Map.of("output", folder.toAbsolutePath().toString()));
        try (TrainingSession session =
                        TrainingSession.open(run, engine.open(), false, options, out);
                LoadedModel model = LoadedModel.around(session.training().decoder(), run.model())) {
            List<Task> tasks = tasks(session.data().dataset().holdout());
            out.printf("Asking the base model %d questions kept from training%n", tasks.size());
            out.flush();
            List<Answered> base = Examination.of(model.generator(), model.tokenizer(), tasks);
            if (session.train() == End.STOPPED) {
                return Exit.STOPPED;
            }
            out.println("Asking the tuned model the same");
            out.flush();
            List<Answered> tuned = Examination.of(model.generator(), model.tokenizer(), tasks);
            Comparison comparison =
                    new Comparison(
                            base,
                            tuned,
                            prompts(run),
                            JsonCheck.of(starter.resolve("data/extraction.schema.json")));
            comparison.print(out, SHOWN);
            comparison.write(folder.resolve("evaluation.json"), SHOWN);
            Report.write(folder);
            chat(model, out);
            out.printf(
                    "%nDone in %s. The adapter is in %s, a report in %s.%nTalk to it:  hone chat --model %s --adapter %s%n",
                    Units.duration((System.nanoTime() - start) / 1e9),
                    folder.resolve("adapter"),
                    folder.resolve("report.html"),
                    run.model(),
                    folder.resolve("adapter"));
            out.flush();
            return Exit.OK;
        }
    }

    private List<Task> tasks(List<Example> holdout) {
        return holdout.stream().flatMap(e -> Task.of(e).stream()).limit(rows).toList();
    }

    /** What the user said last in each row, by source. */
    private static Map<String, String> prompts(RunFile run) {
        Map<String, String> prompts = new HashMap<>();
        for (DataSource source : run.data().train()) {
            RowReader.read(
                    source,
                    new RowSink() {
                        @Override
                        public void row(Row row) {
                            if (row instanceof Row.Conversation conversation) {
                                conversation.messages().stream()
                                        .filter(m -> m.role().equals("user"))
                                        .map(Message::content)
                                        .forEach(text -> prompts.put(row.source(), text));
                            }
                        }

                        @Override
                        public void problem(Problem problem) {
                            throw new DataException(problem.source(), problem.text());
                        }
                    });
        }
        return prompts;
    }

    private static void chat(LoadedModel model, PrintWriter out) {
        out.println();
        out.println("A chat with the tuned model");
        out.println("  you    " + QUESTION);
        out.print("  model  ");
        model.answer(
                List.of(new Message("system", SYSTEM), new Message("user", QUESTION)),
                Sampling.greedy(120),
                piece -> {
                    out.print(piece);
                    out.flush();
                });
        out.println();
    }

    private static Path free(Path wanted) {
        Path folder = wanted;
        for (int i = 2; Files.exists(folder.resolve("metrics.jsonl")); i++) {
            folder = wanted.resolveSibling(wanted.getFileName() + "-" + i);
        }
        return folder;
    }
}
