package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.Parameter;
import dev.hone.model.ParameterRole;
import dev.hone.model.RandomWeights;
import dev.hone.model.Training;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What optimizers do to whole models. */
class OptimizerTest {
    private static final long SEED = 3;
    private static final Path STARTER = Path.of("../starter/model");
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");

    /** What became of a model, and the most that was live while it trained. */
    private record Trained(List<Double> losses, List<byte[]> weights, long peakBytes) {}

    private static Decoder decoder(Ops ops, ModelConfig config, OptimizerSection optimizer) {
        return DecoderLoader.load(
                ops,
                config,
                new RandomWeights(SEED, config.layers()),
                DType.BF16,
                null,
                optimizer.training(new RunFile.Method.Full()));
    }

    private static Trained train(
            ModelConfig config, OptimizerSection optimizer, double rate, int steps) {
        RunFile.TrainingSection settings = settings(optimizer, rate);
        OptimizerStep step = StepBenchmark.step(2, 48, config.vocabulary());
        List<Double> losses = new ArrayList<>();
        List<byte[]> weights = new ArrayList<>();
        long peak = 0;
        try (Ops ops = Engines.fused()) {
            try (Decoder decoder = decoder(ops, config, optimizer);
                    TrainingStep training = new TrainingStep(decoder, settings, steps)) {
                for (int i = 0; i < steps; i++) {
                    TrainingStep.Outcome outcome =
                            training.run(new OptimizerStep(i, 0, step.batches()));
                    losses.add(outcome.loss());
                    peak = Math.max(peak, outcome.peakLiveBytes());
                }
                training.optimizer().finish();
                decoder.forEachParameter(p -> weights.add(ops.bytes(p.best())));
            }
            assertThat(ops.memory().liveTensors()).isZero();
        }
        return new Trained(losses, weights, peak);
    }

    private static RunFile.TrainingSection settings(OptimizerSection optimizer, double rate) {
        RunFile.TrainingSection t = StepBenchmark.settings(DType.BF16);
        return new RunFile.TrainingSection(
                t.length(),
                t.stepSize(),
                t.microBatchTokens(),
                rate,
                Schedule.CONSTANT,
                new RunFile.Warmup.Steps(2),
                optimizer,
                0,
                DType.BF16,
                false,
                SEED,
                0,
                1,
                RunFile.MemorySection.UNLIMITED);
    }

    @ParameterizedTest
    @CsvSource({
        "adamw, 1e-3",
        "adamw_8bit, 1e-3",
        "adafactor, 5e-2",
        "lion, 2e-4",
        "muon, 3e-3",
        "schedule_free_adamw, 3e-3"
    })
    void everyOptimizerLowersTheLossOfTheStarterModelsShape(String name, double rate) {
        ModelConfig config = ModelConfig.read(STARTER);
        OptimizerRule rule =
                Optimizers.ALL.stream()
                        .filter(r -> r.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        for (OptimizerSection.Master master : OptimizerSection.Master.values()) {
            OptimizerSection optimizer =
                    new OptimizerSection(rule, 0.01, 1, master, OptimizerSection.Update.AFTER);
            List<Double> losses = train(config, optimizer, rate, 8).losses();
            System.out.printf(
                    "%s, masters %s: %.3f to %.3f%n",
                    name, master, losses.getFirst(), losses.getLast());
            assertThat(losses.getLast()).isLessThan(losses.getFirst() - 1);
        }
    }

    static Stream<Arguments> held() {
        return Optimizers.ALL.stream()
                .flatMap(rule ->
                        Stream.of(OptimizerSection.Master.values())
                                .map(master -> Arguments.of(rule, master)));
    }

    @ParameterizedTest
    @MethodSource("held")
    void updatesInTheBackwardPassGiveTheSameBitsInLessMemory(
            OptimizerRule rule, OptimizerSection.Master master) {
        for (String family : List.of("llama_tied", "qwen3")) {
            ModelConfig config = ModelConfig.read(GOLDENS.resolve(family).resolve("model"));
            OptimizerSection within =
                    new OptimizerSection(
                            rule, 0.01, 1, master, OptimizerSection.Update.IN_BACKWARD);
            Trained inBackward = train(config, within, 1e-3, 4);
            Trained after = train(config, within.afterBackward(), 1e-3, 4);
            assertThat(inBackward.losses()).isEqualTo(after.losses());
            assertThat(inBackward.weights()).hasSameSizeAs(after.weights());
            for (int i = 0; i < after.weights().size(); i++) {
                assertThat(inBackward.weights().get(i)).isEqualTo(after.weights().get(i));
            }
            assertThat(inBackward.peakBytes()).isLessThan(after.peakBytes());
        }
    }

    @Test
    void theNormOfGradientsIsKnownAfterUpdatesInTheBackwardPass() {
        ModelConfig config = ModelConfig.read(GOLDENS.resolve("llama/model"));
        OptimizerStep step = StepBenchmark.step(2, 48, config.vocabulary());
        List<Double> norms = new ArrayList<>();
        for (OptimizerSection.Update update : OptimizerSection.Update.values()) {
            OptimizerSection optimizer =
                    new OptimizerSection(
                            AdamWRule.DEFAULT, 0, 1, OptimizerSection.Master.FP32, update);
            try (Ops ops = Engines.fused();
                    Decoder decoder = decoder(ops, config, optimizer);
                    TrainingStep training =
                            new TrainingStep(decoder, settings(optimizer, 1e-3), 1)) {
                norms.add(training.run(step).gradientNorm());
            }
        }
        assertThat(norms.get(1) / norms.get(0)).isBetween(1 - 1e-6, 1 + 1e-6);
    }

    @Test
    void aStepOfSeveralMicroBatchesIsNotUpdatedWithinOne() {
        ModelConfig config = ModelConfig.read(GOLDENS.resolve("llama/model"));
        OptimizerStep one = StepBenchmark.step(1, 16, config.vocabulary());
        OptimizerStep two =
                new OptimizerStep(
                        4, 0, List.of(one.batches().getFirst(), one.batches().getFirst()));
        OptimizerSection optimizer =
                new OptimizerSection(
                        AdamWRule.DEFAULT,
                        0,
                        1,
                        OptimizerSection.Master.FP32,
                        OptimizerSection.Update.IN_BACKWARD);
        try (Ops ops = Engines.fused();
                Decoder decoder = decoder(ops, config, optimizer);
                TrainingStep training = new TrainingStep(decoder, settings(optimizer, 1e-3), 1)) {
            assertThatThrownBy(() -> training.run(two))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "step 5 has 2 micro-batches; updates in the backward pass need one");
        }
    }

