package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.model.ParameterRole;
import dev.hone.model.SafetensorsFile;
import dev.hone.tensor.DType;
import dev.hone.tensor.DynamicMap;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateSlot;
import dev.hone.tensor.UpdateStep;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten steps of every optimizer against {@code torch.optim}, or against the papers' formulas in
 * numpy: {@code src/test/resources/optimizers} says which.
 */
@Tag("golden")
final class OptimizerGoldenTest {
    private static final Path FIXTURES =
            Path.of("src/test/resources/optimizers/optimizers.safetensors");
    private static final int STEPS = 10;
    private static final double DECAY = 0.1;

    private SafetensorsFile fixtures;

    @BeforeEach
    void open() {
        fixtures = SafetensorsFile.open(FIXTURES);
    }

    @AfterEach
    void close() {
        fixtures.close();
    }

    /** A parameter in training. */
    private record Trained(
            String name, OptimizerRule rule, Tensor weight, Map<String, Tensor> states) {}

    /** Runs ten steps of some of the tensors, all in one call a step and rule. */
    private List<Trained> train(
            Ops ops, OptimizerRule optimizer, double rate, long warmup, String... names) {
        return train(ops, DType.F32, optimizer, rate, warmup, names);
    }

    private List<Trained> train(
            Ops ops,
            DType dtype,
            OptimizerRule optimizer,
            double rate,
            long warmup,
            String... names) {
        List<Trained> all = new ArrayList<>();
        for (String name : names) {
            Shape shape = fixtures.require("start." + name).shape();
            ParameterRole role = shape.rank() == 2 ? ParameterRole.MATRIX : ParameterRole.VECTOR;
            OptimizerRule rule = optimizer.of(role, shape);
            Tensor weight = ops.cast(ops.ofFloats(floats("start." + name), shape.dims()), dtype);
            all.add(new Trained(name, rule, weight, rule.states(ops, weight)));
        }
        for (int step = 0; step < STEPS; step++) {
            double risen = rate * Schedule.CONSTANT.at(step, warmup, STEPS);
            for (Trained trained : all) {
                String name = "gradient.%d.%s".formatted(step, trained.name());
                Tensor gradient =
                        ops.cast(
                                ops.ofFloats(floats(name), trained.weight().shape().dims()), dtype);
                UpdateSlot slot =
                        new UpdateSlot(
                                trained.weight(),
                                trained.weight(),
                                gradient,
                                List.copyOf(trained.states().values()),
                                1,
                                trained.weight().shape().rank() > 1 ? DECAY : 0,
                                0);
                ops.update(
                        trained.rule().at(new UpdateStep(step + 1, risen, 1, 0), warmup),
                        List.of(slot));
            }
        }
        return all;
    }

    private static Ops engine(String name) {
        return name.equals("fused") ? Engines.fused() : Engines.composed();
    }

    /** Largest difference of the weights, as a share of the farthest that a weight moved. */
    private double difference(Ops ops, String label, List<Trained> all) {
        double largest = 0;
        double farthest = 0;
        for (Trained trained : all) {
            float[] found = ops.floats(trained.weight());
            float[] wanted = floats(label + "." + trained.name());
            float[] start = floats("start." + trained.name());
            for (int i = 0; i < found.length; i++) {
                largest = Math.max(largest, Math.abs(found[i] - wanted[i]));
                farthest = Math.max(farthest, Math.abs(wanted[i] - start[i]));
            }
        }
        System.out.printf("%-20s largest difference %.2e of %.2e%n", label, largest, farthest);
        assertThat(farthest).isGreaterThan(1e-2);
        return largest / farthest;
    }

