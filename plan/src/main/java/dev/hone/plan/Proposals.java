package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.data.BatchPlan.StepSize;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Values for length, tokens per step, micro-batch and rank, from the data and the card. */
final class Proposals {
    private static final int LEAST_STEPS = 100;
    private static final int LEAST_ROWS = 8;
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

    /** All proposals; the micro-batch is for {@code card}, the one a plan recommends. */
    List<Proposal> all(int maxLength, Optional<Choice> card) {
        List<Proposal> proposals = new ArrayList<>();
        proposals.add(length(maxLength));
        if (training.stepSize() instanceof StepSize.Tokens(int tokens)) {
            proposals.add(stepTokens(tokens));
        }
        card.map(this::microBatch).ifPresent(proposals::add);
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
        long fewRows = Math.round(LEAST_ROWS * mean);
        long forSteps = work.tokens() / LEAST_STEPS;
        long wanted = Math.max(Math.max(longest, fewRows), Math.min(forSteps, MOST_STEP_TOKENS));
        int power = powerBelow(wanted);
        int proposed = Math.max(power, roundUp(longest, 64));
        long steps = Math.max(1, work.tokens() / proposed);
        if (now >= proposed / 2 && now <= proposed * 2L) {
            proposed = now;
            steps = work.steps();
        }
        return new Proposal(
                "training.tokens_per_step",
                String.valueOf(now),
                String.valueOf(proposed),
                "%,d tokens in all make %,d optimizer steps of about %,d rows; some hundred steps and at least %d rows a step train steadily"
                        .formatted(
                                work.tokens(),
                                steps,
                                Math.max(1, Math.round(proposed / mean)),
                                LEAST_ROWS));
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
                        Paper.on(Device.cuda(0)),
                        Paper.withLayers(config, layers),
                        method,
                        training,
                        MemoryPlan.step(batch))
                .peakBytes();
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
                "%,d trained tokens in an epoch, %.1f parameters of the adapter for each; more data can fill a higher rank, and memory hardly changes"
                        .formatted(supervised, each));
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
