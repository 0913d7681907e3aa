package dev.hone.train;

import static dev.hone.train.GoldenParityTest.cosine;
import static dev.hone.train.GoldenParityTest.difference;
import static dev.hone.train.GoldenParityTest.relativeError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Adapter;
import dev.hone.model.AdapterStart;
import dev.hone.model.Decoder;
import dev.hone.model.Decoder.Forward;
import dev.hone.model.Decoder.HeadGradients;
import dev.hone.model.DecoderLoader;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LinearModule;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelFiles;
import dev.hone.model.Parameter;
import dev.hone.model.Pass;
import dev.hone.model.PeftAdapter;
import dev.hone.model.PeftWriter;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.Storage;
import dev.hone.model.Training;
import dev.hone.model.WeightSource;
import dev.hone.tensor.DType;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Variants of adapters against PEFT, in fp32, within the tolerances of {@link GoldenParityTest}.
 */
@Tag("golden")
final class AdapterGoldenTest extends EngineTest {
    private static final double LOGITS = 1e-4;
    private static final double LOSS = 1e-4;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "dora, qwen2, adapter, adapter_logits",
        "dora, qwen2, adapter_after_10_steps, trained_logits",
        "patterns, llama, adapter, adapter_logits"
    })
    void logitsAgree(String variant, String architecture, String adapter, String name)
            throws IOException {
        try (Golden golden = Golden.ofAdapter(variant, architecture);
                PeftAdapter peft = PeftAdapter.open(golden.folder().resolve(adapter))) {
            for (Training training : List.of(new Training.Frozen(), new Training.AdapterOnly())) {
                compareLogits(golden, peft.adapter(), training, name);
            }
        }
    }

    private void compareLogits(Golden golden, Adapter adapter, Training training, String name) {
        try (Decoder decoder = decoder(golden, adapter, training)) {
            List<float[]> logits = golden.logits(ops, decoder);
            for (int s = 0; s < 2; s++) {
                float[] expected = golden.floats("seq" + s + "." + name);
                double largest = difference(logits.get(s), expected);
                System.out.printf("%s, sequence %d: %.1e%n", name, s, largest);
                assertThat(largest).isLessThanOrEqualTo(LOGITS);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientsOfDoraAgreeWhateverIsKept(Keep keep) throws IOException {
        try (Golden golden = Golden.ofAdapter("dora", "qwen2");
                PeftAdapter peft = golden.adapter();
                Decoder decoder = decoder(golden, peft.adapter(), new Training.AdapterOnly())) {
            double loss = gradients(decoder, golden.packed(), Pass.NO_DROPOUT, keep);
            assertThat(loss)
                    .isCloseTo(golden.numbers().get("adapter_loss").asDouble(), offset(LOSS));
            compareGradients(golden, decoder, "lora_grad.");
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientsOfDoraUnderDropoutAgreeWithPeftUnderTheSameMasks(Keep keep) throws IOException {
        try (Golden golden = Golden.ofAdapter("dora", "qwen2");
                PeftAdapter peft = golden.adapter()) {
            JsonNode dropout = golden.numbers().get("dropout");
            LoraSpec spec = peft.spec().withDropout(dropout.get("probability").asDouble());
            try (Decoder decoder =
                    decoder(golden, new Adapter(spec, peft), new Training.AdapterOnly())) {
                Batch first = Batch.of(List.of(golden.example(0)), 0);
                double loss = gradients(decoder, first, dropout.get("seed").asLong(), keep);
                assertThat(loss)
                        .isCloseTo(golden.numbers().get("dropout_loss").asDouble(), offset(LOSS));
                compareGradients(golden, decoder, "dropout_grad.");
            }
        }
    }

    private double gradients(Decoder decoder, Batch batch, long seed, Keep keep) {
        try (Scope _ = ops.scope()) {
            Supervised.Targets targets = Supervised.Targets.of(batch);
            Forward forward =
                    decoder.forward(batch.ids(), batch.offsets(), seed, KeepPolicy.all(keep));
            HeadGradients head =
                    decoder.logProbsBackward(
                            forward.hidden(),
                            ops.ofIndices(targets.rows()),
                            ops.ofIndices(targets.targets()),
                            ops.ofFloats(
                                    targets.gradient(batch.supervisedWeight()),
                                    targets.rows().length));
            decoder.backward(forward, head.dHidden());
            return targets.loss(ops.floats(head.logProbs())) / batch.supervisedWeight();
        }
    }

    private void compareGradients(Golden golden, Decoder decoder, String prefix) {
        List<String> compared = new ArrayList<>();
        for (Parameter parameter : decoder.trainable()) {
            String name = "base_model.model." + parameter.name();
            float[] expected = golden.floats(prefix + name);
            float[] found = ops.floats(parameter.gradient());
            System.out.printf("%s %.1e%n", name, relativeError(found, expected));
            assertThat(cosine(found, expected)).as(name).isGreaterThanOrEqualTo(0.99999);
            assertThat(relativeError(found, expected)).as(name).isLessThanOrEqualTo(1e-3);
            compared.add(name);
        }
        assertThat(compared).containsExactlyInAnyOrderElementsOf(golden.names(prefix));
    }

    @Test
    void tenStepsOfDoraAgree() throws IOException {
        try (Golden golden = Golden.ofAdapter("dora", "qwen2");
                PeftAdapter peft = golden.adapter();
                PeftAdapter after = golden.adapterAfterTenSteps();
                Decoder decoder = decoder(golden, peft.adapter(), new Training.AdapterOnly());
                TrainingStep step =
                        new TrainingStep(decoder, GoldenParityTest.settings(golden), 10)) {
            JsonNode expected = golden.numbers().get("train_loss_and_grad_norm");
            for (int i = 0; i < 10; i++) {
                TrainingStep.Outcome outcome =
                        step.run(new OptimizerStep(i, i, List.of(golden.packed())));
                assertThat(outcome.loss())
                        .as("loss of step %d", i)
                        .isCloseTo(expected.get(i).get(0).asDouble(), offset(LOSS));
                assertThat(outcome.gradientNorm())
                        .as("gradient norm of step %d", i)
                        .isCloseTo(expected.get(i).get(1).asDouble(), offset(10 * LOSS));
            }
            try (Decoder trained = decoder(golden, after.adapter(), new Training.AdapterOnly())) {
                for (int i = 0; i < trained.trainable().size(); i++) {
                    assertThat(
                                    difference(
                                            ops.floats(decoder.trainable().get(i).master()),
                                            ops.floats(trained.trainable().get(i).master())))
                            .as(trained.trainable().get(i).name())
                            .isLessThanOrEqualTo(1e-3);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void doraOnABaseInFourBitsGivesTheBitsOfTheSameBaseWrittenOut(boolean doubled)
            throws IOException {
        try (Golden golden = Golden.ofAdapter("dora", "qwen2");
                PeftAdapter peft = golden.adapter();
                ModelFiles files = golden.weights()) {
            WeightSource writtenOut =
                    (engine, name, shape, dtype) -> {
                        if (!name.endsWith("_proj.weight")) {
                            return files.load(engine, name, shape, dtype);
                        }
                        Quantization kind = new Quantization.Nf4(doubled);
                        try (QuantizedMatrix matrix =
                                files.loadQuantized(engine, name, shape, kind)) {
                            return engine.dequantize(matrix, dtype);
                        }
                    };
            LoraSpec spec = peft.spec().withDropout(0.25);
            Adapter adapter = new Adapter(spec, peft);
            for (long seed : new long[] {Pass.NO_DROPOUT, 77}) {
                try (Decoder small = load(golden, files, adapter, new Quantization.Nf4(doubled));
                        Decoder full = load(golden, writtenOut, adapter, null)) {
                    Batch batch = golden.packed();
                    assertThat(gradients(small, batch, seed, Keep.EVERYTHING))
                            .isEqualTo(gradients(full, batch, seed, Keep.EVERYTHING));
                    for (int i = 0; i < small.trainable().size(); i++) {
                        assertThat(ops.floats(small.trainable().get(i).gradient()))
                                .as(small.trainable().get(i).name())
                                .isEqualTo(ops.floats(full.trainable().get(i).gradient()));
                    }
                }
            }
        }
    }

    @Test
    void aNewDoraAdapterChangesNothing() throws IOException {
        try (Golden golden = new Golden("qwen2")) {
            LoraSpec spec = dora(4);
            compareLogits(golden, Adapter.fresh(spec, 3), new Training.AdapterOnly(), "logits");
            compareLogits(golden, Adapter.fresh(spec, 3), new Training.Frozen(), "logits");
        }
    }

    private static LoraSpec dora(int rank) {
        LoraSpec plain = new LoraSpec(rank, 2.0 * rank, 0, List.of(LoraSpec.ALL_LINEAR), false);
        return new LoraSpec(
                plain.rank(),
                plain.alpha(),
                plain.dropout(),
                plain.targets(),
                false,
                plain.sizes(),
                true);
    }

    /** The magnitude moves by steps that bf16 cannot tell from nothing near 1. */
    @Test
    void theMagnitudeActsInFullPrecisionWhereArithmeticIsInBf16() throws IOException {
        try (Golden golden = new Golden("qwen2");
                ModelFiles weights = golden.weights();
                Decoder decoder =
                        DecoderLoader.load(
                                ops,
                                golden.config(),
                                weights,
                                DType.BF16,
                                Adapter.fresh(dora(4), 3),
                                new Training.AdapterOnly())) {
            Parameter magnitude =
                    decoder.trainable().stream()
                            .filter(p -> p.name().endsWith("0.mlp.up_proj.lora_magnitude_vector"))
                            .findFirst()
                            .orElseThrow();
            assertThat(magnitude.value().dtype()).isEqualTo(DType.F32);
            assertThat(magnitude.value()).isSameAs(magnitude.master());
            double before = gradients(decoder, golden.packed(), Pass.NO_DROPOUT, Keep.EVERYTHING);
            ops.scaleInPlace(magnitude.master(), 1.003);
            double after = gradients(decoder, golden.packed(), Pass.NO_DROPOUT, Keep.EVERYTHING);
            assertThat(after).isNotEqualTo(before).isCloseTo(before, offset(0.01));
        }
    }

    @ParameterizedTest
    @CsvSource({"dora, qwen2", "patterns, llama"})
    void whatIsReadFromPeftIsWrittenAlike(String variant, String architecture) throws IOException {
        try (Golden golden = Golden.ofAdapter(variant, architecture);
                PeftAdapter peft = golden.adapter();
                Decoder decoder = decoder(golden, peft.adapter(), new Training.AdapterOnly())) {
            PeftWriter.write(
                    folder,
                    decoder,
                    peft.spec(),
                    new PeftWriter.Origin("base", AdapterStart.DEFAULT, Optional.empty()));
            assertThat(tensors(folder)).isEqualTo(tensors(golden.folder().resolve("adapter")));
            try (PeftAdapter again = PeftAdapter.open(folder)) {
                assertThat(again.spec().dora()).isEqualTo(peft.spec().dora());
                assertThat(again.spec().modules()).isEqualTo(peft.spec().modules());
                for (LinearModule module : LinearModule.of(golden.config())) {
                    assertThat(again.spec().size(module.path()))
                            .as(module.path())
                            .isEqualTo(peft.spec().size(module.path()));
                }
                compareLogits(golden, again.adapter(), new Training.Frozen(), "adapter_logits");
            }
        }
    }

    private static Map<String, List<Float>> tensors(Path adapter) {
        Map<String, List<Float>> tensors = new TreeMap<>();
        try (SafetensorsFile file =
                SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            file.entries()
                    .forEach((name, entry) -> {
                        List<Float> values = new ArrayList<>();
                        for (float value :
                                entry.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)) {
                            values.add(value);
                        }
                        tensors.put(name + entry.shape(), values);
                    });
        }
        return tensors;
    }

    private Decoder decoder(Golden golden, Adapter adapter, Training training) {
        try (ModelFiles weights = golden.weights()) {
            return DecoderLoader.load(ops, golden.config(), weights, DType.F32, adapter, training);
        }
    }

    private Decoder load(
            Golden golden,
            WeightSource weights,
            Adapter adapter,
            @Nullable Quantization quantization) {
        return DecoderLoader.load(
                ops,
                golden.config(),
                weights,
                DType.F32,
                adapter,
                new Training.AdapterOnly(),
                Storage.of(Optional.ofNullable(quantization)));
    }
}
