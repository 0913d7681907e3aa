package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
final class QuantizeCommandTest {
    private static final Path MODEL = Command.STARTER.resolve("model");

    @TempDir private Path folder;

    private Path out() {
        return folder.resolve("small");
    }

    @Test
    void theSummarySaysWhatBecameOfTheModel() throws IOException {
        Ran ran = Ran.hone("quantize", "--model", MODEL, "--out", out(), "--type", "int8");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.lines())
                .startsWith("[##..................] scales of 3 of 28 matrices")
                .contains("[####################] 3.67 MiB of 3.67 MiB written");
        assertThat(ran.out())
                .endsWith(
                        """
                          weights    6.26 MiB before, 3.67 MiB after: 58.6 % of them
                          quantized  83.9 %% of 3.28 M parameters, in 28 matrices, to int8
                          stayed     model.embed_tokens.weight, model.norm.weight, and 24 norms and biases of layers
                          largest error of a matrix, relative to it
                            down_proj  0.0076  model.layers.1.mlp.down_proj.weight
                            gate_proj  0.0070  model.layers.0.mlp.gate_proj.weight
                            k_proj     0.0070  model.layers.3.self_attn.k_proj.weight
                            o_proj     0.0071  model.layers.0.self_attn.o_proj.weight
                            q_proj     0.0069  model.layers.2.self_attn.q_proj.weight
                            up_proj    0.0070  model.layers.0.mlp.up_proj.weight
                            v_proj     0.0071  model.layers.3.self_attn.v_proj.weight
                        Result in %s
                        """
                                .replace(" % of", " %% of")
                                .formatted(out()));
        for (String name : List.of("tokenizer.json", "chat_template.jinja")) {
            assertThat(out().resolve(name)).hasSameBinaryContentAs(MODEL.resolve(name));
        }
    }

    @ParameterizedTest
    @CsvSource({"--double, 2_536_196", "--no-double, 2_627_016"})
    void scalesAreQuantizedOrNot(String option, String bytes) throws IOException {
        assertThat(Ran.hone("quantize", "--model", MODEL, "--out", out(), option).exit()).isZero();
        assertThat(Files.size(out().resolve("model.safetensors")))
                .isEqualTo(Long.parseLong(bytes.replace("_", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nf4", "int8"})
    void theResultIsScoredAndTalkedWithAsItIsStored(String type)
            throws IOException, InterruptedException {
        assertThat(Ran.hone("quantize", "--model", MODEL, "--out", out(), "--type", type).exit())
                .isZero();
        Path tokens =
                Files.writeString(
                        folder.resolve("in.jsonl"), "{\"input_ids\": [5, 9, 200, 31, 40, 50]}\n");
        double[] before = scores(MODEL, tokens);
        double[] after = scores(out(), tokens);
        for (int i = 1; i < before.length; i++) {
            assertThat(Math.abs(after[i] - before[i]))
                    .isBetween(1e-6, type.equals("nf4") ? 1 : 0.2);
        }
        Command.Ended chat =
                Command.run(
                        folder,
                        "",
                        "chat",
                        "--model",
                        out().toString(),
                        "-m",
                        "Hello, where is my order FW-1234?",
                        "--max-tokens",
                        "12");
        assertThat(chat.exitCode()).as(chat.err()).isZero();
        assertThat(chat.out()).isEqualToIgnoringNewLines("FW-1234");
    }

    private double[] scores(Path model, Path tokens) throws IOException, InterruptedException {
        Path scores = folder.resolve("scores.jsonl");
        Command.Ended ended =
                Command.run(
                        folder,
                        "",
                        "score",
                        "--model",
                        model.toString(),
                        "--tokens",
                        tokens.toString(),
                        "--out",
                        scores.toString(),
                        "--dtype",
                        "fp32");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return JsonMapper.shared()
                .readTree(Files.readString(scores))
                .get("logprobs")
                .valueStream()
                .mapToDouble(x -> x.isNull() ? 0 : x.asDouble())
                .toArray();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--type=int4 | --type: expected nf4 or int8, found 'int4'",
                "--type=int8 --double | --double is for --type nf4, whose scales can be quantized too",
                "--type=int8 --no-double | --double is for --type nf4, whose scales can be quantized too"
            })
    void otherKindsAreBadInput(String options, String message) {
        String[] words = ("quantize --out=x --model=" + MODEL + " " + options).split(" ");
        Ran ran = Ran.hone((Object[]) words);
        assertThat(ran.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(ran.err()).isEqualTo("hone: " + message + System.lineSeparator());
    }

    @Test
    void aModelThatIsQuantizedAlreadyIsBadInput() {
        assertThat(Ran.hone("quantize", "--model", MODEL, "--out", out()).exit()).isZero();
        Ran again = Ran.hone("quantize", "--model", out(), "--out", folder.resolve("smaller"));
        assertThat(again.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(again.err())
                .isEqualTo(
                        "hone: %s is quantized already, in nf4 with double quantization; take the model it was made from%n"
                                .formatted(out()));
        Ran over = Ran.hone("quantize", "--model", MODEL, "--out", out());
        assertThat(over.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(over.err())
                .isEqualTo(
                        "hone: %s is not empty; name a folder that does not exist yet%n"
                                .formatted(out()));
    }

    /** Files may grow to 1 MiB, as if the disk were full then. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no ulimit")
    void aWriteThatFailsIsTheMachinesFaultAndLeavesNothing()
            throws IOException, InterruptedException {
        List<String> limited = List.of("bash", "-c", "ulimit -f 1024; exec \"$@\"", "--");
        Command.Ended ended =
                Command.ended(
                        folder,
                        Command.start(
                                folder,
                                limited,
                                "quantize",
                                "--model",
                                MODEL.toString(),
                                "--out",
                                out().toString()));
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(Exit.MACHINE);
        assertThat(ended.err())
                .isEqualTo(
                        "hone: %s: cannot be written: File too large; nothing of it is left%n"
                                .formatted(out()));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("out.txt", "err.txt");
    }
}
