package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GpuCatalogueTest {
    private final GpuCatalogue catalogue = GpuCatalogue.load();

    @Test
    void everyFigureHasASourceThatIsListed() {
        for (Gpu gpu : catalogue.gpus()) {
            for (Figure figure :
                    Stream.concat(
                                    Stream.of(
                                            gpu.memory(),
                                            gpu.usable(),
                                            gpu.bandwidth(),
                                            gpu.bf16(),
                                            gpu.fp32(),
                                            gpu.pcie(),
                                            gpu.link(),
                                            gpu.watts()),
                                    gpu.launchDollars().stream())
                            .toList()) {
                assertThat(figure.sources()).as(gpu.name()).isNotEmpty();
                assertThat(catalogue.sources().keySet())
                        .as(gpu.name())
                        .containsAll(figure.sources());
            }
        }
    }

    @Test
    void usableMemoryIsLessThanTheVendorSaysAndNotMuchLess() {
        assertThat(catalogue.gpus())
                .allSatisfy(gpu ->
                        assertThat(gpu.usable().value() / gpu.memory().value())
                                .as(gpu.name())
                                .isBetween(0.90, 0.995));
        assertThat(catalogue.require("rtx 4090").usable().value()).isEqualTo(23.52);
        assertThat(catalogue.require("L40S").usable().value()).isEqualTo(44.39);
    }

    @Test
    void aCardIsFoundByTheNameOfItsDriver() {
        assertThat(catalogue.require("NVIDIA H100 80GB HBM3").name()).isEqualTo("H100 SXM");
        assertThat(catalogue.require("NVIDIA GeForce RTX 4090").name()).isEqualTo("RTX 4090");
        assertThat(catalogue.require("h100sxm").name()).isEqualTo("H100 SXM");
    }

    @Test
    void aCardThatIsNotListedIsRefusedWithTheList() {
        assertThatThrownBy(() -> catalogue.require("RTX 9999"))
                .isInstanceOf(PlanException.class)
                .hasMessageStartingWith("unknown GPU 'RTX 9999'; expected one of RTX 3090, RTX ");
        assertThatThrownBy(() -> catalogue.require("rtx4091"))
                .hasMessage("unknown GPU 'rtx4091'; did you mean 'RTX 4090'?");
    }

    @Test
    void cardsThatCannotTrainSayWhy() {
        assertThat(catalogue.require("V100").refusal(DType.BF16))
                .contains(
                        "compute capability 7.0 has no bf16, and libtorch for CUDA 13 starts at 7.5");
        assertThat(catalogue.require("T4").refusal(DType.BF16))
                .contains("compute capability 7.5 has no bf16; it starts at 8.0");
        assertThat(catalogue.require("T4").refusal(DType.F32)).isEmpty();
        assertThat(catalogue.require("MI300X").refusal(DType.BF16))
                .contains("it does not run CUDA");
        assertThat(catalogue.require("GH200").refusal(DType.BF16))
                .contains("its processor is arm64; Hone runs CUDA on x86-64");
        assertThat(catalogue.require("L4").refusal(DType.BF16)).isEmpty();
    }

    @Test
    void aFigureWithoutASourceIsRefused() {
        Table table = Table.parse("gpus.csv", "a,b\n1,24", List.of("a", "b"));
        assertThatThrownBy(() -> Figure.of(table.rows().getFirst(), "b"))
                .hasMessage(
                        "gpus.csv:2: column 'b': expected a number with its sources, such as 1008[c+d], found '24'");
    }
}
