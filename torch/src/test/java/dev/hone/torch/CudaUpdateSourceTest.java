package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.torch.KernelsAgreement.Engine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates by the kernels of CUDA cards, compiled for the host. */
@Tag("unit")
final class CudaUpdateSourceTest extends UpdatesAgreement {
    @TempDir static Path folder;

    @Override
    Engine engine() {
        return HostLauncher.engine(folder);
    }

    @Test
    void resultsAreTheBitsOfTheProcessorsKernels() {
        try (CpuKernels cpu = new CpuKernels(reference, 1)) {
            List<double[]> expected = everything(cpu);
            List<double[]> found = everything(kernels);
            for (int i = 0; i < found.size() - 1; i++) { // the last is a sum, in another order
                assertThat(found.get(i)).as("tensor %d", i).isEqualTo(expected.get(i));
            }
        }
    }
}
