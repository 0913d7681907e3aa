package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The benchmark as a person meets it, on a step that takes no time. */
@Tag("slow")
class BenchCommandTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir private Path folder = Path.of("");

    /** A tiny step of the starter model, on one core. */
    private Ran bench(String... options) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "bench",
                                "--device=cpu",
                                "--threads=1",
                                "--length=64",
                                "--steps=2",
                                "--history=" + history()));
        arguments.addAll(List.of(options));
        Ran ran = Ran.hone(arguments.toArray());
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran;
    }

    private Path history() {
        return folder.resolve("bench.jsonl");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--shape=smolm-135m | unknown model 'smolm-135m'; did you mean 'smollm2-135m'?",
                "--shape=llama-3.2-1b --model=mine | give either --shape or --model, not both",
                "--tokens=512 --rows=2 | give either --tokens or --rows, not both",
                "--tokens=1000 | --tokens is 1000, which is no multiple of --length, 256; near it are 768 and 1024",
                "--tokens=100 | --tokens must be at least 256, found 100",
                "--rows=0 | --rows must be at least 1, found 0",
                "--rows=2000000000 | --rows is 2,000,000,000 and --length 256; a step has at most 2,147,483,647 tokens",
                "--length=1 | --length must be at least 2, found 1",
                "--micro-batch-tokens=100 | --micro-batch-tokens must be at least 256, found 100",
                "--steps=0 | --steps must be at least 1, found 0",
                "--memory=2GiB --keep=input | --memory chooses what layers keep and where weights are: leave out either it or --keep",
                "--memory=2GiB --weights=host | --memory chooses what layers keep and where weights are: leave out either it or --weights",
                "--memory=2GiB --embedding-on-host | --memory chooses what layers keep and where weights are: leave out either it or --embedding-on-host",
                "--weights=disk | --weights: random weights come from no file, so not from disk; expected device or host",
                "--history=x --no-history | give either --history or --no-history, not both",
                "--profile --calibrate | --profile waits for every operation, which takes time of its own: leave out either it or --calibrate",
                "--memory=lots | options:1: key 'memory.limit': expected a size such as 20GiB or 512MiB, found 'lots'",
                "--keep=nothing | options:1: key 'memory.keep': expected one of everything, no_mlp, input, parked, found 'nothing'",
                "--method=dora | options:1: key 'method': expected full, lora or qlora, found 'dora'",
                "--method=full --rank=8 | options:0: key 'adapter': it is for method lora; method full trains every weight",
                "--method=full --weights=host | options:1: key 'memory.weights': it places weights that do not train; method full trains them all",
                "--quantization=int8 | options:0: key 'quantization': it is for method qlora, whose base is stored in fewer bits",
                "--method=qlora --quantization=int4 | options:1: key 'quantization.type': expected nf4 or int8, found 'int4'",
                "--rank=none | options:1: key 'adapter.rank': expected a whole number of at least 1, found 'none'",
                "--dtype=fp16 | options:1: key 'training.dtype': expected bf16 or fp32, found 'fp16'",
                "--optimizer=adamx | options:1: key 'training.optimizer': expected one of adamw, adamw_8bit, adafactor, lion, muon, schedule_free_adamw, found 'adamx'",
                "--optimizer=muon | options:1: key 'training.optimizer': muon is for method full: its updates are for whole weight matrices, which the two factors of an adapter are not",
                "--master=none | options:1: key 'training.master': none is for method full; an adapter is small and keeps fp32 masters",
                "--update=in_backward | options:1: key 'training.update': in_backward is for method full; an adapter's gradients are small",
                "--method=full --update=in_backward --micro-batch-tokens=256 | options:1: key 'training.micro_batch_tokens': with update: in_backward a step is one micro-batch: set it to at least tokens_per_step, which is 1024, or leave it out"
            })
    void badOptionsAreRefusedBeforeAnythingIsComputed(String options, String message) {
        Ran ran = Ran.hone((Object[]) ("bench " + options).split(" "));
        assertThat(ran.err()).isEqualTo("hone: " + message + System.lineSeparator());
        assertThat(ran.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aLimitThatNoMixMeetsIsRefused() {
        Ran ran =
                Ran.hone(
                        "bench",
                        "--device=cpu",
                        "--model=" + Starters.MODEL,
                        "--memory=1KiB",
                        "--no-history");
        assertThat(ran.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ran.err())
                .startsWith("hone: memory.limit is 1,024 bytes, and a step needs ")
                .contains("lower training.micro_batch_tokens (now 1,024), use method qlora");
    }

    @Test
    void jsonHasWhatIsDocumentedAndTheNumbersGoTogether() throws IOException {
        Ran first = bench("--model=" + Starters.MODEL, "--tokens=128", "--profile", "--json");
        Ran second =
                bench(
                        "--model=" + Starters.MODEL.resolve("config.json"),
                        "--rows=2",
                        "--profile",
                        "--json");
        JsonNode one = MAPPER.readTree(first.out());
        JsonNode two = MAPPER.readTree(second.out());
        String page = Files.readString(Path.of("..", "docs", "bench.md"));
        assertThat(two.propertyNames())
                .allSatisfy(key -> assertThat(page).contains("`" + key + "`"))
                .contains(
                        "tokens_per_second",
                        "peak_live_bytes",
                        "planned_peak_live_bytes",
                        "share_of_peak",
                        "operations",
                        "previous",
                        "change_percent");
        assertThat(one.get("tokens_per_step").asInt()).isEqualTo(128);
        assertThat(one.get("rows").asInt()).isEqualTo(2);
        assertThat(one.get("peak_live_bytes")).isEqualTo(one.get("planned_peak_live_bytes"));
        double seconds = one.get("median_step_s").asDouble();
        assertThat(one.get("fastest_step_s").asDouble()).isPositive().isLessThanOrEqualTo(seconds);
        assertThat(one.get("slowest_step_s").asDouble()).isGreaterThanOrEqualTo(seconds);
        assertThat(one.get("tokens_per_second").asDouble() * seconds).isCloseTo(128, within(1e-6));
        assertThat(one.get("share_of_peak").asDouble())
                .isPositive()
                .isLessThan(1)
                .isEqualTo(one.get("share_of_peak_without_recomputation").asDouble());
        double shares = 0;
        for (JsonNode operation : one.get("operations")) {
            shares += operation.get("share").asDouble();
        }
        assertThat(shares).isPositive().isLessThanOrEqualTo(1);

        assertThat(one.has("previous")).isFalse();
        assertThat(two.get("previous").get("date")).isEqualTo(one.get("date"));
        assertThat(two.get("previous").get("median_step_s")).isEqualTo(one.get("median_step_s"));
        assertThat(two.get("change_percent").get("peak_live_bytes").asDouble()).isZero();
        assertThat(two.get("change_percent").get("tokens_per_second").asDouble())
                .isCloseTo(
                        100
                                * (two.get("tokens_per_second").asDouble()
                                                / one.get("tokens_per_second").asDouble()
                                        - 1),
                        within(1e-9));
        List<String> kept = Files.readAllLines(history());
        assertThat(kept).hasSize(2);
        assertThat(kept.getFirst()).isEqualTo(first.out().strip());
        assertThat(MAPPER.readTree(kept.getLast()).has("previous")).isFalse();
    }

    @Test
    void theTableReadsInEightyColumnsAndNamesTheResultBefore() throws IOException {
        String[] options = {
            "--model=" + Starters.MODEL,
            "--rows=2",
            "--method=full",
            "--optimizer=adafactor",
            "--master=none",
            "--update=in_backward"
        };
        bench(options);
        Files.writeString(history(), "spoilt\n", StandardOpenOption.APPEND);
        Ran ran = bench(options);
        assertThat(ran.err())
                .isEqualTo(
                        "hone: %s:2: no result of hone bench; skipped 1 such line%n"
                                .formatted(history()));
        assertThat(ran.lines())
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
        assertThat(ran.out())
                .contains("full, bf16, adafactor without masters within the backward pass")
                .containsPattern(
                        Pattern.compile(
                                "^  live tensors, peak +(\\S+ MiB) +\\1 +none +\\1 +none$",
                                Pattern.MULTILINE))
                .containsPattern("  Before: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC, hone 0");
    }

    @Test
    void withinALimitItIsWhatTrainingWouldRun() {
        String[] options = {
            "--model=" + Starters.MODEL, "--tokens=512", "--micro-batch-tokens=256", "--json"
        };
        JsonNode free = MAPPER.readTree(bench(options).out());
        long limit = free.get("peak_live_bytes").asLong() - 1;
        String[] limited = {options[0], options[1], options[2], options[3], "--memory=" + limit};
        JsonNode json = MAPPER.readTree(bench(limited).out());
        assertThat(json.has("previous")).isFalse();
        assertThat(json.get("memory_limit_bytes").asLong()).isEqualTo(limit);
        assertThat(json.get("keeps").asString()).startsWith("all but the MLP in ");
        assertThat(json.get("peak_live_bytes").asLong())
                .isEqualTo(json.get("planned_peak_live_bytes").asLong())
                .isLessThanOrEqualTo(limit);
        assertThat(json.get("step_flops_without_recomputation")).isEqualTo(free.get("step_flops"));
        assertThat(json.get("share_of_peak").asDouble())
                .isGreaterThan(json.get("share_of_peak_without_recomputation").asDouble());
    }

    @Test
    void aResultThatCannotBeKeptIsShownAllTheSame() {
        Path inTheWay = Starters.MODEL.resolve("config.json");
        Ran ran =
                Ran.hone(
                        "bench",
                        "--device=cpu",
                        "--model=" + Starters.MODEL,
                        "--rows=1",
                        "--length=32",
                        "--steps=1",
                        "--history=" + inTheWay.resolve("bench.jsonl"));
        assertThat(ran.exit()).isZero();
        assertThat(ran.err())
                .startsWith(
                        "hone: %s: the result is not kept: "
                                .formatted(inTheWay.resolve("bench.jsonl")));
        assertThat(ran.out()).contains("  tokens a second ");
    }

    @Test
    void resultsOfTwoAtOnceAreKeptAmongTheUsersDataUnlessAskedNotTo()
            throws IOException, InterruptedException {
        List<String> runner = List.of("env", "XDG_DATA_HOME=" + folder.resolve("data"));
        List<String> options =
                List.of(
                        "bench",
                        "--device=cpu",
                        "--threads=1",
                        "--model=" + Starters.MODEL,
                        "--rows=1",
                        "--length=32",
                        "--steps=1",
                        "--calibrate=" + folder.resolve("calibration.csv"));
        Path file = folder.resolve("data/hone/bench.jsonl");
        Command.Ended not = Command.run(folder, runner, "", with(options, "--no-history"));
        assertThat(not.exitCode()).as(not.err()).isZero();
        assertThat(not.out()).contains("  Calibration: ").doesNotContain("Before: ");
        assertThat(folder.resolve("calibration.csv")).exists();
        assertThat(file).doesNotExist();

        Path[] folders = {folder.resolve("one"), folder.resolve("two")};
        List<Process> processes = new ArrayList<>();
        for (Path own : folders) {
            Files.createDirectories(own);
            processes.add(Command.start(own, runner, with(options, "--json")));
        }
        for (int i = 0; i < folders.length; i++) {
            Command.Ended ended = Command.ended(folders[i], processes.get(i));
            assertThat(ended.exitCode()).as(ended.err()).isZero();
        }
        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allSatisfy(line ->
                        assertThat(MAPPER.readTree(line).get("tokens_per_step").asInt())
                                .isEqualTo(32));
    }

    private static String[] with(List<String> options, String more) {
        return Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new);
    }
}
