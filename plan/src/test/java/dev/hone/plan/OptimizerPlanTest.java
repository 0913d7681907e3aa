package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.AdafactorRule;
import dev.hone.train.AdamW8BitRule;
import dev.hone.train.AdamWRule;
import dev.hone.train.Forecast;
import dev.hone.train.LionRule;
import dev.hone.train.MuonRule;
import dev.hone.train.OptimizerRule;
import dev.hone.train.OptimizerSection;
import dev.hone.train.OptimizerSection.Master;
import dev.hone.train.OptimizerSection.Update;
import dev.hone.train.RunFile;
import dev.hone.train.ScheduleFreeRule;
import dev.hone.train.StepCount;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What optimizers, masters and the time of the update mean for a plan. */
class OptimizerPlanTest {
    private static final AdamWRule ADAMW = AdamWRule.DEFAULT;

    private static RunFile.TrainingSection training(
            OptimizerRule rule, Master master, Update update) {
        return Given.training(2048, 2048, DType.BF16)
                .with(new OptimizerSection(rule, 0, 1, master, update));
    }

    /** Bytes of states a parameter that is no embedding, and of an embedding. */
    static Stream<Arguments> states() {
        return Stream.of(
                Arguments.of(ADAMW, 8, 8),
                Arguments.of(new AdamW8BitRule(ADAMW), 2 + 8.0 / 256, 8),
                Arguments.of(new AdafactorRule(0.8, 1, false), 0.002, 0.002),
                Arguments.of(new LionRule(0.9, 0.99), 4, 4),
                Arguments.of(new MuonRule(0.95, ADAMW), 4, 8),
                Arguments.of(new ScheduleFreeRule(0.9, 0.999, 1e-8), 8, 8));
    }

    @ParameterizedTest
    @MethodSource("states")
    void statesTakeTheirBytesAParameter(OptimizerRule rule, double other, double embedding) {
        ModelConfig config = Given.model("llama-3.2-1b");
        long table = (long) config.vocabulary() * config.hiddenSize();
        double expected = other * (config.parameters() - table) + embedding * table;
        for (Master master : Master.values()) {
            for (Update update : Update.values()) {
                RunFile.TrainingSection training = training(rule, master, update);
                Forecast.Parts parts =
                        MemoryPlan.of(
                                        Device.CPU,
                                        config,
                                        Given.full(),
                                        training,
                                        Given.work(2, 512, training))
                                .forecast()
                                .parts();
                assertThat(parts.optimizer() / (double) config.parameters())
                        .isCloseTo(expected / config.parameters(), within(0.01));
                assertThat(parts.weights())
                        .isEqualTo((master == Master.FP32 ? 6 : 2) * config.parameters());
                assertThat(parts.gradients())
                        .isEqualTo(update == Update.AFTER ? 4 * config.parameters() : 0);
            }
        }
    }

    static Stream<Arguments> devices() {
        return states().map(given -> (OptimizerRule) given.get()[0])
                .flatMap(rule ->
                        Stream.of(Device.CPU, Device.cuda(0))
                                .flatMap(device ->
                                        Stream.of(Update.values())
                                                .map(update ->
                                                        Arguments.of(rule, device, update))));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aDeepModelFollowsFromAShallowOneWhateverUpdatesIt(
            OptimizerRule rule, Device device, Update update) {
        ModelConfig config = Given.model("llama-3.2-1b");
        RunFile.TrainingSection training = training(rule, Master.NONE, update);
        Workload work = Given.work(4, 512, training);
        RunCount count = new RunCount(device, config, Given.full(), training, work);
        StepCount derived = count.step(Holding.EVERYTHING);
        MemoryPlan whole = count.inFull(Holding.EVERYTHING);
        assertThat(derived.stateBytes()).isEqualTo(whole.forecast().stateBytes());
        assertThat(derived.peakBytes()).isEqualTo(whole.forecast().peakBytes());
        Forecast.Parts p = whole.forecast().parts();
        assertThat(
                        p.weights()
                                + p.adapter()
                                + p.gradients()
                                + p.optimizer()
                                + p.kept()
                                + p.workspace())
                .isEqualTo(whole.forecast().peakBytes());
        assertThat(p.workspace()).isNotNegative();
    }

    @Test
    void updatesInTheBackwardPassSaveNearlyAllGradients() {
        ModelConfig config = Given.model("llama-3.1-8b");
        long after = peak(config, training(ADAMW, Master.FP32, Update.AFTER));
        long within = peak(config, training(ADAMW, Master.FP32, Update.IN_BACKWARD));
        // What stays is the largest gradient, the head's.
        long head = 4L * config.vocabulary() * config.hiddenSize();
        assertThat(after - within).isGreaterThan(4 * config.parameters() - 2 * head);
    }

    private static long peak(ModelConfig config, RunFile.TrainingSection training) {
        return MemoryPlan.of(
                        Device.CPU, config, Given.full(), training, Given.work(2, 512, training))
                .peakBytes();
    }

    @Test
    void checkpointsHoldWeightsAndStates() {
        ModelConfig config = Given.model("smollm2-135m");
        for (Master master : Master.values()) {
            RunFile.TrainingSection training =
                    training(new LionRule(0.9, 0.99), master, Update.AFTER);
            MemoryPlan plan =
                    MemoryPlan.of(
                            Device.CPU,
                            config,
                            Given.full(),
                            training,
                            Given.work(2, 512, training));
            long checkpoint = (master == Master.FP32 ? 8 : 6) * config.parameters();
            assertThat(plan.stages())
                    .filteredOn(stage -> stage.name().equals("save"))
                    .extracting(Stage::diskBytes)
                    .containsExactly(
                            2 * config.parameters()
                                    + checkpoint * (training.keepCheckpoints() + 1L));
        }
    }

    @Test
    void methodsAreComparedWithWhatEachCanBeTrainedWith() {
        ModelConfig config = Given.model("llama-3.2-1b");
        RunFile.TrainingSection training =
                training(new MuonRule(0.95, ADAMW), Master.NONE, Update.IN_BACKWARD);
        RunPlan plan =
                RunPlan.of(
                        "llama-3.2-1b",
                        config,
                        Given.full(),
                        training,
                        512,
                        Given.work(8, 512, training),
                        Given.knowledge(Given.wishes(Ranking.Sort.COST, 1)));
        assertThat(plan.methods().verdict())
                .endsWith(" Adapters are counted with adamw: optimizer muon does not train them.");
        MethodRow lora = plan.methods().rows().get(1);
        RunFile.TrainingSection plain = training(ADAMW, Master.FP32, Update.AFTER);
        RunCount counted =
                new RunCount(
                        Device.cuda(0), config, Given.lora(16), plain, Given.work(8, 512, plain));
        assertThat(lora.peakBytes()).isEqualTo(counted.peakBytes(Holding.EVERYTHING));
        assertThat(List.of(plan.time().flopsPerToken())).allMatch(flops -> flops > 0);
    }
}
