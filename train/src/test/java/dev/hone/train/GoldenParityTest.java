package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.data.Batch;
import dev.hone.data.BatchPlan.RunLength;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.Decoder.Forward;
import dev.hone.model.Decoder.HeadGradients;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelFiles;
import dev.hone.model.Parameter;
import dev.hone.model.Pass;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Training;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Logits, losses, every gradient and ten training steps against transformers and PEFT, in fp32. The
 * tolerances are the project's definition of parity: logits and losses within 1e-4, gradients
 * cosine at least 0.99999 and relative error at most 1e-3.
 */
@Tag("golden")
class GoldenParityTest extends EngineTest {
    private static final double LOGITS = 1e-4;
    private static final double LOSS = 1e-4;
    private static final double COSINE = 0.99999;
    private static final double RELATIVE = 1e-3;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama_tied", "mistral", "qwen2", "qwen3"})
    void logitsOfTheBaseModelAndOfTheAdapterAgree(String architecture) throws IOException {
        try (Golden golden = new Golden(architecture);
                PeftAdapter adapter = golden.adapter();
                PeftAdapter after = golden.adapterAfterTenSteps()) {
            compareLogits(golden, null, "logits");
            compareLogits(golden, adapter.adapter(), "adapter_logits");
            compareLogits(golden, after.adapter(), "trained_logits");
        }
    }

