package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.DType;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of CUDA cards, compiled for the host: their sources, and how they are started. */
@Tag("unit")
final class CudaSourceTest extends KernelsAgreement {
    @TempDir static Path folder;

    @Override
    Engine engine() {
        return HostLauncher.engine(folder);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void dropoutHasTheMaskOfTheProcessorsKernels(DType dtype) {
        try (CpuKernels cpu = new CpuKernels(reference, 1);
                Scope _ = p.scopes().open()) {
            Tensor x = normal(dtype, new Random(1), 5003);
            Tensor there = normal(dtype, new Random(2), 5003);
            Tensor here = normal(dtype, new Random(3), 5003);
            cpu.dropout(x, 0.3, 99, there);
            kernels.dropout(x, 0.3, 99, here);
            assertThat(values(here)).isEqualTo(values(there));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void noiseIsThatOfTheProcessorsKernels(DType dtype) {
        try (CpuKernels cpu = new CpuKernels(reference, 1);
                Scope _ = p.scopes().open()) {
            Tensor bounds = uniform(0, 1, new Random(1), 7);
            Tensor there = normal(dtype, new Random(2), 7, 577);
            Tensor here = normal(dtype, new Random(2), 7, 577);
            cpu.addNoise(there, bounds, 99);
            kernels.addNoise(here, bounds, 99);
            assertThat(values(here)).isEqualTo(values(there));
        }
    }
}
