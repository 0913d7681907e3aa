package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.train.FreeMemory;
import dev.hone.train.LayeredStep;
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
    private static final int LEAST_MICRO_TOKENS = 512;

    private final RunCount count;
    private final ModelConfig config;
    private final RunFile.Method method;
    private final RunFile.TrainingSection training;
    private final Workload work;

    Proposals(RunCount count) {
        this.count = count;
        this.config = count.config();
        this.method = count.method();
        this.training = count.training();
        this.work = count.work();
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
            limit(card.get()).ifPresent(proposals::add);
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

    /**
     * The largest power of two that leaves a twentieth of the card free; where layers compute
     * something again, one small enough that they need not.
     */
    private Proposal microBatch(Choice card) {
        int now = training.microBatchTokens();
        int longest = work.lengths()[work.lengths().length - 1];
        Holding fastest = count.search().first();
        if (passFlops(card.holding()) > passFlops(fastest)) {
            double fitting = tokensThatFit(card, fastest);
            int smaller = powerBelow(Math.max(1, (long) fitting));
            if (smaller >= Math.max(longest, LEAST_MICRO_TOKENS) && smaller < now) {
                return new Proposal(
                        "training.micro_batch_tokens",
                        String.valueOf(now),
                        String.valueOf(smaller),
                        "then layers keep everything on one %s, and nothing is computed twice"
                                .formatted(card.gpu().name()));
            }
        }
        double perToken = bytesPerToken(card.holding());
        int proposed = powerBelow(Math.max(1, (long) tokensThatFit(card, card.holding())));
        proposed = Math.min(proposed, MOST_MICRO_TOKENS);
        int step =
                training.stepSize() instanceof StepSize.Tokens(int tokens)
                        ? tokens
                        : Integer.MAX_VALUE;
        proposed = Math.min(proposed, step);
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

    private double tokensThatFit(Choice card, Holding holding) {
        long room = FreeMemory.room(card.gpu().usableBytes());
        return heaviest().tokens() + (room - count.peakBytes(holding)) / bytesPerToken(holding);
    }

    /** What training will choose on this card, where that is not everything. */
    private Optional<Proposal> limit(Choice card) {
        Holding first = count.search().first();
        if (card.holding().equals(first)) {
            return Optional.empty();
        }
        double more = 100.0 * (passFlops(card.holding()) - passFlops(first)) / passFlops(first);
        long transferred = count.step(card.holding()).passes().get(count.typical()).transferBytes();
        return Optional.of(
                new Proposal(
                        "memory.limit",
                        "auto",
                        "auto",
                        "on one %s it keeps %s (%.0f %% more arithmetic%s)"
                                .formatted(
                                        card.gpu().name(),
                                        card.holding().describe(config.layers()),
                                        more,
                                        transferred == 0
                                                ? ""
                                                : ", %s over the bus for every micro-batch"
                                                        .formatted(mib(transferred)))));
    }

    private long passFlops(Holding holding) {
        return count.step(holding).passes().get(count.typical()).flops();
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
        double perToken = bytesPerToken(largest.get().holding());
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

    /** What one more token adds, by the typical micro-batch and half of it. */
    private double bytesPerToken(Holding holding) {
        long whole = count.step(holding).passes().get(count.typical()).peakBytes();
        if (work.typical().tokens() < 4) {
            return (double) whole / work.typical().tokens();
        }
        Batch half = half(work.typical());
        LayeredStep layered =
                LayeredStep.of(count.device(), config, method, training, List.of(half));
        long less = layered.under(holding).passes().getFirst().peakBytes();
        return (double) (whole - less) / (work.typical().tokens() - half.tokens());
    }

    /** The last half of the sequences; of a single one, its last half. */
    private static Batch half(Batch b) {
        int sequences = Math.max(1, b.sequences() / 2);
        int from = b.sequences() == 1 ? b.tokens() / 2 : b.offsets()[b.sequences() - sequences];
        int[] offsets = new int[sequences + 1];
        for (int s = 1; s <= sequences; s++) {
            offsets[s] = b.offsets()[b.sequences() - sequences + s] - from;
        }
        float[] weights = Arrays.copyOfRange(b.weights(), from, b.tokens());
        weights[0] = 0;
        return new Batch(new int[weights.length], offsets, weights, new int[sequences]);
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
