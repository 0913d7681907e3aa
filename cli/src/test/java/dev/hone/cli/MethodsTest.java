package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * What methods come to on the starter model in two epochs of the sample data:
 * docs/benchmarks/methods.md.
 */
@Tag("slow")
class MethodsTest {
    private static final Path RECIPE = Path.of("..", "starter", "recipe", "quickstart.yml");

    @TempDir private Path folder;

    private double loss(String output, String... settings) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("train", RECIPE, "--no-learn"));
        arguments.addAll(List.of("--device", "cpu", "--set", "output=" + folder.resolve(output)));
        arguments.addAll(List.of("--set", "training.epochs=2"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        Ran ran = Ran.hone(arguments.toArray());
        assertThat(ran.exit()).as(ran.err()).isZero();
        return JsonMapper.builder()
                .build()
                .readTree(Files.readString(folder.resolve(output).resolve("holdout.json")))
                .get("loss_after")
                .asDouble();
    }

    @Test
    void fullTrainingLearnsMostAndAQuantizedBaseCostsAnAdapterNothing() throws IOException {
        double full = loss("full", "method=full", "adapter=null", "training.learning_rate=1e-3");
        double lora = loss("lora");
        assertThat(lora).isLessThan(0.12);
        assertThat(full / lora).isBetween(0.15, 0.6);
        assertThat(loss("nf4", "method=qlora") / lora).isBetween(0.8, 1.25);
        assertThat(loss("int8", "method=qlora", "quantization.type=int8") / lora)
                .isBetween(0.8, 1.25);
    }
}
