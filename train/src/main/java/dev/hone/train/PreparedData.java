package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.ChatFormat;
import dev.hone.data.DataSpec;
import dev.hone.data.Dataset;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.OptimizerStep;
import dev.hone.data.StepPlan;
import dev.hone.data.Tokenizer;
import dev.hone.model.ModelConfig;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The data of a run, read, checked, tokenised, split and laid into steps. */
public record PreparedData(Dataset dataset, StepPlan steps) {
    private static final int CANDIDATES = 16;

    /** Reads all rows of a run file; a {@link dev.hone.data.DataException} lists every fault. */
    public static PreparedData load(RunFile run) {
        Dataset dataset = dataset(run);
        StepPlan steps =
                StepPlan.of(
                        dataset.train(),
                        dataset.mixture(),
                        run.training().batchPlan(run.data().pack()));
        requireWholeSteps(run.training(), steps);
        return new PreparedData(dataset, steps);
    }

    /** Updates in the backward pass need a step to be one micro-batch. */
    private static void requireWholeSteps(RunFile.TrainingSection training, StepPlan steps) {
        if (training.optimizer().update() == OptimizerSection.Update.AFTER) {
            return;
        }
        long first = -1;
        long batches = 0;
        long most = 0;
        for (long i = 0; i < steps.steps(); i++) {
            OptimizerStep step = steps.step(i);
            most = Math.max(most, step.tokens());
            if (first < 0 && step.batches().size() > 1) {
                first = i;
                batches = step.batches().size();
            }
        }
        if (first >= 0) {
            throw new TrainingException(
                    "training.update: in_backward needs every step to be one micro-batch, but step %d is %d of them: set training.micro_batch_tokens to at least %d, which is the largest step, or make steps smaller"
                            .formatted(first + 1, batches, most));
        }
    }

    private static Dataset dataset(RunFile run) {
        DataSpec spec = run.data();
        if (!Files.exists(run.model().resolve("tokenizer.json"))) {
            int vocabulary = ModelConfig.read(run.model()).vocabulary();
            return Dataset.load(
                    spec, ExampleBuilder.forTokens(vocabulary, spec.maxLength(), spec.tooLong()));
        }
        try (Tokenizer tokenizer = Tokenizer.load(run.model())) {
            return Dataset.load(spec, tokenizer, ChatFormat.load(run.model()));
        }
    }

    /**
     * Steps that between them hold the largest memory of the run: those whose largest micro-batch
     * has the most tokens, and those where it has the most supervised tokens.
     */
    public List<OptimizerStep> heaviest() {
        List<Weight> weights = new ArrayList<>();
        for (long i = 0; i < steps.steps(); i++) {
            weights.add(Weight.of(steps.step(i)));
        }
        return Stream.concat(
                        weights.stream()
                                .sorted(Comparator.comparingInt(Weight::tokens).reversed())
                                .limit(CANDIDATES),
                        weights.stream()
                                .sorted(Comparator.comparingInt(Weight::supervised).reversed())
                                .limit(CANDIDATES))
                .map(Weight::step)
                .distinct()
                .map(steps::step)
                .toList();
    }

    /** The largest micro-batch of a step, by tokens and by supervised tokens. */
    private record Weight(long step, int tokens, int supervised) {
        static Weight of(OptimizerStep step) {
            int tokens = 0;
            int supervised = 0;
            for (Batch batch : step.batches()) {
                tokens = Math.max(tokens, batch.tokens());
                supervised = Math.max(supervised, Supervised.Targets.of(batch).rows().length);
            }
            return new Weight(step.index(), tokens, supervised);
        }
    }
}
