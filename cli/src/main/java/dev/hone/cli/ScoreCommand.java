package dev.hone.cli;

import dev.hone.generate.LoadedModel;
import dev.hone.model.Decoder;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Log-probabilities of given tokens. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description =
                "Writes the natural log-probability of every token given those before it. Each input"
                        + " line is {\"input_ids\": [...]}, each output line {\"logprobs\": [null, ...]}.")
final class ScoreCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
    private Path model = Path.of("");

    @Option(names = "--adapter", paramLabel = "DIR", description = "PEFT adapter folder.")
    private @Nullable Path adapter;

    @Option(
            names = "--tokens",
            required = true,
            paramLabel = "IN.jsonl",
            description = "Token ids.")
    private Path tokens = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "OUT.jsonl", description = "Result.")
    private Path out = Path.of("");

    @Option(names = "--dtype", paramLabel = "TYPE", description = "bf16 (default) or fp32.")
    private @Nullable String dtype;

    @Mixin private EngineOptions engine = new EngineOptions();

    ScoreCommand() {}

    @Override
    public Integer call() throws IOException {
        // The result takes its name when it is whole.
        Path unfinished = out.resolveSibling(out.getFileName() + ".part");
        try {
            score(unfinished);
            Files.move(unfinished, out, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return Exit.OK;
    }

    private void score(Path into) throws IOException {
        try (Ops ops = engine.open();
                Decoder decoder =
                        LoadedModel.decoder(
                                ops,
                                model,
                                Optional.ofNullable(adapter),
                                EngineOptions.dtype(Optional.ofNullable(dtype)));
                BufferedReader in = Files.newBufferedReader(tokens);
                BufferedWriter writer = Files.newBufferedWriter(into)) {
            int number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (!line.isBlank()) {
                    writer.write(score(decoder, ids(decoder, line, number)).toString());
                    writer.newLine();
                }
            }
        }
    }

    private int[] ids(Decoder decoder, String line, int number) {
        JsonNode array;
        try {
            array = MAPPER.readTree(line).path("input_ids");
        } catch (JacksonException e) {
            throw new BadInputException(
                    "%s:%d: not valid JSON: %s".formatted(tokens, number, e.getOriginalMessage()));
        }
        if (!array.isArray() || array.isEmpty()) {
            throw new BadInputException(
                    "%s:%d: key 'input_ids': expected a list of token ids"
                            .formatted(tokens, number));
        }
        int vocabulary = decoder.config().vocabulary();
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = array.get(i);
            if (!id.isInt() || id.asInt() < 0 || id.asInt() >= vocabulary) {
                throw new BadInputException(
                        "%s:%d: key 'input_ids': entry %d is %s; expected an id from 0 to %d"
                                .formatted(tokens, number, i, id, vocabulary - 1));
            }
            ids[i] = id.asInt();
        }
        return ids;
    }

    private static ObjectNode score(Decoder decoder, int[] ids) {
        ObjectNode result = MAPPER.createObjectNode();
        ArrayNode logProbs = result.putArray("logprobs");
        logProbs.addNull();
        if (ids.length > 1) {
            for (float value : logProbs(decoder, ids)) {
                logProbs.add(value);
            }
        }
        return result;
    }

    private static float[] logProbs(Decoder decoder, int[] ids) {
        Ops ops = decoder.ops();
        int[] rows = new int[ids.length - 1];
        int[] targets = new int[ids.length - 1];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
            targets[i] = ids[i + 1];
        }
        try (Scope _ = ops.scope()) {
            Tensor hidden = decoder.hidden(ids, new int[] {0, ids.length});
            return ops.floats(
                    decoder.logProbs(hidden, ops.ofIndices(rows), ops.ofIndices(targets)));
        }
    }
}
