package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.model.Placements;
import dev.hone.tensor.Ops;
import dev.hone.train.MemoryFit;
import dev.hone.train.OptimizerSection;
import dev.hone.train.RunFile;
import dev.hone.train.Speed;
import dev.hone.train.StepBenchmark;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is benchmarked: one step of random tokens.
 *
 * @param model its name or folder, as given
 * @param run its settings, as a run file has them
 * @param rows sequences of the step, all of one length
 */
record BenchCase(String model, ModelConfig config, RunFile run, int rows, OptimizerStep step) {

    static BenchCase of(String model, ModelConfig config, RunFile run, int rows) {
        return new BenchCase(
                model,
                config,
                run,
                rows,
                StepBenchmark.step(
                        rows,
                        run.data().maxLength(),
                        config.vocabulary(),
                        run.training().microBatchTokens()));
    }

    /** The same with how the model is held decided, where the settings do not say it. */
    BenchCase fitted(Ops ops, Speed speed) {
        RunFile fitted =
                MemoryFit.fit(run, config, List.of(step), ops.device(), Machine.free(ops), speed);
        return new BenchCase(model, config, fitted, rows, step);
    }

    /** Tokens of a sequence. */
    int length() {
        return run.data().maxLength();
    }

    /** Whether layers compute again what they do not keep. */
    boolean recomputes() {
        return !run.training().memory().holding().keep().equals(KeepPolicy.EVERYTHING);
    }

    /** Its keys of the result. */
    void put(ObjectNode json) {
        json.put("shape", model);
        json.put("family", config.family());
        json.put("layers", config.layers());
        json.put("hidden_size", config.hiddenSize());
        json.put("mlp_width", config.mlpWidth());
        json.put("heads", config.heads());
        json.put("key_value_heads", config.keyValueHeads());
        json.put("head_size", config.headSize());
        json.put("vocabulary", config.vocabulary());
        json.put("tied_embeddings", config.tied());
        json.put("method", run.method().name());
        run.method().base().ifPresent(base -> json.put("quantization", base.type()));
        if (run.method() instanceof RunFile.Method.Lora lora) {
            json.put("rank", lora.spec().rank());
        }
        OptimizerSection optimizer = run.training().optimizer();
        json.put("optimizer", optimizer.rule().name());
        json.put("master", name(optimizer.master()));
        json.put("update", name(optimizer.update()));
        json.put("dtype", run.training().dtype().name());
        json.put("rows", rows);
        json.put("length", length());
        json.put("tokens_per_step", step.tokens());
        json.put("micro_batch_tokens", run.training().microBatchTokens());
        putMemory(json);
    }

    private void putMemory(ObjectNode json) {
        Holding holding = run.training().memory().holding();
        Placements placements = holding.placements();
        switch (run.training().memory().limit()) {
            case RunFile.Limit.Auto _ -> {}
            case RunFile.Limit.Bytes(long bytes) -> json.put("memory_limit_bytes", bytes);
            case RunFile.Limit.None _ -> {
                json.put("keep", name(holding.keep().of(0)));
                json.put("weights", name(placements.weights()));
                json.put("embedding", name(placements.embedding()));
            }
        }
        json.put("keeps", holding.keep().describe(config.layers()));
        String away = placements.describe(config.layers());
        if (!away.isEmpty()) {
            json.put("off_device", away);
        }
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
