package dev.hone.train;

import dev.hone.data.BatchPlan.RunLength;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.model.Placements;
import dev.hone.model.Quantization;
import dev.hone.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Writes a run file with every default in it, in the keys that {@link RunFileReader} reads. */
final class RunFileWriter {
    private static final YAMLMapper MAPPER =
            YAMLMapper.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .build();

    private RunFileWriter() {}

    static String yaml(RunFile run) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("model", run.model().toString());
        if (run.initialize() != RunFile.Initialize.NO) {
            root.put("initialize", run.initialize().name().toLowerCase(Locale.ROOT));
        }
        root.put("data", DataSection.of(run.data()));
        root.put("method", run.method().name());
        if (run.method() instanceof RunFile.Method.Lora lora) {
            lora.quantization().ifPresent(q -> root.put("quantization", quantization(q)));
            Map<String, Object> adapter = AdapterSection.of(lora);
            adapter.put("lora_plus_ratio", run.training().optimizer().loraPlusRatio());
            root.put("adapter", adapter);
        }
        root.put("training", training(run.training()));
        root.put("memory", memory(run.training().memory()));
        root.put("output", run.output().toString());
        return MAPPER.writeValueAsString(root);
    }

    /** With a limit, all else follows from it. */
    private static Map<String, Object> memory(RunFile.MemorySection memory) {
        Map<String, Object> keys = new LinkedHashMap<>();
        switch (memory.limit()) {
            case RunFile.Limit.Auto _ -> keys.put("limit", "auto");
            case RunFile.Limit.Bytes(long bytes) -> keys.put("limit", bytes);
            case RunFile.Limit.None _ -> {
                Placements placements = memory.holding().placements();
                keys.put("keep", name(memory.holding().keep().of(0)));
                keys.put("weights", name(placements.weights()));
                keys.put("embedding", name(placements.embedding()));
            }
        }
        return keys;
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> quantization(Quantization quantization) {
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("type", quantization.type());
        if (quantization instanceof Quantization.Nf4(boolean doubled)) {
            section.put("double", doubled);
        }
        return section;
    }

    private static Map<String, Object> training(RunFile.TrainingSection t) {
        Map<String, Object> training = new LinkedHashMap<>();
        switch (t.length()) {
            case RunLength.Epochs(int epochs) -> training.put("epochs", epochs);
            case RunLength.Steps(long steps) -> training.put("steps", steps);
        }
        switch (t.stepSize()) {
            case StepSize.Rows(int rows) -> training.put("rows_per_step", rows);
            case StepSize.Tokens(int tokens) -> training.put("tokens_per_step", tokens);
        }
        training.put("micro_batch_tokens", t.microBatchTokens());
        training.put("learning_rate", t.learningRate());
        training.put("schedule", t.schedule().name().toLowerCase(Locale.ROOT));
        training.put(
                "warmup",
                switch (t.warmup()) {
                    case RunFile.Warmup.Share(double share) -> share;
                    case RunFile.Warmup.Steps(long steps) -> steps;
                });
        training.put("optimizer", t.optimizer().rule().name());
        training.putAll(t.optimizer().rule().settings());
        training.put("weight_decay", t.optimizer().weightDecay());
        training.put("master", t.optimizer().master().name().toLowerCase(Locale.ROOT));
        training.put("update", t.optimizer().update().name().toLowerCase(Locale.ROOT));
        training.put("max_grad_norm", t.maxGradNorm());
        training.put("dtype", t.dtype() == DType.BF16 ? "bf16" : "fp32");
        training.put("neftune_alpha", t.neftuneAlpha());
        training.put("shuffle", t.shuffle());
        training.put("seed", t.seed());
        training.put("checkpoint_every", t.checkpointEvery());
        training.put("keep_checkpoints", t.keepCheckpoints());
        return training;
    }
}
