package dev.hone.cli;

import dev.hone.template.ChatTemplate;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Conversations through a chat template, one result a line. */
@Command(
        name = "render",
        mixinStandardHelpOptions = true,
        description = {
            "Writes conversations as a chat template does.",
            "Each input line is {\"messages\", \"tools\", \"add_generation_prompt\", \"kwargs\","
                    + " \"special_tokens\"}; only messages is required. Each output line is {\"text\","
                    + " \"generation_spans\"}, the spans as [start, end) in code points, or"
                    + " {\"error\"} where the template refuses."
        })
final class DataRenderCommand implements Callable<Integer> {
    @Option(
            names = "--template",
            required = true,
            paramLabel = "T.jinja",
            description = "The chat template.")
    private Path template = Path.of("");

    @Option(
            names = "--input",
            required = true,
            paramLabel = "CASES.jsonl",
            description = "The conversations.")
    private Path input = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "OUT.jsonl", description = "Result.")
    private Path out = Path.of("");

    @Option(
            names = "--now",
            paramLabel = "ISO-TIME",
            description =
                    "What strftime_now reads, such as 2026-11-24T09:30:00; default: the clock.")
    private @Nullable String now;

    @Spec private CommandSpec spec = CommandSpec.create();

    DataRenderCommand() {}

    @Override
    public Integer call() throws IOException {
        RenderCase.Renderer renderer =
                new RenderCase.Renderer(ChatTemplate.parse(text(template)), clock(now));
        requireFile(input);
        long rendered = 0;
        long refused = 0;
        long malformed = 0;
        PrintWriter err = spec.commandLine().getErr();
        try (BufferedReader in = Files.newBufferedReader(input);
                BufferedWriter writer = Files.newBufferedWriter(out)) {
            long number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                RenderCase.Result result = renderer.render(line);
                switch (result.kind()) {
                    case TEXT -> rendered++;
                    case REFUSED -> refused++;
                    case MALFORMED -> {
                        malformed++;
                        err.printf("hone: %s:%d: %s%n", input, number, result.problem());
                    }
                }
                writer.write(result.json());
                writer.write('\n');
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(input + ": is not valid UTF-8; save the file as UTF-8");
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%,d rendered, %,d refused by the template%s: %s%n",
                        rendered,
                        refused,
                        malformed > 0 ? ", %,d malformed".formatted(malformed) : "",
                        out);
        return malformed > 0 ? Exit.BAD_INPUT : Exit.OK;
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file + ": is not a file");
        }
    }

    private static String text(Path file) throws IOException {
        requireFile(file);
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + ": is not valid UTF-8; save the file as UTF-8");
        }
    }

    /** A time without an offset is taken as it stands. */
    private static Clock clock(@Nullable String time) {
        if (time == null) {
            return Clock.fixed(Instant.now(), ZoneId.systemDefault());
        }
        try {
            boolean hasOffset = time.matches(".*T.*(Z|[+-]\\d\\d(:?\\d\\d)?)");
            OffsetDateTime at =
                    hasOffset
                            ? OffsetDateTime.parse(time)
                            : LocalDateTime.parse(time).atOffset(ZoneOffset.UTC);
            return Clock.fixed(at.toInstant(), at.getOffset());
        } catch (DateTimeParseException e) {
            throw new BadInputException(
                    ("option --now: found '%s'; expected a time such as 2026-11-24T09:30:00 or"
                                    + " 2026-11-24T09:30:00+01:00")
                            .formatted(time));
        }
    }
}
