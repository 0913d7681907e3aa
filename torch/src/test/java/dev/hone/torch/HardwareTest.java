package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
final class HardwareTest {
    private static final Hardware.Gpu L4 = new Hardware.Gpu(0, "NVIDIA L4", 24L << 30, 8, 9);
    private static final Hardware.Gpu V100 =
            new Hardware.Gpu(1, "Tesla V100-SXM2-16GB", 16L << 30, 7, 0);

    private static Hardware with(Optional<String> driver, boolean cuda, Hardware.Gpu... gpus) {
        return new Hardware(
                8,
                "a processor",
                "AVX2",
                "emulated",
                "v3.7.1",
                "2.10.0",
                driver,
                List.of(gpus),
                Optional.empty(),
                cuda);
    }

    @Test
    void aCardIsRefusedWithTheReason() {
        assertThat(with(Optional.empty(), true).cudaRefusal(0))
                .contains("no NVIDIA driver answers on this machine");
        assertThat(with(Optional.of("570.86.15"), true, L4).cudaRefusal(0))
                .contains(
                        "the NVIDIA driver is 570.86.15, CUDA 13 needs 580 or later: update the driver");
        assertThat(with(Optional.of("580.65.06"), true, L4).cudaRefusal(3))
                .contains("there is no card 3, the driver lists 1");
        assertThat(with(Optional.of("580.65.06"), true, L4, V100).cudaRefusal(1))
                .contains(
                        "Tesla V100-SXM2-16GB has compute capability 7.0, libtorch was built for 7.5, 8.x, 9.0, 10.x and 12.x");
        assertThat(with(Optional.of("580.65.06"), false, L4).cudaRefusal(0).orElseThrow())
                .startsWith(
                        "libtorch for CUDA is not on the class path: add org.bytedeco:pytorch with the classifier ")
                .endsWith("-gpu");
        assertThat(with(Optional.of("580.65.06"), true, L4, V100).cudaRefusal(0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "6, 0, false",
        "7, 0, false",
        "7, 5, true",
        "8, 0, true",
        "8, 9, true",
        "9, 0, true",
        "10, 3, true",
        "11, 0, false",
        "12, 1, true"
    })
    void codeOfLibtorchRunsOnItsOwnMajorVersions(int major, int minor, boolean runs) {
        assertThat(new Hardware.Gpu(0, "a card", 1, major, minor).refusal().isEmpty())
                .isEqualTo(runs);
    }

    @Test
    void bf16ComesFromTheProcessorsFlags() {
        assertThat(Hardware.bf16("fpu avx512_bf16 amx_bf16 amx_tile")).isEqualTo("amx");
        assertThat(Hardware.bf16("fpu avx512_bf16")).isEqualTo("avx512_bf16");
        assertThat(Hardware.bf16("fpu avx2")).isEqualTo("emulated");
    }

    @Test
    void thisMachineIsDescribed() {
        Hardware hardware = Hardware.detect();
        assertThat(hardware.logicalCores()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(hardware.cpuCapability()).isNotBlank();
        assertThat(hardware.libtorch()).startsWith("2.");
        assertThat(hardware.oneDnn()).matches("v[0-9.]+");
        assertThat(hardware.slowKernels()).isEmpty();
    }

    @Test
    void anEngineOnAMissingCardIsRefused() {
        int index = 99;
        assertThatThrownBy(() -> TorchOps.cuda(index))
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessage("cuda:99: " + Hardware.detect().cudaRefusal(index).orElseThrow());
    }

    @Test
    void noDriverMeansNoCards() {
        assertThat(Nvml.report("libno-such-library.so.1", "no-such-library.dll"))
                .isEqualTo(new Nvml.Report(Optional.empty(), List.of()));
    }

    @Test
    void withoutVectorsTheKernelsSayHowToGetFaster() {
        assertThat(KernelChoice.whyNotFused(ModuleLayer.empty()))
                .contains(
                        "jdk.incubator.vector is not in the boot layer: start Java with --add-modules=jdk.incubator.vector");
        assertThat(KernelChoice.whyNotFused()).isEmpty();
    }

    @Test
    void theEngineSaysWhichKernelsItRuns() {
        try (TorchOps fused = TorchOps.cpu(1);
                TorchOps plain = TorchOps.cpuReference(1)) {
            assertThat(fused.description()).startsWith("fused Java kernels");
            assertThat(plain.description()).isEqualTo("composed of plain operations");
        }
    }
}