    private void compareLogits(Golden golden, @Nullable Adapter adapter, String name) {
        try (Decoder decoder = decoder(golden, adapter, new Training.Frozen());
                Scope _ = ops.scope()) {
            List<float[]> logits = golden.logits(ops, decoder);
            for (int s = 0; s < 2; s++) {
                float[] expected = golden.floats("seq" + s + "." + name);
                float[] packed = logits.get(s);
                int[] ids = golden.indices("seq" + s + ".input_ids");
                float[] alone = ops.floats(decoder.logits(ids, new int[] {0, ids.length}));
                report(name + " packed, sequence " + s, difference(packed, expected));
                assertThat(difference(packed, expected)).isLessThanOrEqualTo(LOGITS);
                assertThat(difference(alone, expected)).isLessThanOrEqualTo(LOGITS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama_tied", "mistral", "qwen2", "qwen3"})
    void gradientsOfEveryParameterAgree(String architecture) throws IOException {
        try (Golden golden = new Golden(architecture)) {
            compareGradients(golden, null, new Training.Full(), "full_grad.", "loss");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama_tied", "mistral", "qwen2", "qwen3"})
    void gradientsOfTheAdapterAgree(String architecture) throws IOException {
        try (Golden golden = new Golden(architecture);
                PeftAdapter adapter = golden.adapter()) {
            compareGradients(
                    golden,
                    adapter.adapter(),
                    new Training.AdapterOnly(),
                    "lora_grad.",
                    "adapter_loss");
        }
    }

    private void compareGradients(
            Golden golden,
            @Nullable Adapter adapter,
            Training training,
            String prefix,
            String lossName) {
        try (Decoder decoder = decoder(golden, adapter, training)) {
            double loss = forwardAndBackward(ops, decoder, golden.packed());
            assertThat(loss).isCloseTo(golden.numbers().get(lossName).asDouble(), offset(LOSS));
            List<String> compared = new ArrayList<>();
            for (Parameter parameter : decoder.trainable()) {
                String name = goldenName(golden, prefix, parameter.name());
                float[] expected = golden.floats(prefix + name);
                float[] found = ops.floats(parameter.gradient());
                report(name, relativeError(found, expected));
                assertThat(cosine(found, expected)).as(name).isGreaterThanOrEqualTo(COSINE);
                assertThat(relativeError(found, expected)).as(name).isLessThanOrEqualTo(RELATIVE);
                compared.add(name);
            }
            assertThat(compared).containsExactlyInAnyOrderElementsOf(golden.names(prefix));
        }
    }

    private static String goldenName(Golden golden, String prefix, String name) {
        return golden.names(prefix).stream()
                .filter(n -> n.endsWith(name) || n.replace(".default", "").endsWith(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no golden gradient for " + name));
    }

    /** Accumulates all gradients of a batch; returns its loss. */
    static double forwardAndBackward(Ops ops, Decoder decoder, Batch batch) {
        try (Scope _ = ops.scope()) {
            Supervised.Targets targets = Supervised.Targets.of(batch);
            Forward forward = decoder.forward(batch.ids(), batch.offsets(), Pass.NO_DROPOUT);
            HeadGradients head =
                    decoder.logProbsBackward(
                            forward.hidden(),
                            ops.ofIndices(targets.rows()),
                            ops.ofIndices(targets.targets()),
                            ops.ofFloats(
                                    targets.gradient(batch.supervisedWeight()),
                                    targets.rows().length));
            double loss = targets.loss(ops.floats(head.logProbs())) / batch.supervisedWeight();
            decoder.backward(forward, head.dHidden());
            return loss;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama_tied", "mistral", "qwen2", "qwen3"})
    void tenStepsOfAdapterTrainingAgree(String architecture) throws IOException {
        try (Golden golden = new Golden(architecture);
                PeftAdapter adapter = golden.adapter();
                PeftAdapter after = golden.adapterAfterTenSteps();
                Decoder decoder = decoder(golden, adapter.adapter(), new Training.AdapterOnly());
                TrainingStep step = new TrainingStep(decoder, settings(golden), 10)) {
            JsonNode expected = golden.numbers().get("train_loss_and_grad_norm");
            long liveAfterFirst = 0;
            for (int i = 0; i < 10; i++) {
                TrainingStep.Outcome outcome =
                        step.run(new OptimizerStep(i, i, List.of(golden.packed())));
                assertThat(outcome.loss())
                        .as("loss of step %d", i)
                        .isCloseTo(expected.get(i).get(0).asDouble(), offset(LOSS));
                assertThat(outcome.gradientNorm())
                        .as("gradient norm of step %d", i)
                        .isCloseTo(expected.get(i).get(1).asDouble(), offset(10 * LOSS));
                if (i == 0) {
                    liveAfterFirst = ops.memory().liveTensors();
                }
                assertThat(ops.memory().liveTensors()).isEqualTo(liveAfterFirst);
            }
            try (Decoder trained = decoder(golden, after.adapter(), new Training.AdapterOnly())) {
                for (int i = 0; i < trained.trainable().size(); i++) {
                    float[] want = ops.floats(trained.trainable().get(i).master());
                    float[] have = ops.floats(decoder.trainable().get(i).master());
                    assertThat(difference(have, want))
                            .as(trained.trainable().get(i).name())
                            .isLessThanOrEqualTo(1e-3);
                }
            }
        }
    }

    static RunFile.TrainingSection settings(Golden golden) {
        JsonNode adamw = golden.numbers().get("adamw");
        return new RunFile.TrainingSection(
                new RunLength.Steps(10),
                new StepSize.Rows(2),
                4096,
                adamw.get("lr").asDouble(),
                Schedule.CONSTANT,
                new RunFile.Warmup.Steps(0),
                OptimizerSection.of(
                        new AdamWRule(
                                adamw.get("betas").get(0).asDouble(),
                                adamw.get("betas").get(1).asDouble(),
                                adamw.get("eps").asDouble()),
                        adamw.get("weight_decay").asDouble()),
                adamw.get("max_grad_norm").asDouble(),
                DType.F32,
                false,
                1,
                0,
                1,
                RunFile.MemorySection.UNLIMITED);
    }

    private Decoder decoder(Golden golden, @Nullable Adapter adapter, Training training) {
        try (ModelFiles weights = golden.weights()) {
            return DecoderLoader.load(ops, golden.config(), weights, DType.F32, adapter, training);
        }
    }

    private static void report(String what, double largest) {
        System.out.printf("%-60s %.3e%n", what, largest);
    }

    static double difference(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** Largest difference as a share of the largest expected value. */
    static double relativeError(float[] a, float[] b) {
        double scale = 0;
        for (float value : b) {
            scale = Math.max(scale, Math.abs(value));
        }
        return difference(a, b) / Math.max(scale, 1e-12);
    }

    static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }
}
