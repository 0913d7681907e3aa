package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.Parameter;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.Storage;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A model of the goldens whose matrices went through fewer bits, held against fixtures in fp32
 * within the tolerances of {@link GoldenParityTest}, or against itself bit for bit.
 *
 * @param quantization of its base, or null where the weights are what is left already
 */
record QuantizedParity(
        Ops ops, Golden golden, WeightSource weights, @Nullable Quantization quantization) {

    Decoder decoder(@Nullable Adapter adapter) {
        return DecoderLoader.load(
                ops,
                golden.config(),
                weights,
                DType.F32,
                adapter,
                adapter == null ? new Training.Frozen() : new Training.AdapterOnly(),
                Storage.of(Optional.ofNullable(quantization)));
    }

    float[] logits() {
        Batch batch = golden.packed();
        try (Decoder decoder = decoder(null);
                Scope _ = ops.scope()) {
            return ops.floats(decoder.logits(batch.ids(), batch.offsets()));
        }
    }

    void logitsAre(SafetensorsFile expected, String prefix, double tolerance) {
        try (Decoder decoder = decoder(null)) {
            List<float[]> logits = golden.logits(ops, decoder);
            for (int s = 0; s < 2; s++) {
                float[] wanted = floats(expected, prefix + "seq" + s + ".logits");
                double difference = GoldenParityTest.difference(logits.get(s), wanted);
                System.out.printf("%s logits, sequence %d %.3e%n", prefix, s, difference);
                assertThat(difference).isLessThanOrEqualTo(tolerance);
            }
        }
    }

    void gradientsAre(SafetensorsFile expected, String prefix) {
        try (PeftAdapter adapter = golden.adapter();
                Decoder decoder = decoder(adapter.adapter())) {
            GoldenParityTest.forwardAndBackward(ops, decoder, golden.packed());
            List<String> names =
                    expected.entries().keySet().stream()
                            .filter(n -> n.startsWith(prefix + "lora_grad."))
                            .toList();
            List<String> compared = new ArrayList<>();
            for (Parameter parameter : decoder.trainable()) {
                String name =
                        names.stream()
                                .filter(n -> n.endsWith("." + parameter.name()))
                                .findFirst()
                                .orElseThrow();
                float[] found = ops.floats(parameter.gradient());
                float[] wanted = floats(expected, name);
                assertThat(GoldenParityTest.cosine(found, wanted))
                        .as(name)
                        .isGreaterThanOrEqualTo(0.99999);
                assertThat(GoldenParityTest.relativeError(found, wanted))
                        .as(name)
                        .isLessThanOrEqualTo(1e-3);
                compared.add(name);
            }
            assertThat(compared).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    /**
     * @param expected loss and gradient norm of each of ten steps
     */
    void stepsAre(JsonNode expected) {
        try (PeftAdapter adapter = golden.adapter();
                Decoder decoder = decoder(adapter.adapter());
                TrainingStep step =
                        new TrainingStep(decoder, GoldenParityTest.settings(golden), 10)) {
            for (int i = 0; i < 10; i++) {
                TrainingStep.Outcome outcome =
                        step.run(new OptimizerStep(i, i, List.of(golden.packed())));
                assertThat(outcome.loss())
                        .as("loss of step %d", i)
                        .isCloseTo(expected.get(i).get(0).asDouble(), offset(1e-4));
                assertThat(outcome.gradientNorm())
                        .as("gradient norm of step %d", i)
                        .isCloseTo(expected.get(i).get(1).asDouble(), offset(1e-3));
            }
        }
    }

    /** Loss and every gradient are those of {@code other}, to the bit. */
    void isBitByBit(QuantizedParity other) {
        try (PeftAdapter adapter = golden.adapter();
                Decoder one = decoder(adapter.adapter());
                Decoder two = other.decoder(adapter.adapter())) {
            assertThat(GoldenParityTest.forwardAndBackward(ops, one, golden.packed()))
                    .isEqualTo(GoldenParityTest.forwardAndBackward(ops, two, golden.packed()));
            for (int i = 0; i < one.trainable().size(); i++) {
                assertThat(ops.floats(one.trainable().get(i).gradient()))
                        .as(one.trainable().get(i).name())
                        .isEqualTo(ops.floats(two.trainable().get(i).gradient()));
            }
        }
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return file.require(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
