package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.BatchPlan.RunLength;
import dev.hone.data.BatchPlan.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StepPlanTest {

    private static final RunLength ONE_EPOCH = new RunLength.Epochs(1);

    @Test
    void everyRowAppearsExactlyOnceInEachEpoch() {
        List<Example> examples = examples(7, 100);
        for (StepSize size : List.of(new StepSize.Rows(7), new StepSize.Tokens(300))) {
            for (boolean pack : new boolean[] {true, false}) {
                for (boolean shuffle : new boolean[] {true, false}) {
                    StepPlan plan =
                            StepPlan.of(
                                    examples,
                                    new BatchPlan(
                                            3, shuffle, new RunLength.Epochs(3), size, pack, 100));
                    List<List<Integer>> epochs =
                            List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
                    for (long i = 0; i < plan.steps(); i++) {
                        OptimizerStep step = plan.step(i);
                        assertThat(step.index()).isEqualTo(i);
                        epochs.get(step.epoch()).addAll(rows(step));
                    }
                    assertThat(epochs)
                            .allSatisfy(rows ->
                                    assertThat(rows)
                                            .containsExactlyInAnyOrderElementsOf(
                                                    IntStream.range(0, 100).boxed().toList()));
                }
            }
        }
    }

    @Test
    void aStepIsTheSameWhateverWasAskedForBefore() {
        List<Example> examples = examples(11, 83);
        BatchPlan spec =
                new BatchPlan(
                        42, true, new RunLength.Epochs(4), new StepSize.Tokens(250), true, 90);
        StepPlan first = StepPlan.of(examples, spec);
        List<List<Integer>> forward = new ArrayList<>();
        for (long i = 0; i < first.steps(); i++) {
            forward.add(rows(first.step(i)));
        }
        StepPlan second = StepPlan.of(examples, spec);
        assertThat(second.steps()).isEqualTo(first.steps());
        for (long i = second.steps() - 1; i >= 0; i--) {
            assertThat(rows(second.step(i))).isEqualTo(forward.get((int) i));
        }
        assertThat(
                        LongStream.range(0, first.steps())
                                .parallel()
                                .mapToObj(i -> rows(first.step(i)))
                                .toList())
                .isEqualTo(forward);
    }

    @Test
    void theOrderIsFixedForEver() {
        List<Example> examples = examples(1, 10);
        StepPlan plan =
                StepPlan.of(
                        examples,
                        new BatchPlan(
                                42,
                                true,
                                new RunLength.Epochs(2),
                                new StepSize.Rows(10),
                                false,
                                10_000));
        assertThat(rows(plan.step(0))).containsExactly(4, 9, 1, 3, 5, 7, 2, 6, 0, 8);
        assertThat(rows(plan.step(1))).containsExactly(9, 3, 6, 1, 4, 5, 0, 7, 8, 2);
    }

    @Test
    void epochsAndSeedsHaveOrdersOfTheirOwn() {
        List<Example> examples = examples(1, 50);
        TreeSet<String> orders = new TreeSet<>();
        for (long seed : new long[] {0, 1, 2, -1}) {
            StepPlan plan =
                    StepPlan.of(
                            examples,
                            new BatchPlan(
                                    seed,
                                    true,
                                    new RunLength.Epochs(5),
                                    new StepSize.Rows(50),
                                    false,
                                    100_000));
            for (long i = 0; i < 5; i++) {
                orders.add(rows(plan.step(i)).toString());
            }
        }
        assertThat(orders).hasSize(20);
    }

    @Test
    void withoutShuffleRowsStandInFileOrder() {
        StepPlan plan =
                StepPlan.of(
                        examples(5, 10),
                        new BatchPlan(
                                1,
                                false,
                                new RunLength.Epochs(2),
                                new StepSize.Rows(4),
                                false,
                                1000));
        assertThat(plan.steps()).isEqualTo(6);
        assertThat(rows(plan.step(0))).containsExactly(0, 1, 2, 3);
        assertThat(rows(plan.step(2))).containsExactly(8, 9);
        assertThat(rows(plan.step(3))).containsExactly(0, 1, 2, 3);
        assertThat(plan.step(3).epoch()).isEqualTo(1);
    }

    @Test
    void packingChangesMicroBatchesAndNotTheRowsOfAStepCountedInRows() {
        List<Example> examples = examples(13, 60);
        StepSize size = new StepSize.Rows(12);
        StepPlan packed = StepPlan.of(examples, new BatchPlan(9, true, ONE_EPOCH, size, true, 100));
        StepPlan plain = StepPlan.of(examples, new BatchPlan(9, true, ONE_EPOCH, size, false, 100));
        long packedBatches = 0;
        long plainBatches = 0;
        for (long i = 0; i < packed.steps(); i++) {
            assertThat(rows(packed.step(i)))
                    .containsExactlyInAnyOrderElementsOf(rows(plain.step(i)));
            assertThat(packed.supervisedWeight(i)).isEqualTo(plain.supervisedWeight(i));
            packedBatches += packed.step(i).batches().size();
            plainBatches += plain.step(i).batches().size();
        }
        assertThat(packedBatches).isLessThan(plainBatches);
    }

    @Test
    void unpackedMicroBatchesHoldConsecutiveRows() {
        StepPlan plan =
                StepPlan.of(
                        lengths(40, 40, 40, 10, 100),
                        new BatchPlan(1, false, ONE_EPOCH, new StepSize.Rows(5), false, 100));
        assertThat(plan.step(0).batches().stream().map(batch -> Arrays.toString(batch.sources())))
                .containsExactly("[0, 1]", "[2, 3]", "[4]");
    }

    @Test
    void aMicroBatchExceedsItsLimitOnlyForARowThatDoes() {
        List<Example> examples = examples(17, 200);
        for (boolean pack : new boolean[] {true, false}) {
            StepPlan plan =
                    StepPlan.of(
                            examples,
                            new BatchPlan(2, true, ONE_EPOCH, new StepSize.Tokens(200), pack, 48));
            long alone = 0;
            for (long i = 0; i < plan.steps(); i++) {
                for (Batch batch : plan.step(i).batches()) {
                    if (batch.tokens() > 48) {
                        assertThat(batch.sequences()).isEqualTo(1);
                        alone++;
                    }
                }
            }
            assertThat(alone)
                    .isEqualTo(examples.stream().filter(example -> example.length() > 48).count())
                    .isPositive();
        }
    }

    @Test
    void aStepMeasuredInTokensExceedsThemOnlyForARowThatDoes() {
        List<Example> examples = examples(19, 300);
        for (boolean pack : new boolean[] {true, false}) {
            StepPlan plan =
                    StepPlan.of(
                            examples,
                            new BatchPlan(2, true, ONE_EPOCH, new StepSize.Tokens(55), pack, 1000));
            for (long i = 0; i < plan.steps(); i++) {
                OptimizerStep step = plan.step(i);
                assertThat(step.tokens()).isEqualTo(plan.tokens(i));
                assertThat(step.tokens() <= 55 || step.sequences() == 1).isTrue();
            }
        }
    }

    @Test
    void packingFillsStepsMeasuredInTokens() {
        List<Example> examples = examples(23, 4000);
        long tokens = examples.stream().mapToLong(Example::length).sum();
        StepSize size = new StepSize.Tokens(100);
        long packed =
                StepPlan.of(examples, new BatchPlan(5, true, ONE_EPOCH, size, true, 100)).steps();
        long plain =
                StepPlan.of(examples, new BatchPlan(5, true, ONE_EPOCH, size, false, 100)).steps();
        double packedFill = tokens / (100.0 * packed);
        double plainFill = tokens / (100.0 * plain);
        assertThat(packedFill).isGreaterThan(0.97);
        assertThat(plainFill).isLessThan(0.85);
    }

    @Test
    void packedStepsTakeTheFewestMicroBatches() {
        List<Example> examples = examples(37, 4000);
        long tokens = examples.stream().mapToLong(Example::length).sum();
        for (int stepTokens : new int[] {400, 1000}) {
            StepPlan plan =
                    StepPlan.of(
                            examples,
                            new BatchPlan(
                                    5,
                                    true,
                                    ONE_EPOCH,
                                    new StepSize.Tokens(stepTokens),
                                    true,
                                    200));
            long batches =
                    LongStream.range(0, plan.steps()).map(i -> plan.step(i).batches().size()).sum();
            assertThat(tokens / (200.0 * batches)).isGreaterThan(0.97);
            assertThat(tokens / ((double) stepTokens * plan.steps())).isGreaterThan(0.95);
        }
    }

    @Test
    void aStepThatIsNoMultipleOfAMicroBatchIsFilledAllTheSame() {
        List<Example> examples = examples(41, 4000);
        long tokens = examples.stream().mapToLong(Example::length).sum();
        StepPlan plan =
                StepPlan.of(
                        examples,
                        new BatchPlan(5, true, ONE_EPOCH, new StepSize.Tokens(500), true, 200));
        long batches =
                LongStream.range(0, plan.steps()).map(i -> plan.step(i).batches().size()).sum();
        assertThat(tokens / (500.0 * plan.steps())).isGreaterThan(0.95);
        assertThat(batches).isLessThanOrEqualTo(3 * plan.steps() + plan.steps() / 20);
    }

    @Test
    void packedStepsAreNotSortedByLength() {
        List<Example> examples = examples(29, 2000);
        StepPlan plan =
                StepPlan.of(
                        examples,
                        new BatchPlan(5, true, ONE_EPOCH, new StepSize.Tokens(400), true, 400));
        int half = (int) plan.steps() / 2;
        double first =
                LongStream.range(0, half)
                        .map(i -> plan.step(i).sequences())
                        .average()
                        .orElseThrow();
        double second =
                LongStream.range(half, plan.steps())
                        .map(i -> plan.step(i).sequences())
                        .average()
                        .orElseThrow();
        assertThat(first / second).isBetween(0.8, 1.25);
    }

    @Test
    void aRunOfStepsBeginsTheRowsAnewAndStopsOnTheStep() {
        StepPlan plan =
                StepPlan.of(
                        examples(5, 10),
                        new BatchPlan(
                                1,
                                false,
                                new RunLength.Steps(8),
                                new StepSize.Rows(4),
                                false,
                                1000));
        assertThat(plan.steps()).isEqualTo(8);
        assertThat(plan.step(7).epoch()).isEqualTo(2);
        assertThat(rows(plan.step(7))).containsExactly(4, 5, 6, 7);
        assertThatThrownBy(() -> plan.step(8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> plan.supervisedWeight(-1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theSupervisedWeightIsThatOfTheMicroBatches() {
        List<Example> examples = examples(31, 100);
        StepPlan plan =
                StepPlan.of(
                        examples,
                        new BatchPlan(
                                6,
                                true,
                                new RunLength.Epochs(2),
                                new StepSize.Tokens(500),
                                true,
                                120));
        for (long i = 0; i < plan.steps(); i++) {
            OptimizerStep step = plan.step(i);
            assertThat(plan.supervisedWeight(i)).isEqualTo(step.supervisedWeight()).isPositive();
            assertThat(step.supervisedWeight())
                    .isEqualTo(step.batches().stream().mapToDouble(Batch::supervisedWeight).sum());
        }
    }

    @Test
    void impossiblePlansAreRefused() {
        assertThatThrownBy(() ->
                        StepPlan.of(
                                List.of(),
                                new BatchPlan(1, true, ONE_EPOCH, new StepSize.Rows(1), true, 1)))
                .hasMessage("There are no examples to plan steps for; expected at least one");
        assertThatThrownBy(() -> new BatchPlan(1, true, ONE_EPOCH, new StepSize.Rows(1), true, 0))
                .hasMessage("micro_batch_tokens is 0; expected at least 1");
        assertThatThrownBy(() -> new RunLength.Epochs(0))
                .hasMessage("epochs is 0; expected at least 1");
        assertThatThrownBy(() -> new RunLength.Steps(-1))
                .hasMessage("steps is -1; expected at least 1");
        assertThatThrownBy(() -> new StepSize.Rows(0))
                .hasMessage("rows_per_step is 0; expected at least 1");
        assertThatThrownBy(() -> new StepSize.Tokens(0))
                .hasMessage("tokens_per_step is 0; expected at least 1");
    }

    private static List<Integer> rows(OptimizerStep step) {
        return step.batches().stream()
                .flatMapToInt(batch -> IntStream.of(batch.sources()))
                .boxed()
                .toList();
    }

    /** Examples of 2 to 64 tokens, from a fixed seed. */
    private static List<Example> examples(long seed, int count) {
        SplitMix64 random = new SplitMix64(seed);
        return lengths(IntStream.range(0, count).map(i -> 2 + random.below(63)).toArray());
    }

    private static List<Example> lengths(int... lengths) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            int[] ids = new int[lengths[i]];
            Arrays.fill(ids, i);
            float[] weights = new float[lengths[i]];
            Arrays.fill(weights, lengths[i] / 2, lengths[i], i % 3 == 0 ? 0.5f : 1f);
            examples.add(new Example("f:" + i, ids, weights));
        }
        return examples;
    }
}
