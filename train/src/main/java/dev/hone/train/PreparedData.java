package dev.hone.train;

import dev.hone.data.ChatFormat;
import dev.hone.data.Dataset;
import dev.hone.data.StepPlan;
import dev.hone.data.Tokenizer;

/** The data of a run, read, checked, tokenised, split and laid into steps. */
public record PreparedData(Dataset dataset, StepPlan steps) {

    /** Reads all rows of a run file; a {@link dev.hone.data.DataException} lists every fault. */
    public static PreparedData load(RunFile run) {
        try (Tokenizer tokenizer = Tokenizer.load(run.model())) {
            Dataset dataset = Dataset.load(run.data(), tokenizer, ChatFormat.load(run.model()));
            return new PreparedData(
                    dataset,
                    StepPlan.of(dataset.train(), run.training().batchPlan(run.data().pack())));
        }
    }

    /** The step with the most tokens: the one whose memory counts. */
    public long largestStep() {
        long largest = 0;
        for (long i = 1; i < steps.steps(); i++) {
            if (steps.tokens(i) > steps.tokens(largest)) {
                largest = i;
            }
        }
        return largest;
    }

    /** Tokens of all steps. */
    public long tokens() {
        long sum = 0;
        for (long i = 0; i < steps.steps(); i++) {
            sum += steps.tokens(i);
        }
        return sum;
    }
}
