package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.model.Placement;
import dev.hone.tensor.Cost;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.LayerKind;
import dev.hone.train.LayeredStep;
import dev.hone.train.PassCount;
import dev.hone.train.RunFile;
import dev.hone.train.StepCount;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimePlanTest {
    private static final RunFile.TrainingSection TRAINING = Given.training(1024, 1024, DType.BF16);

    @Test
    void copiesAreWaitedForWhereTheyTakeLongerThanTheLayers() {
        Rates rates = new Rates(1e12, 1e12, 1e12, 0, 0, 1e9);
        Cost.Work second = new Cost.Work(1_000_000_000_000L, 0);
        LayeredStep layered =
                new LayeredStep(
                        10,
                        true,
                        (layers, holding) -> {
                            boolean copies = holding.keep().of(0) == Keep.INPUT;
                            return step(layers, copies ? 4_000_000_000L : 0, second);
                        });
        assertThat(seconds(layered, 0, rates)).as("none").isEqualTo(10);
        assertThat(seconds(layered, 2, rates)).as("8 seconds beside 10").isEqualTo(10);
        assertThat(seconds(layered, 4, rates)).as("16 seconds beside 10").isEqualTo(16);
        Holding four = new Holding(new KeepPolicy(4, 0));
        assertThat(layered.layer(new LayerKind(Keep.INPUT, Placement.DEVICE, false)).hostBytes())
                .isEqualTo(7);
        assertThat(layered.under(four).hostBytes()).isEqualTo(70);
    }

    private static double seconds(LayeredStep layered, int copying, Rates rates) {
        Holding holding = new Holding(new KeepPolicy(copying, 0));
        return layered.passSeconds(holding, 0, rates);
    }

    /** A made-up step of layers that take a second and copy so much. */
    private static StepCount step(int layers, long copied, Cost.Work second) {
        return new StepCount(
                0,
                0,
                0,
                0,
                7L * layers,
                new Forecast.Parts(0, 0, 0, 0, 0, 0),
                List.of(new PassCount(0, 0, copied * layers, Map.of(second, (long) layers))),
                0,
                Map.of());
    }

    @Test
    void whatIsComputedAgainTakesTime() {
        RunCount count =
                new RunCount(
                        Device.cuda(0),
                        Given.model("llama-3.1-8b"),
                        Given.lora(16),
                        TRAINING,
                        Given.work(8, 512, TRAINING));
        TimePlan time = TimePlan.of(count);
        Rates rates = Rates.of(GpuCatalogue.load().require("RTX 4090"), DType.BF16);
        double before = 0;
        for (KeepPolicy policy : KeepPolicy.byMemory(32)) {
            double seconds = time.seconds(rates, new Holding(policy));
            assertThat(seconds).as("%s", policy).isGreaterThan(before);
            before = seconds;
        }
        double everything = time.seconds(rates, Holding.EVERYTHING);
        // A forward more but its last product, beside a forward and a backward of as much.
        assertThat(before / everything).isBetween(1.2, 1.4);
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
    void anOperationTakesItsStartItsArithmeticAndItsTraffic() {
        Rates rates = new Rates(1e12, 1e11, 1e9, 1e-3, 0, 1);
        assertThat(rates.seconds(Map.of(work(2_000_000_000_000L, 0, Cost.Kind.PLAIN), 1L)))
                .isEqualTo(2.001);
        assertThat(rates.seconds(Map.of(work(1_000_000_000_000L, 0, Cost.Kind.ATTENTION), 1L)))
                .isEqualTo(10.001);
        assertThat(rates.seconds(Map.of(work(0, 3_000_000_000L, Cost.Kind.PLAIN), 2L)))
                .isEqualTo(6.002);
        assertThat(rates.seconds(Map.of(work(0, 3_000_000_000L, Cost.Kind.PART), 2L)))
                .as("parts are started by what they are part of")
                .isEqualTo(6);
    }

    @Test
    void aCardWaitsForAHostThatStartsOperationsTooSlowly() {
        Rates rates = new Rates(1e12, 1e12, 1e9, 0, 1e-3, 1);
        Cost.Work large = work(0, 3_000_000_000L, Cost.Kind.PLAIN);
        Cost.Work small = work(0, 1, Cost.Kind.PLAIN);
        assertThat(rates.seconds(Map.of(small, 1000L))).isEqualTo(1);
        assertThat(rates.waitsForHost(Map.of(small, 1000L))).isTrue();
        assertThat(rates.seconds(Map.of(small, 1000L, large, 1L))).isCloseTo(3, within(1e-5));
        assertThat(rates.waitsForHost(Map.of(small, 1000L, large, 1L))).isFalse();
    }

    private static Cost.Work work(long flops, long bytes, Cost.Kind kind) {
        return new Cost.Work(flops, bytes, kind);
    }

    @Test
    void moreCardsAreFasterButNeverByMoreThanTheirNumber() {
        RunFile.TrainingSection large = Given.training(65_536, 65_536, DType.BF16);
        TimePlan time =
                TimePlan.of(
                        Device.cuda(0),
                        Given.model("llama-3.1-8b"),
                        Given.lora(16),
                        large,
                        Given.work(1000, 512, large));
        for (Gpu gpu : GpuCatalogue.load().gpus()) {
            double before = time.seconds(gpu, DType.BF16, 1, Holding.EVERYTHING);
            assertThat(time.efficiency(gpu, DType.BF16, 1, Holding.EVERYTHING)).isEqualTo(1);
            for (int count : new int[] {2, 4, 8}) {
                double seconds = time.seconds(gpu, DType.BF16, count, Holding.EVERYTHING);
                assertThat(seconds).isLessThan(before);
                assertThat(time.efficiency(gpu, DType.BF16, count, Holding.EVERYTHING))
                        .isBetween(0.0, 1.0);
                before = seconds;
            }
        }
    }

    @Test
    void whereTheHostIsWaitedForMoreCardsDoNotHelp() {
        TimePlan time =
                TimePlan.of(
                        Device.cuda(0),
                        Given.model("smollm2-135m"),
                        Given.lora(16),
                        TRAINING,
                        Given.work(1000, 512, TRAINING));
        Gpu gpu = GpuCatalogue.load().require("H100 SXM");
        assertThat(time.efficiency(gpu, DType.BF16, 8, Holding.EVERYTHING)).isBetween(0.12, 0.125);
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
