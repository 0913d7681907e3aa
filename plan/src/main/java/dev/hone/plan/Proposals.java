package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Values for length, tokens per step, micro-batch and rank, from the data and the card. */
final class Proposals {
    private static final int LEAST_STEPS = 100;
    private static final int LEAST_ROWS = 8;
    private static final int MOST_ROWS = 64;
    private static final int MOST_STEP_TOKENS = 65_536;
    private static final int MOST_MICRO_TOKENS = 32_768;

    private final ModelConfig config;
    private final RunFile.Method method;
    private final RunFile.TrainingSection training;
    private final Workload work;

    Proposals(
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work) {
        this.config = config;
        this.method = method;
        this.training = training;
        this.work = work;
    }

    /**
     * All proposals; the micro-batch is for {@code card}, the one a plan recommends, or else for
     * the largest of {@code choices}.
     */
    List<Proposal> all(int maxLength, Optional<Choice> card, List<Choice> choices) {
        List<Proposal> proposals = new ArrayList<>();
        proposals.add(length(maxLength));
        if (training.stepSize() instanceof StepSize.Tokens(int tokens)) {
            proposals.add(stepTokens(tokens));
        }
        if (card.isPresent()) {
            proposals.add(microBatch(card.get()));
        } else {
            fitting(choices).ifPresent(proposals::add);
        }
        if (method instanceof RunFile.Method.Lora lora) {
            proposals.add(rank(lora.spec().rank()));
        }
        return List.copyOf(proposals);
    }

    private Proposal length(int maxLength) {
        int longest = work.lengths()[work.lengths().length - 1];
        int most = work.percentile(99);
        if (longest > 2L * most && longest > 512) {
            long over = Arrays.stream(work.lengths()).filter(n -> n > roundUp(most, 64)).count();
            return new Proposal(
                    "data.max_length",
                    String.valueOf(maxLength),
                    String.valueOf(roundUp(most, 64)),
                    "%,d of %,d rows are longer, up to %,d tokens; they set the peak for all. Look at them, then too_long: drop"
                            .formatted(over, work.lengths().length, longest));
        }
        return new Proposal(
                "data.max_length",
                String.valueOf(maxLength),
                String.valueOf(maxLength),
                "the longest row has %,d tokens; packing fills the rest, so room above costs nothing"
                        .formatted(longest));
    }

    private Proposal stepTokens(int now) {
        int longest = work.lengths()[work.lengths().length - 1];
        double mean = (double) work.epochTokens() / work.rows();
        long least = Math.max(longest, Math.round(LEAST_ROWS * mean));
        long most = Math.max(least, Math.min(Math.round(MOST_ROWS * mean), MOST_STEP_TOKENS));
        long forSteps = Math.max(least, work.tokens() / LEAST_STEPS);
        boolean right = now >= least && now <= Math.min(2 * most, 2 * forSteps);
        int proposed =
                right
                        ? now
                        : Math.max(
                                powerBelow(Math.min((least + most) / 2, forSteps)),
                                roundUp(longest, 64));
        long steps = right ? work.steps() : Math.max(1, work.tokens() / proposed);
        return new Proposal(
                "training.tokens_per_step",
                String.valueOf(now),
                String.valueOf(proposed),
                "%s tokens in all make %,d optimizer steps of about %,d rows; %d to %d rows a step and some hundred steps train steadily"
                        .formatted(
                                count(work.tokens()),
                                steps,
                                Math.max(1, Math.round(proposed / mean)),
                                LEAST_ROWS,
                                MOST_ROWS));
    }

    /** The largest power of two that leaves a twentieth of the card free. */
    private Proposal microBatch(Choice card) {
        int now = training.microBatchTokens();
        long room = card.gpu().usableBytes() - card.gpu().usableBytes() / 20;
        long peak = card.peakBytes();
        double perToken = bytesPerToken();
        long typical = heaviest().tokens();
        int proposed = powerBelow(Math.max(1, (long) (typical + (room - peak) / perToken)));
        proposed = Math.min(proposed, MOST_MICRO_TOKENS);
        int step =
                training.stepSize() instanceof StepSize.Tokens(int tokens)
                        ? tokens
                        : Integer.MAX_VALUE;
        proposed = Math.min(proposed, step);
        int longest = work.lengths()[work.lengths().length - 1];
        if (proposed < longest || proposed <= now) {
            return new Proposal(
                    "training.micro_batch_tokens",
                    String.valueOf(now),
                    String.valueOf(now),
                    "a token more takes %s on the card; %s has %s free"
                            .formatted(mib(perToken), card.gpu().name(), mib(card.freeBytes())));
        }
        return new Proposal(
                "training.micro_batch_tokens",
                String.valueOf(now),
                String.valueOf(proposed),
                "%s has %s free and a token more takes %s; larger products keep it busier"
                        .formatted(card.gpu().name(), mib(card.freeBytes()), mib(perToken)));
    }

