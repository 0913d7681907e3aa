package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.model.ModelQuantizer;
import dev.hone.model.Quantization;
import dev.hone.tensor.Ops;
import dev.hone.torch.TorchOps;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("golden")
final class ModelQuantizerTest {
    private static final ModelQuantizer.Listener ALONE = new ModelQuantizer.Listener() {
        @Override public void scales(long done, long total) {}
        @Override public void bytes(long done, long total) {}
        @Override public boolean stopped() { return false; }
    };
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen3"})
    void theFolderIsThatOfTransformersToTheByte(String architecture) throws IOException {
        Path model = Path.of("src/test/resources/goldens", architecture, "model");
        Path expected = Path.of("src/test/resources/goldens-nf4", architecture, "model-nf4-double");
        Path written = folder.resolve("written");
        try (Ops ops = TorchOps.cpu(2)) {
            System.out.println(ModelQuantizer.write(ops, model, written, new Quantization.Nf4(true), ALONE));
        }
        assertThat(written.toFile().list()).containsExactlyInAnyOrder(expected.toFile().list());
        for (String name : expected.toFile().list()) {
            assertThat(written.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
        }
    }
}
