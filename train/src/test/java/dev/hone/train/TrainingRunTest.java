package dev.hone.train;

import static dev.hone.train.TinyRuns.losses;
import static dev.hone.train.TinyRuns.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.data.Batch;
import dev.hone.data.DataException;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelQuantizer;
import dev.hone.model.Parameter;
import dev.hone.model.PeftAdapter;
import dev.hone.model.SafetensorsFile;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.train.TrainingRun.End;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TrainingRunTest {
    private static final int STEPS = 6;

    @TempDir private Path folder;

    @BeforeEach
    void writeRows() throws IOException {
        TinyRuns.writeRows(folder);
    }

    /** A run file on the tiny Llama of the golden fixtures. */
    private RunFile run(String output, Map<String, String> changes) throws IOException {
        Path file = folder.resolve("run.yml");
        Files.writeString(
                file,
                """
                model: %s
                data: { train: rows.jsonl, max_length: 64 }
                method: lora
                adapter: { rank: 4, alpha: 8, dropout: 0.1 }
                training:
                  steps: %d
                  rows_per_step: 4
                  learning_rate: 1e-2
                  schedule: cosine
                  warmup: 2
                  dtype: bf16
                  checkpoint_every: 2
                output: %s
                """
                        .formatted(
                                Path.of("src/test/resources/goldens/llama/model").toAbsolutePath(),
                                STEPS,
                                output));
        return RunFile.read(file, changes);
    }

    private static byte[] adapter(RunFile run) throws IOException {
        return Files.readAllBytes(run.output().resolve("adapter/adapter_model.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({"lora, bf16", "lora, fp32", "full, bf16"})
    void aResumedRunGoesOnBitByBit(String method, String dtype) throws IOException {
        Map<String, String> changes =
                method.equals("full")
                        ? Map.of("training.dtype", dtype, "method", method, "adapter", "null")
                        : Map.of("training.dtype", dtype);
        RunFile whole = run("whole", changes);
        assertThat(train(whole, false, -1)).isEqualTo(End.FINISHED);
        RunFile parts = run("parts", changes);
        assertThat(train(parts, false, 3)).isEqualTo(End.STOPPED);
        assertThat(train(parts, true, -1)).isEqualTo(End.FINISHED);
        assertThat(losses(parts)).isEqualTo(losses(whole)).hasSize(STEPS);
        String result =
                method.equals("full")
                        ? "model/model.safetensors"
                        : "adapter/adapter_model.safetensors";
        assertThat(Files.readAllBytes(parts.output().resolve(result)))
                .isEqualTo(Files.readAllBytes(whole.output().resolve(result)));
    }

    @ParameterizedTest
    @CsvSource({"lora, everything", "qlora, input", "full, no_mlp"})
    void aProbeHoldsWhatWasPlannedAndChangesNoBitOfTheRun(String method, String keep)
            throws IOException {
        Map<String, String> changes = new HashMap<>(Map.of("method", method, "memory.keep", keep));
        changes.put("data.holdout", "20%");
        if (method.equals("full")) {
            changes.put("adapter", "null");
        }
        RunFile plain = run("plain", changes);
        train(plain, false, -1);
        RunFile probed = run("probed", changes);
        PreparedData data = PreparedData.load(probed);
        ModelConfig config = ModelConfig.read(probed.model());
        Batch typical = data.steps().step(1).batches().getFirst();
        ProbeCount count =
                ProbeCount.of(
                        Device.CPU,
                        config,
                        probed,
                        data.heaviest(),
                        data.dataset().holdout(),
                        typical);
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(probed, data, ops, false)) {
            Rehearsal heaviest = training.rehearse(count.heaviest());
            assertThat(heaviest.peakLiveBytes()).isEqualTo(count.heaviestPeakBytes());
            assertThat(heaviest.seconds()).isPositive();
            assertThat(training.rehearseEvaluation().orElseThrow().peakLiveBytes())
                    .isEqualTo(count.evaluationPeakBytes());
            training.rehearse(count.typical());
            training.train(_ -> {}, () -> false);
        }
        assertThat(losses(probed)).isEqualTo(losses(plain)).hasSize(STEPS);
        String result =
                method.equals("full")
                        ? "model/model.safetensors"
                        : "adapter/adapter_model.safetensors";
        assertThat(Files.readAllBytes(probed.output().resolve(result)))
                .isEqualTo(Files.readAllBytes(plain.output().resolve(result)));
        long most =
                MetricsFile.read(probed.output().resolve("metrics.jsonl")).stream()
                        .mapToLong(line -> line.get("peak_live_bytes").asLong())
                        .max()
                        .orElseThrow();
        assertThat(count.heaviestPeakBytes()).isLessThanOrEqualTo(most);
    }

    /** What `hone quantize` writes, trained as it is stored. */
    @ParameterizedTest
    @ValueSource(strings = {"{type: nf4}", "{type: nf4, double: false}", "{type: int8}"})
    void aStoredBaseTrainsToTheBitsOfOneQuantizedAsItIsLoaded(String quantization)
            throws IOException {
        RunFile onLoad = run("on-load", Map.of("method", "qlora", "quantization", quantization));
        train(onLoad, false, -1);
        Path stored = folder.resolve("stored");
        try (Ops ops = Engines.fused()) {
            ModelQuantizer.write(
                    ops, onLoad.model(), stored, onLoad.method().base().orElseThrow(), QUIET);
        }
        RunFile asStored = run("as-stored", Map.of("method", "qlora", "model", stored.toString()));
        assertThat(asStored.method()).isEqualTo(onLoad.method());
        train(asStored, false, -1);
        assertThat(losses(asStored)).isEqualTo(losses(onLoad)).hasSize(STEPS);
        assertThat(adapter(asStored)).isEqualTo(adapter(onLoad));
    }

    private static final ModelQuantizer.Listener QUIET =
            new ModelQuantizer.Listener() {
                @Override
                public void scales(long done, long total) {}

                @Override
                public void bytes(long done, long total) {}

                @Override
                public boolean stopped() {
                    return false;
                }
            };

    /** Settings of a run of method full, or of an adapter without masters. */
    private static Map<String, String> with(String optimizer, String method, String master) {
        Map<String, String> changes = new HashMap<>();
        changes.put("training.optimizer", optimizer);
        changes.put("training.master", master);
        changes.put("training.learning_rate", "1e-3");
        changes.put("method", method);
        if (method.equals("full")) {
            changes.put("adapter", "null");
        }
        if (optimizer.equals("schedule_free_adamw")) {
            changes.put("training.schedule", "constant");
        }
        return changes;
    }

    @ParameterizedTest
    @CsvSource({
        "adamw, full, none",
        "adamw_8bit, lora, fp32",
        "adamw_8bit, full, fp32",
        "adamw_8bit, full, none",
        "adafactor, lora, fp32",
        "adafactor, full, fp32",
        "adafactor, full, none",
        "lion, lora, fp32",
        "lion, full, fp32",
        "lion, full, none",
        "muon, full, fp32",
        "muon, full, none",
        "schedule_free_adamw, lora, fp32",
        "schedule_free_adamw, full, fp32",
        "schedule_free_adamw, full, none"
    })
    void everyOptimizerResumesBitByBit(String optimizer, String method, String master)
            throws IOException {
        Map<String, String> changes = with(optimizer, method, master);
        RunFile whole = run("whole", changes);
        assertThat(train(whole, false, -1)).isEqualTo(End.FINISHED);
        RunFile parts = run("parts", changes);
        assertThat(train(parts, false, 3)).isEqualTo(End.STOPPED);
        assertThat(train(parts, true, -1)).isEqualTo(End.FINISHED);
        assertThat(losses(parts)).isEqualTo(losses(whole)).hasSize(STEPS);
        String last = "checkpoints/step-00000006/training.safetensors";
        String result =
                method.equals("full")
                        ? "model/model.safetensors"
                        : "adapter/adapter_model.safetensors";
        for (String file : List.of(last, result)) {
            assertThat(Files.readAllBytes(parts.output().resolve(file)))
                    .isEqualTo(Files.readAllBytes(whole.output().resolve(file)));
        }
        try (SafetensorsFile file = SafetensorsFile.open(whole.output().resolve(last))) {
            String weight =
                    method.equals("full")
                            ? "model.layers.0.mlp.up_proj.weight"
                            : "model.layers.0.mlp.up_proj.lora_A.weight";
            assertThat(file.require(weight).dtype())
                    .isEqualTo(master.equals("none") ? "BF16" : "F32");
        }
    }

    /** Whether updates happen within the backward pass decides nothing but memory. */
    @Test
    void aRunMayGoOnWithUpdatesInTheBackwardPass() throws IOException {
        Map<String, String> changes = with("adamw", "full", "fp32");
        changes.put("training.max_grad_norm", "0");
        changes.put("training.micro_batch_tokens", "256");
        RunFile whole = run("whole", changes);
        train(whole, false, -1);
        train(run("parts", changes), false, 3);
        changes.put("training.update", "in_backward");
        RunFile parts = run("parts", changes);
        train(parts, true, -1);
        assertThat(Files.readAllBytes(parts.output().resolve("model/model.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.output().resolve("model/model.safetensors")));
    }

    @Test
    void updatesInTheBackwardPassNeedWholeSteps() throws IOException {
        Map<String, String> changes = with("adamw", "full", "fp32");
        changes.put("training.max_grad_norm", "0");
        changes.put("training.update", "in_backward");
        changes.put("training.micro_batch_tokens", "40");
        RunFile run = run("divided", changes);
        assertThatThrownBy(() -> train(run, false, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching(
                        "training\\.update: in_backward needs every step to be one micro-batch, but step 1 is 2 of them: set training\\.micro_batch_tokens to at least \\d+, which is the largest step, or make steps smaller");
    }

    @Test
    void theResultOfScheduleFreeTrainingIsTheAverage() throws IOException {
        RunFile run = run("average", with("schedule_free_adamw", "lora", "fp32"));
        train(run, false, -1);
        String name = "model.layers.1.self_attn.v_proj.lora_B.weight";
        try (SafetensorsFile state =
                        SafetensorsFile.open(
                                run.output()
                                        .resolve(
                                                "checkpoints/step-00000006/training.safetensors"));
                SafetensorsFile adapter =
                        SafetensorsFile.open(
                                run.output().resolve("adapter/adapter_model.safetensors"))) {
            float[] y = floats(state, name);
            float[] z = floats(state, name + ".z");
            float[] x = floats(adapter, "base_model.model." + name);
            int apart = 0;
            for (int i = 0; i < x.length; i++) {
                assertThat(x[i])
                        .isCloseTo((float) (y[i] / 0.9 + z[i] * (1 - 1 / 0.9)), offset(1e-7f));
                apart += x[i] == y[i] ? 0 : 1;
            }
            assertThat(apart).isGreaterThan(x.length / 2);
        }
    }

    /** Measuring in the middle of a run sees the average, and leaves no trace. */
    @ParameterizedTest
    @CsvSource({"lora, fp32, bf16", "lora, fp32, fp32", "full, none, bf16"})
    void heldBackRowsAreMeasuredByTheAverage(String method, String master, String dtype)
            throws IOException {
        Map<String, String> changes = with("schedule_free_adamw", method, master);
        changes.put("training.dtype", dtype);
        changes.put("training.learning_rate", "1e-2");
        changes.put("data.holdout", "25%");
        RunFile plain = run("plain", changes);
        train(plain, false, -1);
        RunFile measured = run("measured", changes);
        List<Double> between = new ArrayList<>();
        List<Double> training = new ArrayList<>();
        double end;
        try (Ops ops = Engines.fused()) {
            try (TrainingRun run =
                    TrainingRun.open(measured, PreparedData.load(measured), ops, false)) {
                PreparedData data = PreparedData.load(measured);
                run.train(
                        step -> {
                            between.add(run.heldBackLoss().orElseThrow());
                            training.add(
                                    HeldBackLoss.of(run.decoder(), data.dataset().holdout(), 256));
                        },
                        () -> false);
                end = run.heldBackLoss().orElseThrow();
            }
            assertThat(ops.memory().liveTensors()).isZero();
        }
        assertThat(losses(measured)).isEqualTo(losses(plain));
        assertThat(between.getLast()).isCloseTo(end, offset(1e-4)).isNotEqualTo(training.getLast());
        assertThat(between.getLast()).isNotCloseTo(training.getLast(), offset(1e-3));
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return file.require(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    @Test
    void aCheckpointOfAnotherOptimizerIsRefused() throws IOException {
        train(run("other", Map.of("training.optimizer", "lion")), false, 2);
        RunFile changed = run("other", Map.of());
        assertThatThrownBy(() -> train(changed, true, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        "%s holds the states of optimizer lion, and the run file says adamw: go on with training.optimizer: lion, or start anew in another output folder"
                                .formatted(changed.output().resolve("checkpoints/step-00000002")));
    }

    @Test
    void aGradientThatIsNotFiniteIsToldApartWhereWeightsWereUpdatedAlready() throws IOException {
        Map<String, String> changes = with("adamw", "full", "fp32");
        changes.put("training.max_grad_norm", "0");
        changes.put("training.update", "in_backward");
        RunFile run = run("infinite", changes);
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(run, PreparedData.load(run), ops, false)) {
            assertThatThrownBy(() ->
                            training.train(
                                    step -> {
                                        if (step.step() == 3) {
                                            // Scores stay small, the gradient of q does not.
                                            fill(ops, training, "0.self_attn.q_proj", 1e-25);
                                            fill(ops, training, "0.self_attn.k_proj", 1e21);
                                        }
                                    },
                                    () -> false))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageStartingWith(
                            "the gradient norm of step 4 is Infinity, so training stopped when training.update: in_backward had changed weights already. Rows in the step: ")
                    .hasMessageEndingWith("step-00000002 is whole: continue from it with --resume");
        }
    }

    private static void fill(Ops ops, TrainingRun training, String layer, double value) {
        for (Parameter parameter : training.decoder().trainable()) {
            if (parameter.name().equals("model.layers." + layer + ".weight")) {
                ops.fill(parameter.value(), value);
            }
        }
    }

    @Test
    void aRunThatDiedBetweenCheckpointsGoesOnFromTheLast() throws IOException {
        RunFile whole = run("whole", Map.of());
        train(whole, false, -1);
        RunFile died = run("died", Map.of());
        try (Ops ops = Engines.fused();
                TrainingRun training =
                        TrainingRun.open(died, PreparedData.load(died), ops, false)) {
            assertThatThrownBy(() ->
                            training.train(
                                    step -> {
                                        if (step.step() == 5) {
                                            throw new IllegalStateException("died");
                                        }
                                    },
                                    () -> false))
                    .hasMessage("died");
        }
        Files.writeString(
                died.output().resolve("metrics.jsonl"),
                Files.readString(died.output().resolve("metrics.jsonl")) + "{\"step\":6,\"lo");
        Files.createDirectory(died.output().resolve("checkpoints/step-00000005.partial"));
        train(died, true, -1);
        assertThat(losses(died)).isEqualTo(losses(whole));
        assertThat(adapter(died)).isEqualTo(adapter(whole));
    }

    @Test
    void manySmallBatchesEqualOneLarge() throws IOException {
        Map<String, String> exact = Map.of("training.dtype", "fp32", "adapter.dropout", "0");
        RunFile large = run("large", exact);
        train(large, false, -1);
        RunFile small =
                run(
                        "small",
                        Map.of(
                                "training.dtype",
                                "fp32",
                                "adapter.dropout",
                                "0",
                                "training.micro_batch_tokens",
                                "30"));
        train(small, false, -1);
        List<JsonNode> a = MetricsFile.read(large.output().resolve("metrics.jsonl"));
        List<JsonNode> b = MetricsFile.read(small.output().resolve("metrics.jsonl"));
        for (int i = 0; i < STEPS; i++) {
            assertThat(b.get(i).get("loss").asDouble())
                    .isCloseTo(a.get(i).get("loss").asDouble(), offset(1e-5));
            assertThat(b.get(i).get("grad_norm").asDouble())
                    .isCloseTo(a.get(i).get("grad_norm").asDouble(), offset(1e-5));
        }
    }

    @Test
    void packedRowsEqualRowsAlone() throws IOException {
        Map<String, String> packed = Map.of("training.dtype", "fp32", "adapter.dropout", "0");
        Map<String, String> alone =
                Map.of(
                        "training.dtype",
                        "fp32",
                        "adapter.dropout",
                        "0",
                        "training.micro_batch_tokens",
                        "2");
        RunFile a = run("packed", packed);
        RunFile b = run("alone", alone);
        train(a, false, -1);
        train(b, false, -1);
        JsonNode first = MetricsFile.read(a.output().resolve("metrics.jsonl")).getFirst();
        JsonNode second = MetricsFile.read(b.output().resolve("metrics.jsonl")).getFirst();
        assertThat(second.get("loss").asDouble())
                .isCloseTo(first.get("loss").asDouble(), offset(1e-6));
    }

    @Test
    void theFirstLossOfANewAdapterIsTheBaseModels() throws IOException {
        RunFile run =
                run("first", Map.of("training.dtype", "fp32", "training.rows_per_step", "12"));
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(run, PreparedData.load(run), ops, false)) {
            double base =
                    HeldBackLoss.of(
                            training.decoder(), PreparedData.load(run).dataset().train(), 64);
            List<Double> losses = new ArrayList<>();
            training.train(step -> losses.add(step.loss()), () -> false);
            assertThat(losses.getFirst()).isCloseTo(base, offset(1e-5));
            assertThat(losses.getLast()).isLessThan(losses.getFirst());
        }
    }

    @Test
    void anAdapterContinuesFromAFolder() throws IOException {
        RunFile first = run("first", Map.of());
        train(first, false, -1);
        Path file = folder.resolve("second.yml");
        Files.writeString(
                file,
                """
                model: %s
                data: { train: rows.jsonl }
                method: lora
                adapter: { from: first/adapter, dropout: 0 }
                training: { steps: 1, rows_per_step: 12, learning_rate: 1e-9, dtype: fp32 }
                output: second
                """
                        .formatted(
                                Path.of("src/test/resources/goldens/llama/model")
                                        .toAbsolutePath()));
        RunFile second = RunFile.read(file, Map.of());
        train(second, false, -1);
        try (PeftAdapter a = PeftAdapter.open(first.output().resolve("adapter"));
                PeftAdapter b = PeftAdapter.open(second.output().resolve("adapter"))) {
            assertThat(b.spec().rank()).isEqualTo(a.spec().rank());
            assertThat(b.spec().scale()).isEqualTo(a.spec().scale());
        }
        double end =
                MetricsFile.read(second.output().resolve("metrics.jsonl"))
                        .getFirst()
                        .get("loss")
                        .asDouble();
        double start =
                MetricsFile.read(first.output().resolve("metrics.jsonl"))
                        .getFirst()
                        .get("loss")
                        .asDouble();
        assertThat(end).isLessThan(start - 0.1);
    }

    @Test
    void aLossThatIsNotANumberStopsTheRunAndNamesTheRows() throws IOException {
        RunFile run = run("nan", Map.of());
        try (Ops ops = Engines.fused();
                TrainingRun training = TrainingRun.open(run, PreparedData.load(run), ops, false)) {
            assertThatThrownBy(() ->
                            training.train(
                                    step -> {
                                        if (step.step() == 3) {
                                            Parameter b = training.decoder().trainable().get(1);
                                            ops.fill(b.value(), Double.NaN);
                                        }
                                    },
                                    () -> false))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageStartingWith(
                            "the loss of step 4 is NaN, so training stopped before it touched the weights. Rows in the step: "
                                    + folder.resolve("rows.jsonl")
                                    + ":")
                    .hasMessageEndingWith(
                            "Lower training.learning_rate or mend those rows; step-00000002 is whole: continue from it with --resume");
        }
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsAnErrorThatSaysWhatIsLeft() throws IOException {
        RunFile run = run("blocked", Map.of());
        Files.createDirectories(run.output());
        Files.writeString(run.output().resolve("checkpoints"), "a file where a folder has to be");
        assertThatThrownBy(() -> train(run, false, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(
                        "cannot save a checkpoint in " + run.output().resolve("checkpoints") + ": ")
                .hasMessageEndingWith("; there is no earlier checkpoint");
    }

    @Test
    void aFolderWithARunIsNotOverwritten() throws IOException {
        RunFile run = run("once", Map.of());
        train(run, false, -1);
        assertThatThrownBy(() -> train(run, false, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        "%s already holds a run; go on with it by --resume, or choose another output"
                                .formatted(run.output()));
    }

    @Test
    void aCheckpointOfOtherSettingsIsRefused() throws IOException {
        train(run("settings", Map.of()), false, 2);
        RunFile changed = run("settings", Map.of("training.learning_rate", "2e-2"));
        assertThatThrownBy(() -> train(changed, true, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("was made with other data or settings");
    }

    @Test
    void onlyTheNewestCheckpointsStay() throws IOException {
        RunFile run = run("keep", Map.of("training.checkpoint_every", "1"));
        train(run, false, -1);
        try (var entries = Files.list(run.output().resolve("checkpoints"))) {
            assertThat(entries.map(p -> p.getFileName().toString()).sorted())
                    .containsExactly("step-00000005", "step-00000006");
        }
    }

    @Test
    void conversationsNeedATokenizer() throws IOException {
        Files.writeString(
                folder.resolve("rows.jsonl"),
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n");
        RunFile run = run("words", Map.of());
        assertThatThrownBy(() -> PreparedData.load(run))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "the model folder has no tokenizer.json, so only rows of input_ids can be used");
    }

    @Test
    void theAdapterHasPeftsNamesAndShapes() throws IOException {
        RunFile run = run("peft", Map.of());
        train(run, false, -1);
        try (SafetensorsFile file =
                SafetensorsFile.open(run.output().resolve("adapter/adapter_model.safetensors"))) {
            assertThat(file.entries()).hasSize(2 * 7 * 2);
            assertThat(
                            file.require(
                                            "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight")
                                    .shape()
                                    .dims())
                    .containsExactly(4, 96);
            assertThat(file.metadata()).containsEntry("format", "pt");
        }
        assertThat(run.output().toFile().list())
                .contains("run.yml", "metrics.jsonl", "checkpoints", "adapter");
    }
}
