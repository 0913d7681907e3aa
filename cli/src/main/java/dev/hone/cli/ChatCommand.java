package dev.hone.cli;

import dev.hone.data.Message;
import dev.hone.generate.LoadedModel;
import dev.hone.generate.Sampling;
import dev.hone.generate.TextGenerator.Answer;
import dev.hone.generate.TextGenerator.Finish;
import dev.hone.tensor.Ops;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Talks with a model in the terminal. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        description = {
            "Talks with a model, streaming its answers.",
            "Each line of input is a turn; /reset forgets the conversation, /exit or end of input ends it."
        })
final class ChatCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
    private Path model = Path.of("");

    @Option(names = "--adapter", paramLabel = "DIR", description = "PEFT adapter folder.")
    private @Nullable Path adapter;

    @Option(names = "--system", paramLabel = "TEXT", description = "System prompt.")
    private @Nullable String system;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Ask this, print the answer, and end.")
    private @Nullable String message;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer (256).")
    private int maxTokens = 256;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "0 (default) takes the most likely token each time.")
    private double temperature;

    @Option(names = "--top-p", paramLabel = "P", description = "Nucleus to sample from (1).")
    private double topP = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the sampling (0).")
    private long seed;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "bf16 (default) or fp32.")
    private @Nullable String dtype;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    ChatCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Sampling sampling = sampling();
        try (Ops ops = engine.open();
                LoadedModel loaded =
                        LoadedModel.load(
                                ops,
                                model,
                                Optional.ofNullable(adapter),
                                EngineOptions.dtype(Optional.ofNullable(dtype)))) {
            List<Message> conversation = beginning();
            if (message != null) {
                turn(loaded, sampling, conversation, message, out);
                return Exit.OK;
            }
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (true) {
                if (Terminals.isTerminal()) {
                    out.print("> ");
                    out.flush();
                }
                String line = in.readLine();
                if (line == null || line.strip().equals("/exit")) {
                    return Exit.OK;
                }
                if (line.strip().equals("/reset")) {
                    conversation = beginning();
                } else if (!line.isBlank()) {
                    turn(loaded, sampling, conversation, line, out);
                }
            }
        }
    }

    private Sampling sampling() {
        try {
            return new Sampling(maxTokens, temperature, topP, seed);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }

    private List<Message> beginning() {
        List<Message> conversation = new ArrayList<>();
        if (system != null) {
            conversation.add(new Message("system", system));
        }
        return conversation;
    }

    private static void turn(
            LoadedModel loaded,
            Sampling sampling,
            List<Message> conversation,
            String text,
            PrintWriter out) {
        conversation.add(new Message("user", text));
        Answer answer =
                loaded.answer(
                        conversation,
                        sampling,
                        piece -> {
                            out.print(piece);
                            out.flush();
                        });
        out.println();
        if (answer.finish() == Finish.LENGTH) {
            out.println(
                    "(cut off after %d tokens; --max-tokens allows more)"
                            .formatted(answer.tokens()));
        }
        out.flush();
        conversation.add(new Message("assistant", answer.text()));
    }
}
