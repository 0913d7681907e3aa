package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Runs of the real command that end before their time, and go on. */
@Tag("slow")
final class InterruptedRunTest {
    private static final int STEPS = 24;

    @TempDir private Path folder;

    private String[] arguments = {};

    @BeforeEach
    void writeRunFile() throws IOException {
        try (Stream<String> rows = Files.lines(Command.STARTER.resolve("data/support.jsonl"))) {
            Files.write(folder.resolve("rows.jsonl"), rows.limit(60).toList());
        }
        Path file =
                Files.writeString(
                        folder.resolve("run.yml"),
                        """
                        model: %s
                        data: { train: rows.jsonl, max_length: 512 }
                        method: lora
                        adapter: { rank: 4, dropout: 0.1 }
                        training: { steps: %d, tokens_per_step: 512, checkpoint_every: 5 }
                        output: given below
                        """
                                .formatted(Command.STARTER.resolve("model"), STEPS));
        arguments = new String[] {"train", file.toString()};
    }

    @Test
    void aRunKilledTwiceGoesOnToTheSameBits() throws IOException, InterruptedException {
        assertThat(train("whole").exitCode()).isZero();
        kill("killed", 8);
        kill("killed", 17, "--resume");
        assertThat(train("killed", "--resume").exitCode()).isZero();
        assertThat(losses("killed")).isEqualTo(losses("whole")).hasSize(STEPS);
        assertThat(folder.resolve("killed/adapter/adapter_model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/adapter/adapter_model.safetensors"));
    }

    @Test
    void aRunToldToEndLeavesACheckpointOfTheStepItWasIn() throws IOException, InterruptedException {
        Process process = Command.start(folder, with("stopped"));
        awaitSteps("stopped", 7, process);
        process.destroy();
        Command.Ended ended = Command.ended(folder, process);
        assertThat(ended.out()).contains("go on with --resume");
        int done = losses("stopped").size();
        assertThat(folder.resolve("stopped/checkpoints/step-%08d".formatted(done))).exists();
        assertThat(train("stopped", "--resume").exitCode()).isZero();
        assertThat(losses("stopped")).hasSize(STEPS);
    }

    @Test
    void aFolderThatHoldsARunIsNotOverwritten() throws IOException, InterruptedException {
        assertThat(train("run").exitCode()).isZero();
        Command.Ended again = train("run");
        assertThat(again.exitCode()).isEqualTo(Exit.BAD_INPUT);
        assertThat(again.err()).contains("run").contains("--resume");
        assertThat(losses("run")).hasSize(STEPS);
    }

    private Command.Ended train(String output, String... more)
            throws IOException, InterruptedException {
        return Command.run(folder, "", with(output, more));
    }

    private void kill(String output, int steps, String... more)
            throws IOException, InterruptedException {
        Process process = Command.start(folder, with(output, more));
        awaitSteps(output, steps, process);
        process.destroyForcibly().waitFor();
    }

    private String[] with(String output, String... more) {
        return Stream.of(
                        arguments, new String[] {"--set", "output=" + folder.resolve(output)}, more)
                .flatMap(Stream::of)
                .toArray(String[]::new);
    }

    private void awaitSteps(String output, int steps, Process process)
            throws IOException, InterruptedException {
        while (losses(output).size() < steps) {
            assertThat(process.isAlive()).as("the run ended before step " + steps).isTrue();
            Thread.sleep(20);
        }
    }

    /** The loss of each whole line of the metrics, as it is written there. */
    private List<String> losses(String output) throws IOException {
        Path metrics = folder.resolve(output).resolve("metrics.jsonl");
        if (!Files.exists(metrics)) {
            return List.of();
        }
        String text = Files.readString(metrics);
        JsonMapper mapper = JsonMapper.builder().build();
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> mapper.readTree(line).get("loss").asString())
                .toList();
    }
}
