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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run says of its plan: the probe before it, the comparison behind it, what is learned. */
@Tag("slow")
final class LearnedRunTest {
    private static final int STEPS = 240;

    @TempDir private Path folder;

    private Path run = Path.of("");

    @BeforeEach
    void writeRunFile() throws IOException {
        try (Stream<String> rows = Files.lines(Command.STARTER.resolve("data/support.jsonl"))) {
            Files.write(folder.resolve("rows.jsonl"), rows.limit(40).toList());
        }
        run =
                Files.writeString(
                        folder.resolve("run.yml"),
                        """
                        model: %s
                        data: { train: rows.jsonl, max_length: 256, holdout: 20%% }
                        adapter: { rank: 2 }
                        training: { steps: %d, rows_per_step: 1, checkpoint_every: 0 }
                        output: out
                        """
                                .formatted(Command.STARTER.resolve("model"), STEPS));
    }

    private Command.Ended train(String output, String... more)
            throws IOException, InterruptedException {
        List<String> arguments =
                Stream.concat(
                                Stream.of(
                                        "train",
                                        run.toString(),
                                        "--threads=1",
                                        "--set",
                                        "output=" + output),
                                Stream.of(more))
                        .toList();
        Command.Ended ended =
                Command.run(
                        folder,
                        List.of("env", "XDG_CONFIG_HOME=" + folder.resolve("settings")),
                        "",
                        arguments.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended;
    }

    private Path calibration() {
        return folder.resolve("settings/hone/calibration.csv");
    }

    private JsonNode plan(String output) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(Files.readString(folder.resolve(output).resolve("plan.json")));
    }

    @Test
    void planProbeAndRunAreComparedAndTheNextPlanRestsOnIt()
            throws IOException, InterruptedException {
        Command.Ended first = train("out", "--price-per-hour", "36");
        assertThat(first.out())
                .contains(
                        "the interval is wide: no run was measured on this device yet",
                        "in the heaviest micro-batch",
                        "in the largest batch of held-back rows: as planned",
                        "Plan against run",
                        " measured (as planned)",
                        "at $36.00 an hour (as given)",
                        "by 1 measurement (");
        JsonNode plan = plan("out");
        assertThat(plan.get("probe").get("peak_live_bytes"))
                .isEqualTo(plan.get("probe").get("planned_peak_live_bytes"));
        assertThat(plan.get("probe").get("evaluation_peak_live_bytes"))
                .isEqualTo(plan.get("probe").get("planned_evaluation_peak_live_bytes"));
        JsonNode measured = plan.get("measured");
        assertThat(measured.get("peak_live_bytes")).isEqualTo(plan.get("peak_live_bytes"));
        assertThat(measured.get("tokens")).isEqualTo(plan.get("tokens"));
        assertThat(measured.get("dollars").asDouble())
                .isEqualTo(36 * measured.get("seconds").asDouble() / 3600);
        assertThat(Files.readString(folder.resolve("out/report.html")))
                .contains(
                        "Plan against run",
                        "After the probe",
                        "Cost, at $36.00 an hour (as given)");

        String learned = Files.readString(calibration());
        assertThat(learned.lines().toList()).hasSize(3);
        Command.Ended second = train("again", "--no-learn");
        assertThat(second.out())
                .contains("by one measurement on this device, of ")
                .doesNotContain("learned", "cost ");
        assertThat(Files.readString(calibration())).isEqualTo(learned);
        assertThat(plan("again").get("calibration_runs").asInt()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("again/adapter/adapter_config.json")))
                .isEqualTo(Files.readString(folder.resolve("out/adapter/adapter_config.json")));
        assertThat(folder.resolve("again/adapter/adapter_model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("out/adapter/adapter_model.safetensors"));
    }

    @Test
    void aShortRunIsNotProbedAndTeachesNothing() throws IOException, InterruptedException {
        Command.Ended ended = train("short", "--set", "training.steps=8");
        assertThat(ended.out())
                .contains("skipped: it would take ", "more than 3 % of so short a run")
                .doesNotContain("learned");
        assertThat(calibration()).doesNotExist();
        assertThat(plan("short").has("probe")).isFalse();
    }
}
