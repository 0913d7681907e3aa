package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.ModelConfig;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimePlanTest {
    private static final RunFile.TrainingSection TRAINING = Given.training(1024, 1024, DType.BF16);

    @Test
    void theWorkOfADeepModelIsThatOfTwoLayersAndTheThirdRepeated() {
        ModelConfig config = Paper.withLayers(Given.model("smollm2-135m"), 7);
        Workload work = Given.work(8, 128, TRAINING);
        for (RunFile.Method method : List.of(Given.lora(8), Given.full())) {
            StepWork step = StepWork.of(Device.cuda(0), config, method, TRAINING, work.typical());
            Map<Cost.Work, Long> whole =
                    Forecast.of(
                                    CountingOps.of(Device.cuda(0)),
                                    config,
                                    method,
                                    TRAINING,
                                    MemoryPlan.step(work.typical()))
                            .work();
            long flops = 0;
            long bytes = 0;
            for (var part : List.of(step.microBatch(), step.optimizer())) {
                for (var entry : part.entrySet()) {
                    flops += entry.getKey().flops() * entry.getValue();
                    bytes += entry.getKey().bytes() * entry.getValue();
                }
            }
            assertThat(flops).isEqualTo(sum(whole, true));
            assertThat(bytes).isEqualTo(sum(whole, false));
        }
    }

    private static long sum(Map<Cost.Work, Long> work, boolean flops) {
        return work.entrySet().stream()
                .mapToLong(e -> (flops ? e.getKey().flops() : e.getKey().bytes()) * e.getValue())
                .sum();
    }

    /**
     * arXiv 2001.08361: a frozen weight costs 4 FLOPs a token, a trained one 6; attention on top.
     */
    @Test
    void loraTakesFourFlopsAWeightAndFullTrainingSix() {
        ModelConfig config = Given.model("llama-3.1-8b");
        double weights = Sizes.linear(config) + (double) config.vocabulary() * 4096;
        Workload work = Given.work(8, 128, TRAINING);
        double lora =
                TimePlan.of(Device.cuda(0), config, Given.lora(1), TRAINING, work).flopsPerToken();
        double full =
                TimePlan.of(Device.cuda(0), config, Given.full(), TRAINING, work).flopsPerToken();
        assertThat(lora / weights).isCloseTo(4, within(0.15));
        assertThat(full / weights).isCloseTo(6, within(0.2));
    }

    @Test
    void anOperationTakesAsLongAsItsSlowestSide() {
        Rates rates = new Rates(1e12, 1e9, 1e-3);
        assertThat(rates.seconds(Map.of(new Cost.Work(2_000_000_000_000L, 1), 1L))).isEqualTo(2);
        assertThat(rates.seconds(Map.of(new Cost.Work(1, 3_000_000_000L), 2L))).isEqualTo(6);
        assertThat(rates.seconds(Map.of(new Cost.Work(1, 1), 5L))).isEqualTo(5e-3);
    }

    @Test
    void moreCardsAreFasterButNeverByMoreThanTheirNumber() {
        TimePlan time =
                TimePlan.of(
                        Device.cuda(0),
                        Given.model("llama-3.1-8b"),
                        Given.lora(16),
                        TRAINING,
                        Given.work(1000, 512, TRAINING));
        for (Gpu gpu : GpuCatalogue.load().gpus()) {
            double before = time.seconds(gpu, DType.BF16, 1);
            assertThat(time.efficiency(gpu, DType.BF16, 1)).isEqualTo(1);
            for (int count : new int[] {2, 4, 8}) {
                double seconds = time.seconds(gpu, DType.BF16, count);
                assertThat(seconds).isLessThan(before);
                assertThat(time.efficiency(gpu, DType.BF16, count)).isBetween(0.0, 1.0);
                before = seconds;
            }
        }
    }

    @Test
    void halfTheDataTakesHalfTheTime() {
        Rates rates = Rates.of(GpuCatalogue.load().require("RTX 4090"), DType.BF16);
        double whole = seconds(2000, rates);
        assertThat(seconds(1000, rates) / whole).isCloseTo(0.5, within(0.01));
    }

    private static double seconds(int rows, Rates rates) {
        return TimePlan.of(
                        Device.cuda(0),
                        Given.model("llama-3.2-1b"),
                        Given.lora(16),
                        TRAINING,
                        Given.work(rows, 512, TRAINING))
                .seconds(rates);
    }
}
