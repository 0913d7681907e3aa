package dev.hone.plan;

import dev.hone.data.Batch;
import dev.hone.data.DataReport;
import dev.hone.data.Example;
import dev.hone.data.StepPlan;
import dev.hone.train.HeavyBatches;
import dev.hone.train.PreparedData;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run computes on.
 *
 * @param basis how the lengths are known
 * @param rows examples to train on, in one epoch
 * @param epochTokens tokens of one epoch
 * @param supervisedTokens of those, the ones that are trained
 * @param lengths of the examples to train on, ascending
 * @param steps optimizer steps of the run
 * @param tokens of the whole run
 * @param packing share of the room in micro-batches that tokens fill
 * @param heavy micro-batches of which one needs the most memory
 * @param typical the micro-batch of median size
 * @param holdout examples to measure by, before and after
 * @param report what became of the rows, when a file was read
 */
@SuppressWarnings("ArrayRecordComponent") // the array is made here and never changed
public record Workload(
        Basis basis,
        long rows,
        long epochTokens,
        long supervisedTokens,
        int[] lengths,
        long steps,
        long tokens,
        double packing,
        List<Batch> heavy,
        Batch typical,
        List<Example> holdout,
        Optional<DataReport> report) {
    private static final int CANDIDATES = 3;

    /** Most steps that are laid out one by one; of longer runs these stand for the rest. */
    private static final int MOST_STEPS = 4000;

    /** Most examples made for an assumed workload; their number is scaled up. */
    private static final int MOST_EXAMPLES = 8192;

    private static final int MOST_SUMMED_STEPS = 100_000;

    /** Most steps that are laid out where all rows are of one length. */
    private static final int MOST_ALIKE_STEPS = 256;

    /** Where lengths come from. */
    public enum Basis {
        /** Every row was read and tokenised. */
        TOKENISED,
        /** Every row was read; tokens are estimated from characters. */
        CHARACTERS,
        /** Nothing was read: rows and lengths are the user's. */
        ASSUMED
    }

    /** Of data that was read and tokenised. */
    public static Workload of(PreparedData data, RunFile.TrainingSection training) {
        return of(
                Basis.TOKENISED,
                data.dataset().train(),
                data.dataset().holdout(),
                data.steps(),
                training,
                Optional.of(data.dataset().report()));
    }

    /** Of examples of these lengths, of which {@code supervisedShare} of the tokens are trained. */
    public static Workload ofLengths(
            Basis basis,
            int[] lengths,
            double supervisedShare,
            RunFile.TrainingSection training,
            boolean pack) {
        Map<Integer, Example> byLength = new HashMap<>();
        List<Example> examples = new ArrayList<>();
        for (int length : lengths) {
            examples.add(byLength.computeIfAbsent(length, n -> example(n, supervisedShare)));
        }
        return of(
                basis,
                examples,
                List.of(),
                StepPlan.of(examples, training.batchPlan(pack)),
                training,
                Optional.empty());
    }

    /** Of {@code rows} examples of {@code length} tokens each. */
    public static Workload assumed(
            long rows,
            int length,
            double supervisedShare,
            RunFile.TrainingSection training,
            boolean pack) {
        int made = Math.toIntExact(Math.min(rows, MOST_EXAMPLES));
        int[] lengths = new int[made];
        Arrays.fill(lengths, length);
        Workload part = ofLengths(Basis.ASSUMED, lengths, supervisedShare, training, pack);
        double scale = (double) rows / made;
        return new Workload(
                Basis.ASSUMED,
                rows,
                Math.round(part.epochTokens * scale),
                Math.round(part.supervisedTokens * scale),
                part.lengths,
                Math.max(1, Math.round(part.steps * scale)),
                Math.round(part.tokens * scale),
                part.packing,
                part.heavy,
                part.typical,
                List.of(),
                Optional.empty());
    }

    /** An example of undefined tokens, of which the last ones are trained. */
    private static Example example(int length, double supervisedShare) {
        float[] weights = new float[length];
        int supervised = (int) Math.max(1, Math.round(length * supervisedShare));
        Arrays.fill(weights, Math.max(1, length - supervised), length, 1);
        return new Example("assumed", new int[length], weights);
    }

    private static Workload of(
            Basis basis,
            List<Example> train,
            List<Example> holdout,
            StepPlan plan,
            RunFile.TrainingSection training,
            Optional<DataReport> report) {
        int[] lengths = train.stream().mapToInt(Example::length).sorted().toArray();
        boolean alike = lengths[0] == lengths[lengths.length - 1];
        long laid = Math.min(plan.steps(), alike ? MOST_ALIKE_STEPS : MOST_STEPS);
        List<Sized> batches = new ArrayList<>();
        double filled = 0;
        double room = 0;
        for (long i = 0; i < laid; i++) {
            List<Batch> step = plan.step(i).batches();
            for (int micro = 0; micro < step.size(); micro++) {
                Sized batch = Sized.of(i, micro, step.get(micro));
                batches.add(batch);
                filled += batch.tokens;
                room += Math.max(batch.tokens, training.microBatchTokens());
            }
        }
        List<Sized> bySize =
                batches.stream().sorted(Comparator.comparingInt(Sized::tokens)).toList();
        return new Workload(
                basis,
                lengths.length,
                Arrays.stream(lengths).asLongStream().sum(),
                train.stream().mapToLong(Example::supervisedTokens).sum(),
                lengths,
                plan.steps(),
                tokens(plan),
                filled / room,
                heavy(batches).stream().map(batch -> batch.in(plan)).toList(),
                bySize.get(bySize.size() / 2).in(plan),
                holdout,
                report);
    }

    /** Of all steps; of a run of very many, the first ones stand for the rest. */
    private static long tokens(StepPlan plan) {
        long summed = Math.min(plan.steps(), MOST_SUMMED_STEPS);
        long tokens = 0;
        for (long i = 0; i < summed; i++) {
            tokens += plan.tokens(i);
        }
        return Math.round((double) tokens * plan.steps() / summed);
    }

    /** Where a micro-batch stands, and what its memory goes with. */
    private record Sized(long step, int micro, int tokens, int supervised, int longest) {

        static Sized of(long step, int micro, Batch batch) {
            return new Sized(
                    step,
                    micro,
                    batch.tokens(),
                    HeavyBatches.supervised(batch),
                    HeavyBatches.longest(batch));
        }

        Batch in(StepPlan plan) {
            return plan.step(step).batches().get(micro);
        }
    }

    private static Set<Sized> heavy(List<Sized> batches) {
        Set<Sized> found = new LinkedHashSet<>();
        for (Comparator<Sized> by :
                List.of(
                        Comparator.comparingInt(Sized::tokens),
                        Comparator.comparingInt(Sized::supervised),
                        Comparator.comparingInt(Sized::longest))) {
            batches.stream().sorted(by.reversed()).limit(CANDIDATES).forEach(found::add);
        }
        return found;
    }

    /** The length that {@code percent} of the examples do not exceed. */
    public int percentile(int percent) {
        return lengths[Math.toIntExact((lengths.length * (long) percent + 99) / 100) - 1];
    }
}
