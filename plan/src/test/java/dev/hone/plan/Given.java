package dev.hone.plan;

import dev.hone.data.BatchPlan;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.Quantization;
import dev.hone.tensor.DType;
import dev.hone.train.AdamWRule;
import dev.hone.train.OptimizerSection;
import dev.hone.train.RunFile;
import dev.hone.train.Schedule;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What tests plan: settings, methods, wishes. */
final class Given {
    private Given() {}

    static RunFile.TrainingSection training(int stepTokens, int microTokens, DType dtype) {
        return new RunFile.TrainingSection(
                new BatchPlan.RunLength.Epochs(1),
                new BatchPlan.StepSize.Tokens(stepTokens),
                microTokens,
                2e-4,
                Schedule.CONSTANT,
                new RunFile.Warmup.Steps(0),
                OptimizerSection.of(AdamWRule.DEFAULT, 0),
                1,
                dtype,
                true,
                42,
                100,
                2,
                RunFile.MemorySection.AUTO);
    }

    static RunFile.Method lora(int rank) {
        return new RunFile.Method.Lora(
                new LoraSpec(rank, 2.0 * rank, 0, List.of(LoraSpec.ALL_LINEAR), false),
                Optional.empty());
    }

    static RunFile.Method qlora(int rank) {
        return qlora(rank, new Quantization.Nf4(true));
    }

    static RunFile.Method qlora(int rank, Quantization base) {
        return new RunFile.Method.Lora(
                new LoraSpec(rank, 2.0 * rank, 0, List.of(LoraSpec.ALL_LINEAR), false),
                Optional.empty(),
                Optional.of(base));
    }

    static RunFile.Method full() {
        return new RunFile.Method.Full();
    }

    static ModelConfig model(String name) {
        ModelConfig config = NamedModels.all().get(name);
        if (config == null) {
            throw new IllegalArgumentException("no shape is named " + name);
        }
        return config;
    }

    /** A batch of one micro-batch: rows of one length, half of it trained. */
    static Workload work(int rows, int length, RunFile.TrainingSection training) {
        return Workload.assumed(rows, length, 0.5, training, true);
    }

    static Ranking.Wishes wishes(Ranking.Sort sort, int maxCount) {
        return new Ranking.Wishes(
                sort,
                Optional.empty(),
                maxCount,
                EnumSet.of(Price.Kind.ON_DEMAND, Price.Kind.COMMUNITY),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                0.15);
    }

    static RunPlan.Knowledge knowledge(Ranking.Wishes wishes) {
        GpuCatalogue catalogue = GpuCatalogue.load();
        return new RunPlan.Knowledge(
                catalogue, PriceBook.load(catalogue), CalibrationBook.shipped(), wishes);
    }
}