    private void agree(
            String engine, String label, OptimizerRule rule, double rate, double tolerance) {
        try (Ops ops = engine(engine);
                Scope _ = ops.scope()) {
            List<Trained> all = train(ops, rule, rate, 0, "wide", "tall", "vector");
            assertThat(difference(ops, label, all)).isLessThan(tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "composed"})
    void adamWIsPytorchs(String engine) {
        agree(engine, "adamw", new AdamWRule(0.9, 0.99, 1e-8), 1e-2, 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "composed"})
    void adafactorIsPytorchs(String engine) {
        agree(engine, "adafactor", new AdafactorRule(0.8, 1, false), 1e-2, 1e-5);
        agree(engine, "adafactor_relative", new AdafactorRule(0.8, 1, true), 0.5, 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "composed"})
    void lionIsThePapers(String engine) {
        agree(engine, "lion", new LionRule(0.9, 0.99), 1e-2, 1e-5);
    }

    /** PyTorch iterates in BF16 as well; what is left is how the two round there. */
    @ParameterizedTest
    @ValueSource(strings = {"fused", "composed"})
    void muonIsPytorchs(String engine) {
        try (Ops ops = engine(engine);
                Scope _ = ops.scope()) {
            MuonRule rule = new MuonRule(0.95, AdamWRule.DEFAULT);
            List<Trained> all = train(ops, rule, 1e-2, 0, "wide", "tall");
            assertThat(difference(ops, "muon", all)).isLessThan(2e-2);
        }
    }

    @Test
    void muonInFp64IsItsFormula() {
        try (Ops ops = Engines.composed();
                Scope _ = ops.scope()) {
            MuonRule rule = new MuonRule(0.95, AdamWRule.DEFAULT);
            List<Trained> all = train(ops, DType.F64, rule, 1e-2, 0, "wide", "tall");
            assertThat(difference(ops, "muon_exact", all)).isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "composed"})
    void scheduleFreeIsThePapersAndSoIsItsAverage(String engine) {
        try (Ops ops = engine(engine);
                Scope _ = ops.scope()) {
            ScheduleFreeRule rule = new ScheduleFreeRule(0.9, 0.99, 1e-8);
            List<Trained> all = train(ops, rule, 1e-2, 4, "wide", "tall", "vector");
            assertThat(difference(ops, "schedule_free_adamw", all)).isLessThan(1e-4);
            for (Trained trained : all) {
                Tensor average =
                        rule.result(ops, trained.weight(), trained.states(), false).orElseThrow();
                float[] x = floats("schedule_free_adamw." + trained.name() + ".x");
                assertThat(GoldenParityTest.difference(ops.floats(average), x)).isLessThan(3e-6);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "composed"})
    void momentsInEightBitsAreStoredAsBitsandbytesStoresThem(String engine) {
        try (Ops ops = engine(engine);
                Scope _ = ops.scope()) {
            AdamW8BitRule rule = new AdamW8BitRule(new AdamWRule(0.9, 0.99, 1e-8));
            List<Trained> all = train(ops, rule, 1e-2, 0, "wide", "tall", "vector");
            assertThat(all.get(0).rule()).isEqualTo(rule);
            assertThat(all.get(1).rule()).isEqualTo(rule.adamW());
            assertThat(difference(ops, "adamw_8bit", all)).isLessThan(1e-4);
            Map<String, Tensor> states = all.getFirst().states();
            for (String moment : List.of("m", "v")) {
                byte[] found = ops.bytes(state(states, moment));
                byte[] wanted = bytes("adamw_8bit.wide." + moment);
                int differ = 0;
                for (int i = 0; i < found.length; i++) {
                    differ += found[i] == wanted[i] ? 0 : 1;
                }
                System.out.printf("%s: %d of %d codes differ%n", moment, differ, found.length);
                assertThat(differ).isLessThanOrEqualTo(found.length / 1000);
                float[] scales = ops.floats(state(states, moment + ".absmax"));
                assertThat(
                                GoldenParityTest.relativeError(
                                        scales, floats("adamw_8bit.wide." + moment + ".absmax")))
                        .isLessThan(1e-5);
            }
        }
    }

    private static Tensor state(Map<String, Tensor> states, String name) {
        return Objects.requireNonNull(states.get(name));
    }

    @Test
    void theValuesOfTheCodesAreThoseOfBitsandbytes() {
        assertThat(DynamicMap.signed().values()).isEqualTo(floats("map.signed"));
        assertThat(DynamicMap.unsigned().values()).isEqualTo(floats("map.unsigned"));
        try (SafetensorsFile bitsandbytes =
                SafetensorsFile.open(Path.of("src/test/resources/goldens-nf4/nf4.safetensors"))) {
            assertThat(DynamicMap.signed().values())
                    .isEqualTo(floats(bitsandbytes, "codebook.dynamic8_signed"));
            assertThat(DynamicMap.unsigned().values())
                    .isEqualTo(floats(bitsandbytes, "codebook.dynamic8_unsigned"));
        }
    }

    @Test
    void smallParametersAndTheEmbeddingKeepMomentsInFullPrecision() {
        AdamW8BitRule rule = new AdamW8BitRule(AdamWRule.DEFAULT);
        assertThat(rule.of(ParameterRole.MATRIX, Shape.of(64, 64))).isEqualTo(rule);
        assertThat(rule.of(ParameterRole.HEAD, Shape.of(64, 64))).isEqualTo(rule);
        assertThat(rule.of(ParameterRole.MATRIX, Shape.of(63, 65))).isEqualTo(AdamWRule.DEFAULT);
        assertThat(rule.of(ParameterRole.EMBEDDING, Shape.of(640, 64)))
                .isEqualTo(AdamWRule.DEFAULT);
        try (Ops ops = Engines.fused();
                Scope _ = ops.scope()) {
            Tensor weight = ops.zeros(DType.BF16, Shape.of(61, 70));
            long bytes = rule.states(ops, weight).values().stream().mapToLong(Tensor::bytes).sum();
            assertThat(bytes).isEqualTo(2 * (61 * 70 + 4 * 17));
        }
    }

    private float[] floats(String name) {
        return floats(fixtures, name);
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return file.require(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private byte[] bytes(String name) {
        return fixtures.require(name).bytes().toArray(ValueLayout.JAVA_BYTE);
    }
}
