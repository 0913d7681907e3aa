package dev.hone.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Times the way from a file of rows to packed batches, and prints it as one line of JSON. {@code
 * data/src/test/peer/compare_with_datasets.py} runs it beside Hugging Face's libraries.
 *
 * <p>Arguments: the model folder, the file, most tokens of a batch.
 */
final class LoadingBenchmark {

    private LoadingBenchmark() {}

    public static void main(String[] args) {
        int batchTokens = Integer.parseInt(args[2]);
        DataSpec spec =
                new DataSpec(
                        List.of(DataSource.of(Path.of(args[1]))),
                        new Holdout.None(),
                        batchTokens,
                        TooLong.DROP,
                        TrainOn.ASSISTANT,
                        true,
                        Optional.empty());
        long start = System.nanoTime();
        try (Tokenizer tokenizer = Tokenizer.load(Path.of(args[0]))) {
            Dataset dataset = Dataset.load(spec, tokenizer, ChatFormat.load(Path.of(args[0])));
            BatchPlan plan =
                    new BatchPlan(
                            42,
                            true,
                            new BatchPlan.RunLength.Epochs(1),
                            new BatchPlan.StepSize.Tokens(batchTokens),
                            true,
                            batchTokens);
            StepPlan steps = StepPlan.of(dataset.train(), dataset.mixture(), plan);
            long packed = LongStream.range(0, steps.steps()).map(steps::tokens).sum();
            double seconds = (System.nanoTime() - start) / 1e9;
            DataReport.Part train = dataset.report().train();
            System.out.printf(
                    Locale.ROOT,
                    "{\"seconds\": %.3f, \"rows\": %d, \"tokens\": %d, \"supervised\": %d, \"batches\": %d, \"packed\": %d}%n",
                    seconds,
                    train.examples(),
                    train.tokens(),
                    train.supervisedTokens(),
                    steps.steps(),
                    packed);
        }
    }
}
