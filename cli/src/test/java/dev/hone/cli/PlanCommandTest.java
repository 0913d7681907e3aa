package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {
    @TempDir private Path folder = Path.of("");

    private static JsonNode json(Cli cli) {
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        return JsonMapper.builder().build().readTree(cli.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2-135m", "llama-3.1-8b", "llama-3.1-70b"})
    void aPlanReadsInEightyColumns(String model) {
        for (String more : new String[] {"--sort=time", "--all"}) {
            Cli cli = Cli.run("plan", "--model", model, "--rows", "5000", more);
            assertThat(cli.code()).isZero();
            assertThat(cli.out().lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
            assertThat(cli.out())
                    .contains(
                            "Data", "Model", "Stages", "Peak, in the step", "Methods", "Settings");
        }
    }

    @Test
    void aRunFileWithItsDataIsPlannedFromTheConfigAlone() throws Exception {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.writeString(
                model.resolve("config.json"),
                """
                {"architectures": ["LlamaForCausalLM"], "hidden_size": 64, "intermediate_size": 128,
                 "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 100}
                """);
        Files.write(
                folder.resolve("rows.jsonl"),
                Collections.nCopies(40, "{\"input_ids\": [1,2,3,4,5,6,7,8]}"));
        Path run = folder.resolve("run.yml");
        Files.writeString(
                run,
                """
                model: model
                data: { train: rows.jsonl }
                adapter: { rank: 4 }
                training: { epochs: 2 }
                output: out
                """);
        JsonNode json = json(Cli.run("plan", run.toString(), "--json"));
        assertThat(json.get("rows").asLong()).isEqualTo(40);
        assertThat(json.get("tokens").asLong()).isEqualTo(640);
        assertThat(json.get("lengths_known").asString()).isEqualTo("tokenised");
        // rank 4 · (q 64+64, k 64+32, v 64+32, o 64+64, gate, up, down 64+128) · 2 layers
        assertThat(json.get("trainable_parameters").asLong())
                .isEqualTo(4 * 2 * (128 + 96 + 96 + 128 + 3 * 192));
        JsonNode more =
                json(Cli.run("plan", run.toString(), "--rank", "8", "--epochs", "1", "--json"));
        assertThat(more.get("tokens").asLong()).isEqualTo(320);
        assertThat(more.get("trainable_parameters").asLong())
                .isEqualTo(2 * json.get("trainable_parameters").asLong());
        String[] dora = {
            "plan",
            run.toString(),
            "--set=adapter.dora=true",
            "--set=adapter.modules.q_proj.rank=6",
            "--set=adapter.modules.layers.1.mlp.up_proj.rank=1"
        };
        assertThat(Cli.run(dora).out().replaceAll("\\s+", " "))
                .contains("; lora with DoRA of rank 1 to 6 trains ");
        assertThat(
                        json(Cli.run(dora[0], dora[1], dora[2], dora[3], dora[4], "--json"))
                                .get("trainable_parameters")
                                .asLong())
                .isEqualTo(
                        json.get("trainable_parameters").asLong()
                                + 2 * 2 * 128
                                - 3 * 192
                                + 2 * (64 + 32 + 32 + 64 + 128 + 128 + 64));
        refused(
                "adapter.modules: 'layers.2.mlp.up_proj' is in none of the model's 2 layers, 0 to 1",
                "plan",
                run.toString(),
                "--set=adapter.modules.layers.2.mlp.up_proj.rank=1");
    }

    @Test
    void theProcessorsMemoryIsThatOfItsOwnEngine() {
        JsonNode card = json(Cli.run("plan", "--model", "llama-3.2-1b", "--json"));
        JsonNode cpu =
                json(Cli.run("plan", "--model", "llama-3.2-1b", "--device", "cpu", "--json"));
        assertThat(cpu.get("memory").get("context_bytes").asLong()).isZero();
        assertThat(cpu.get("memory").get("allocator_bytes").asLong()).isZero();
        assertThat(cpu.get("memory").get("weights_bytes"))
                .isEqualTo(card.get("memory").get("weights_bytes"));
        assertThat(cpu.get("memory").get("peak_bytes").asLong())
                .isLessThan(card.get("memory").get("peak_bytes").asLong());
    }

    @ParameterizedTest
    @CsvSource({"nf4, 'qlora, 4 bit'", "int8, 'qlora, 8 bit'"})
    void aBaseInFewerBitsIsPlannedAsTheTableOfMethodsHasIt(String type, String name) {
        String[] arguments = {
            "plan", "--model=llama-3.2-1b", "--method=qlora", "--set=quantization.type=" + type
        };
        JsonNode json =
                json(
                        Cli.run(
                                Stream.concat(Stream.of(arguments), Stream.of("--json"))
                                        .toArray(String[]::new)));
        assertThat(json.get("method").asString()).isEqualTo("qlora");
        for (JsonNode row : json.get("methods")) {
            assertThat(row.get("name").asString().equals(name))
                    .isEqualTo(
                            row.get("weights_bytes")
                                    .equals(json.get("memory").get("weights_bytes")));
        }
        assertThat(Cli.run(arguments).out())
                .contains("qlora in %s of rank 16 trains".formatted(type));
    }

    @Test
    void oneGpuCanBeAskedForAndAPriceGiven() throws Exception {
        Path prices = folder.resolve("prices.csv");
        Files.writeString(
                prices,
                "provider,gpu,count,kind,dollars_per_hour,as_of,source\nAcme,L4,1,on-demand,0.01,2026-11-24,ours\n");
        JsonNode gpus =
                json(Cli.run(
                                "plan",
                                "--model=llama-3.2-1b",
                                "--gpu=l4",
                                "--max-gpus=1",
                                "--prices=" + prices,
                                "--json"))
                        .get("gpus");
        assertThat(gpus.size()).isEqualTo(1);
        assertThat(gpus.get(0).get("provider").asString()).isEqualTo("Acme");
        assertThat(gpus.get(0).get("dollars").asDouble())
                .isEqualTo(0.01 * gpus.get(0).get("hours").asDouble());
    }

    @Test
    void everyCardShowsHowTheModelIsHeldThere() {
        String[] arguments = {"plan", "--model=llama-3.1-70b", "--rows=500", "--row-tokens=1000"};
        assertThat(Cli.run(arguments).out().replaceAll("\\s+", " "))
                .contains("keeps all but the MLP in ", "keeps their input in ")
                .containsPattern("memory.limit: auto is right: on one .* it keeps ");
        JsonNode plan =
                json(Cli.run(arguments[0], arguments[1], arguments[2], arguments[3], "--json"));
        JsonNode first = plan.get("gpus").get(0);
        assertThat(plan.get("memory").get("keeps")).isEqualTo(first.get("keeps"));
        assertThat(plan.get("memory").get("peak_bytes")).isEqualTo(first.get("peak_bytes"));
        assertThat(first.get("keeps").asString()).contains(" of 80 layers");
        List<String> stages = new ArrayList<>();
        plan.get("memory")
                .get("stages")
                .forEach(s ->
                        stages.add(s.get("name").asString() + " " + s.get("basis").asString()));
        assertThat(stages)
                .containsExactly(
                        "load counted",
                        "step counted",
                        "evaluate counted",
                        "save counted",
                        "merge formula",
                        "export formula",
                        "export formula");
    }

    @Test
    void aLimitOfTheRunFileHoldsForEveryCard() {
        JsonNode plan =
                json(
                        Cli.run(
                                "plan",
                                "--model=llama-3.2-1b",
                                "--set=memory.limit=4GiB",
                                "--rows=100",
                                "--json"));
        String keeps = plan.get("memory").get("keeps").asString();
        assertThat(keeps).isNotEqualTo("everything");
        plan.get("gpus").forEach(gpu -> assertThat(gpu.get("keeps").asString()).isEqualTo(keeps));
        JsonNode memory = plan.get("memory");
        assertThat(
                        memory.get("peak_bytes").asLong()
                                - memory.get("allocator_bytes").asLong()
                                - memory.get("context_bytes").asLong())
                .isLessThanOrEqualTo(4L << 30);
    }

    private static void refused(String message, String... arguments) {
        Cli cli = Cli.run(arguments);
        assertThat(cli.err().strip()).isEqualTo("hone: " + message);
        assertThat(cli.code()).isEqualTo(Exit.BAD_INPUT);
    }

    @Test
    void whatIsWrongIsNamed() {
        refused(
                "give a run file, or --model with --data or --rows; see `hone plan --help`",
                "plan");
        refused(
                "--deadline: expected a time such as 6h, 90min or 2d, found 'soon'",
                "plan",
                "--model=llama-3.2-1b",
                "--deadline=soon");
        refused(
                "--terms: expected some of on-demand, community, spot, reserved, found 'cheap'",
                "plan",
                "--model=llama-3.2-1b",
                "--terms=cheap");
        refused(
                "--device: expected cuda or cpu, found 'tpu'",
                "plan",
                "--model=llama-3.2-1b",
                "--device=tpu");
        refused(
                "--row-tokens is 4096, more than --max-length 2048",
                "plan",
                "--model=llama-3.2-1b",
                "--row-tokens=4096");
        refused(
                "--max-gpus must be at least 1, found 0",
                "plan",
                "--model=llama-3.2-1b",
                "--max-gpus=0");
        refused(
                "unknown GPU 'rtx4091'; did you mean 'RTX 4090'?",
                "plan",
                "--model=llama-3.2-1b",
                "--gpu=rtx4091");
        refused(
                "model 'llama-3.1-8': there is no %s/config.json, and no well-known model of this name; did you mean 'llama-3.1-8b'?"
                        .formatted(Path.of("llama-3.1-8").toAbsolutePath()),
                "plan",
                "--model=llama-3.1-8");
        refused(
                "options:1: key 'method': expected full, lora or qlora, found 'dora'",
                "plan",
                "--model=llama-3.2-1b",
                "--method=dora");
    }
}
