package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs as a person meets them: what they print, and their exit codes. */
@Tag("slow")
final class CommandTest {
    private static final String MODEL = Command.STARTER.resolve("model").toString();

    @TempDir private Path folder;

    @Test
    void helpListsTheVerbs() throws IOException, InterruptedException {
        Command.Ended help = hone("", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("quickstart", "train", "chat", "score", "bench", "doctor");
    }

    @Test
    void anUnknownVerbIsBadInputWithASuggestion() throws IOException, InterruptedException {
        Command.Ended ended = hone("", "trian");
        assertThat(ended.exitCode()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ended.err()).contains("trian", "Did you mean", "train");
    }

    @Test
    void aMisspeltKeyIsBadInputWithLineAndSuggestion() throws IOException, InterruptedException {
        Path file =
                Files.writeString(
                        folder.resolve("run.yml"),
                        """
                        model: model
                        data: { train: rows.jsonl }
                        training: { learning_rat: 1e-4 }
                        output: out
                        """);
        Command.Ended ended = hone("", "train", file.toString());
        assertThat(ended.exitCode()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ended.err())
                .startsWith("hone: %s:3: ".formatted(file))
                .contains("learning_rat", "did you mean 'training.learning_rate'?");
    }

    @Test
    void doctorSaysWhatIsHereAndWhatFollows() throws IOException, InterruptedException {
        Command.Ended ended = hone("", "doctor");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).contains("cores", "bf16", "libtorch");
    }

    @Test
    void scoresAreLogProbabilitiesOfEachTokenButTheFirst()
            throws IOException, InterruptedException {
        Path tokens =
                Files.writeString(
                        folder.resolve("in.jsonl"),
                        "{\"input_ids\": [5, 9, 200, 31]}\n\n{\"input_ids\": [7]}\n");
        Path scores = folder.resolve("scores.jsonl");
        Command.Ended ended = score(tokens, scores);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        var lines = Files.readAllLines(scores);
        assertThat(lines).hasSize(2);
        JsonMapper mapper = JsonMapper.builder().build();
        JsonNode first = mapper.readTree(lines.getFirst()).get("logprobs");
        assertThat(first.size()).isEqualTo(4);
        assertThat(first.get(0).isNull()).isTrue();
        for (int i = 1; i < 4; i++) {
            assertThat(first.get(i).asDouble()).isNegative().isFinite();
        }
        assertThat(lines.getLast()).isEqualTo("{\"logprobs\":[null]}");
    }

    @Test
    void theProbabilitiesOfAllNextTokensSumToOne() throws IOException, InterruptedException {
        int vocabulary =
                JsonMapper.builder()
                        .build()
                        .readTree(Path.of(MODEL, "config.json"))
                        .get("vocab_size")
                        .asInt();
        StringBuilder lines = new StringBuilder();
        for (int id = 0; id < vocabulary; id++) {
            lines.append("{\"input_ids\":[12,").append(id).append("]}\n");
        }
        Path tokens = Files.writeString(folder.resolve("in.jsonl"), lines);
        Path scores = folder.resolve("scores.jsonl");
        assertThat(score(tokens, scores).exitCode()).isZero();
        JsonMapper mapper = JsonMapper.builder().build();
        double sum =
                Files.readAllLines(scores).stream()
                        .mapToDouble(line ->
                                Math.exp(mapper.readTree(line).get("logprobs").get(1).asDouble()))
                        .sum();
        assertThat(sum).isCloseTo(1, within(1e-4));
    }

    @Test
    void aBadLineOfTokensIsNamedAndNoHalfResultIsLeft() throws IOException, InterruptedException {
        Path tokens =
                Files.writeString(
                        folder.resolve("in.jsonl"),
                        "{\"input_ids\": [5, 9]}\n{\"input_ids\": [5, 999999]}\n");
        Command.Ended ended = score(tokens, folder.resolve("scores.jsonl"));
        assertThat(ended.exitCode()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ended.err())
                .startsWith(
                        "hone: %s:2: key 'input_ids': entry 1 is 999999; expected an id from 0 to "
                                .formatted(tokens));
        assertThat(folder.resolve("scores.jsonl")).doesNotExist();
        assertThat(folder.resolve("scores.jsonl.part")).doesNotExist();
    }

    @Test
    void aMissingFileIsBadInput() throws IOException, InterruptedException {
        Path missing = folder.resolve("none.jsonl");
        Command.Ended ended = score(missing, folder.resolve("scores.jsonl"));
        assertThat(ended.exitCode()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ended.err()).isEqualTo("hone: %s: no such file or folder%n".formatted(missing));
    }

    @Test
    void chatAnswersEachLineUntilTheInputEnds() throws IOException, InterruptedException {
        Command.Ended ended =
                hone(
                        "Hello there\n/reset\nAnd again\n",
                        "chat",
                        "--model",
                        MODEL,
                        "--max-tokens",
                        "8");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out().lines().filter(line -> !line.isBlank()).count())
                .isGreaterThanOrEqualTo(2);
    }

    private Command.Ended score(Path tokens, Path scores) throws IOException, InterruptedException {
        return hone(
                "",
                "score",
                "--model",
                MODEL,
                "--tokens",
                tokens.toString(),
                "--out",
                scores.toString(),
                "--dtype",
                "fp32");
    }

    private Command.Ended hone(String input, String... arguments)
            throws IOException, InterruptedException {
        return Command.run(folder, input, arguments);
    }
}
