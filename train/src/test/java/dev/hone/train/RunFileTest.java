package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.BatchPlan;
import dev.hone.data.Holdout;
import dev.hone.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunFileTest {
    private static final String GOOD =
            """
            model: base
            data:
              train: [a.jsonl, b.jsonl]
              holdout: 5%
            method: lora
            adapter: { rank: 8, alpha: 16, targets: [q_proj, v_proj] }
            training:
              epochs: 2
              rows_per_step: 4
              learning_rate: 1e-4
              warmup: 3%
            output: runs/x
            """;

    @TempDir private Path folder;

    private RunFile read(String yaml) throws IOException {
        return read(yaml, Map.of());
    }

    private RunFile read(String yaml, Map<String, String> changes) throws IOException {
        Path file = folder.resolve("run.yml");
        Files.writeString(file, yaml);
        return RunFile.read(file, changes);
    }

    @Test
    void keysHaveTheirValues() throws IOException {
        RunFile run = read(GOOD);
        assertThat(run.model()).isEqualTo(folder.resolve("base"));
        assertThat(run.data().train())
                .containsExactly(folder.resolve("a.jsonl"), folder.resolve("b.jsonl"));
        assertThat(run.data().holdout()).isEqualTo(new Holdout.Share(0.05));
        assertThat(run.training().learningRate()).isEqualTo(1e-4);
        assertThat(run.training().stepSize()).isEqualTo(new BatchPlan.StepSize.Rows(4));
        assertThat(run.training().warmup().steps(100)).isEqualTo(3);
        assertThat(run.method())
                .isInstanceOfSatisfying(
                        RunFile.Method.Lora.class,
                        lora ->
                                assertThat(lora.spec().modules())
                                        .containsExactly("q_proj", "v_proj"));
    }

    @Test
    void overridesWin() throws IOException {
        RunFile run = read(GOOD, Map.of("training.learning_rate", "3e-3", "output", "/elsewhere"));
        assertThat(run.training().learningRate()).isEqualTo(3e-3);
        assertThat(run.output()).isEqualTo(Path.of("/elsewhere"));
    }

    @Test
    void methodQloraQuantizesTheBaseTwiceUnlessToldOtherwise() throws IOException {
        RunFile run = read(GOOD.replace("method: lora", "method: qlora"));
        assertThat(run.method().base()).contains(new Quantization.Nf4(true));
        assertThat(read(run.resolved())).isEqualTo(run);
        RunFile plain =
                read(
                        GOOD.replace(
                                "method: lora",
                                "method: qlora\nquantization: { type: nf4, double: false }"));
        assertThat(plain.method().base()).contains(new Quantization.Nf4(false));
        assertThat(read(plain.resolved())).isEqualTo(plain);
    }

    @Test
    void theResolvedFileReadsAsTheSameRun() throws IOException {
        RunFile run = read(GOOD);
        RunFile again = read(run.resolved());
        assertThat(again).isEqualTo(run);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learning_rate: 1e-4 | learning_rte: 1e-4 | 10 | unknown key 'training.learning_rte'; did you mean 'training.learning_rate'?",
                "method: lora | metod: lora | 5 | unknown key 'metod'; did you mean 'method'?",
                "learning_rate: 1e-4 | learning_rate: fast | 10 | key 'training.learning_rate': expected a number of at least 0.0, found 'fast'",
                "epochs: 2 | epochs: 0 | 8 | key 'training.epochs': expected a whole number of at least 1, found '0'",
                "epochs: 2 | epochs: 2.5 | 8 | key 'training.epochs': expected a whole number of at least 1, found '2.5'",
                "holdout: 5% | holdout: 105% | 4 | key 'data.holdout': expected a share such as 5% or 0.05, or a file, found '105%'",
                "method: lora | method: dora | 5 | key 'method': expected full, lora or qlora, found 'dora'",
                "method: lora | quantization: {type: nf4} | 5 | key 'quantization': it is for method qlora, whose base is stored in fewer bits",
                "method: lora | method: full | 6 | key 'adapter': it is for method lora; method full trains every weight",
                "warmup: 3% | steps: 4 | 11 | key 'training.steps': give either epochs or steps, not both",
                "warmup: 3% | tokens_per_step: 4 | 9 | key 'training.rows_per_step': give either tokens_per_step or rows_per_step, not both",
                "warmup: 3% | epochs: 3 | 11 | key 'training.epochs' stands a second time; it was set on line 8"
            })
    void faultsNameLineAndKey(String good, String bad, int line, String message) {
        assertThatThrownBy(() -> read(GOOD.replace(good, bad)))
                .isInstanceOf(RunFileException.class)
                .hasMessage("%s:%d: %s".formatted(folder.resolve("run.yml"), line, message));
    }

    @Test
    void aTargetThatIsNoLayerIsNamed() {
        assertThatThrownBy(() -> read(GOOD.replace("v_proj", "w_proj")))
                .hasMessageEndingWith(
                        "adapter.targets: no linear layer is named 'w_proj'; expected all-linear or some of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj");
    }

    @Test
    void aMissingKeyIsNamed() {
        assertThatThrownBy(() -> read(GOOD.replace("output: runs/x\n", "")))
                .hasMessage(folder.resolve("run.yml") + ": key 'output' is missing");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThatThrownBy(() -> read("model: [unclosed\n"))
                .isInstanceOf(RunFileException.class)
                .hasMessageContaining("run.yml:")
                .hasMessageContaining("not valid YAML");
    }
}