    /** A micro-batch small enough for the largest card, when no card will do as it is. */
    private Optional<Proposal> fitting(List<Choice> choices) {
        Optional<Choice> largest =
                choices.stream()
                        .filter(c -> c.count() == 1)
                        .filter(c -> c.gpu().refusal(training.dtype()).isEmpty() && !c.fits())
                        .max(Comparator.comparingLong(Choice::freeBytes));
        if (largest.isEmpty()) {
            return Optional.empty();
        }
        double perToken = bytesPerToken();
        double tokens = heaviest().tokens() + largest.get().freeBytes() / perToken;
        int longest = work.lengths()[work.lengths().length - 1];
        if (tokens < longest) {
            return Optional.empty();
        }
        return Optional.of(
                new Proposal(
                        "training.micro_batch_tokens",
                        String.valueOf(training.microBatchTokens()),
                        String.valueOf(Math.max(longest, (int) tokens / 64 * 64)),
                        "then one %s will do; a token more takes %s"
                                .formatted(largest.get().gpu().name(), mib(perToken))));
    }

    private Batch heaviest() {
        return work.heavy().getFirst();
    }

    /** What one more token adds, by two forecasts of the same rows, once and twice. */
    private double bytesPerToken() {
        Batch batch = work.typical();
        long one = peak(batch, 2);
        long more = peak(doubled(batch), 2);
        long oneDeeper = peak(batch, 3);
        long moreDeeper = peak(doubled(batch), 3);
        double shallow = more - one;
        double layer = (moreDeeper - oneDeeper) - shallow;
        return (shallow + (config.layers() - 2.0) * layer) / batch.tokens();
    }

    private long peak(Batch batch, int layers) {
        return Forecast.of(
                        CountingOps.of(Device.cuda(0)),
                        Paper.withLayers(config, layers),
                        method,
                        training,
                        MemoryPlan.step(batch))
                .passPeakBytes();
    }

    private static Batch doubled(Batch b) {
        int[] ids = Arrays.copyOf(b.ids(), 2 * b.tokens());
        float[] weights = Arrays.copyOf(b.weights(), 2 * b.tokens());
        System.arraycopy(b.weights(), 0, weights, b.tokens(), b.tokens());
        int[] offsets = Arrays.copyOf(b.offsets(), 2 * b.sequences() + 1);
        int[] sources = Arrays.copyOf(b.sources(), 2 * b.sequences());
        for (int s = 1; s <= b.sequences(); s++) {
            offsets[b.sequences() + s] = b.tokens() + b.offsets()[s];
        }
        return new Batch(ids, offsets, weights, sources);
    }

    private Proposal rank(int now) {
        long supervised = work.supervisedTokens();
        int proposed = supervised < 100_000 ? 8 : supervised < 10_000_000 ? 16 : 32;
        if (now == 2 * proposed || 2 * now == proposed) {
            proposed = now;
        }
        RunFile.Method.Lora lora = (RunFile.Method.Lora) method;
        double each = (double) Sizes.adapter(config, lora.spec()) / Math.max(1, supervised);
        return new Proposal(
                "adapter.rank",
                String.valueOf(now),
                String.valueOf(proposed),
                "%s trained tokens in an epoch, %.1f parameters of the adapter for each; more data can fill a higher rank, and memory hardly changes"
                        .formatted(count(supervised), each));
    }

    private static String count(long n) {
        return n >= 1_000_000 ? "%.1f M".formatted(n / 1e6) : "%,d".formatted(n);
    }

    private static String mib(double bytes) {
        return bytes >= 1L << 30
                ? "%.1f GiB".formatted(bytes / (1L << 30))
                : "%.1f MiB".formatted(bytes / (1L << 20));
    }

    private static int roundUp(int n, int unit) {
        return (n + unit - 1) / unit * unit;
    }

    private static int powerBelow(long n) {
        return Math.toIntExact(Math.min(Long.highestOneBit(n), 1 << 30));
    }
}