    /** With one step of Lion every weight with a gradient moves by its learning rate. */
    @Test
    void loraPlusMovesBByItsRatioAndBiasesAndNormsDoNotDecay() {
        ModelConfig config = ModelConfig.read(GOLDENS.resolve("qwen2/model"));
        OptimizerSection optimizer =
                new OptimizerSection(
                        new LionRule(0.9, 0.99),
                        0,
                        16,
                        OptimizerSection.Master.FP32,
                        OptimizerSection.Update.AFTER);
        LoraSpec spec = new LoraSpec(4, 8, 0, List.of(LoraSpec.ALL_LINEAR), false);
        try (Ops ops = Engines.fused();
                Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                config,
                                new RandomWeights(SEED, config.layers()),
                                DType.F32,
                                Adapter.fresh(spec, SEED),
                                new Training.AdapterOnly());
                Optimizer lion = new Optimizer(ops, decoder.trainable(), optimizer, SEED, 0)) {
            List<float[]> before = values(ops, decoder);
            decoder.trainable().forEach(p -> ops.fill(p.gradient(), -1));
            lion.update(1, 1e-3, 1);
            List<float[]> after = values(ops, decoder);
            for (int i = 0; i < before.size(); i++) {
                boolean b = decoder.trainable().get(i).role() == ParameterRole.ADAPTER_B;
                for (int j = 0; j < before.get(i).length; j++) {
                    assertThat(after.get(i)[j] - before.get(i)[j])
                            .isBetween(b ? 0.0159f : 0.0009f, b ? 0.0161f : 0.0011f);
                }
            }
        }
        OptimizerSection decaying = OptimizerSection.of(new LionRule(0.9, 0.99), 0.5);
        try (Ops ops = Engines.fused();
                Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                config,
                                new RandomWeights(SEED, config.layers()),
                                DType.F32,
                                null,
                                new Training.Full());
                Optimizer lion = new Optimizer(ops, decoder.trainable(), decaying, SEED, 0)) {
            decoder.trainable().forEach(p -> ops.fill(p.master(), 1));
            lion.update(1, 0.1, 1);
            for (Parameter p : decoder.trainable()) {
                float expected = p.role() == ParameterRole.VECTOR ? 1 : 0.95f;
                assertThat(ops.floats(p.master())).as(p.name()).containsOnly(expected);
            }
        }
    }

    private static List<float[]> values(Ops ops, Decoder decoder) {
        return decoder.trainable().stream().map(p -> ops.floats(p.master())).toList();
    }

    @Test
    void muonLeavesEmbeddingHeadNormsAndBiasesToAdamW() {
        MuonRule muon = new MuonRule(0.95, AdamWRule.DEFAULT);
        ModelConfig config = ModelConfig.read(GOLDENS.resolve("qwen2/model"));
        OptimizerSection optimizer = OptimizerSection.of(muon, 0);
        try (Ops ops = Engines.fused();
                Decoder decoder = decoder(ops, config, optimizer);
                Optimizer states = new Optimizer(ops, decoder.trainable(), optimizer, SEED, 0)) {
            for (Optimizer.State state : states.states()) {
                boolean hidden = state.parameter().name().contains("_proj.weight");
                assertThat(state.rule().name())
                        .as(state.parameter().name())
                        .isEqualTo(hidden ? "muon" : "adamw");
            }
            assertThat(states.name()).isEqualTo("muon");
        }
    }
}
