package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MixtureTest {

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @Test
    void withoutWeightsAnEpochIsTheRowsInOrder() {
        assertThat(Mixture.plain(4).rows(7, 3)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aWeightOfTwoIsEveryRowTwice() {
        Mixture mixture =
                new Mixture(List.of(new Mixture.Part(0, 2, 2), new Mixture.Part(2, 4, 1)));
        assertThat(mixture.rows(7, 0)).containsExactly(0, 1, 0, 1, 2, 3);
    }

    @Test
    void halfAWeightIsEveryRowOnceInTwoEpochs() {
        Mixture mixture = new Mixture(List.of(new Mixture.Part(5, 16, 0.5)));
        int[] first = mixture.rows(7, 0);
        int[] second = mixture.rows(7, 1);
        assertThat(first.length + second.length).isEqualTo(11);
        assertThat(IntStream.concat(Arrays.stream(first), Arrays.stream(second)))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(5, 16).boxed().toList());
        assertThat(mixture.rows(7, 0)).isEqualTo(first);
        assertThat(mixture.rows(8, 0)).isNotEqualTo(first);
    }

    @Test
    @Tag("property")
    void overManyEpochsEveryRowIsSeenAsOftenAsItsWeightSays() {
        Mixture mixture =
                new Mixture(List.of(new Mixture.Part(0, 30, 0.3), new Mixture.Part(30, 50, 1.25)));
        int[] seen = new int[50];
        for (int epoch = 0; epoch < 40; epoch++) {
            for (int row : mixture.rows(1, epoch)) {
                seen[row]++;
            }
        }
        assertThat(Arrays.copyOf(seen, 30)).containsOnly(12);
        assertThat(Arrays.copyOfRange(seen, 30, 50)).containsOnly(50);
    }

    @Test
    void weightsThatLeaveNothingToTrainAreRefused() {
        List<Example> examples = List.of(example(5), example(5));
        Mixture mixture = new Mixture(List.of(new Mixture.Part(0, 2, 0.1)));
        assertThatThrownBy(() ->
                        StepPlan.of(
                                examples,
                                mixture,
                                new BatchPlan(
                                        1,
                                        true,
                                        new BatchPlan.RunLength.Epochs(2),
                                        new BatchPlan.StepSize.Rows(1),
                                        true,
                                        8)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "data.train: the weights of the sources are so small that no epoch sees a row; raise them, or train for more epochs");
    }

    /** Random lengths, weights, budgets: what a plan promises holds for all of them. */
    @Tag("property")
    @ParameterizedTest
    @MethodSource("seeds")
    void packingKeepsItsBudgetSeesEveryRowAndCanBeMadeAgain(int seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(200);
        List<Example> examples =
                IntStream.range(0, rows).mapToObj(i -> example(1 + random.nextInt(60))).toList();
        int cut = random.nextInt(rows + 1);
        Mixture mixture =
                new Mixture(
                        List.of(
                                new Mixture.Part(0, cut, 1 + random.nextInt(3)),
                                new Mixture.Part(cut, rows, 0.25 * (1 + random.nextInt(8)))));
        int batch = 60 + random.nextInt(100);
        int step = batch * (1 + random.nextInt(4));
        BatchPlan plan =
                new BatchPlan(
                        seed,
                        random.nextBoolean(),
                        new BatchPlan.RunLength.Epochs(4),
                        new BatchPlan.StepSize.Tokens(step),
                        random.nextBoolean(),
                        batch);
        StepPlan steps = StepPlan.of(examples, mixture, plan);
        StepPlan again = StepPlan.of(examples, mixture, plan);
        int[] seen = new int[rows];
        for (long i = 0; i < steps.steps(); i++) {
            OptimizerStep made = steps.step(i);
            assertThat(made.tokens()).as("seed %d, step %d", seed, i).isLessThanOrEqualTo(step);
            for (Batch each : made.batches()) {
                assertThat(each.tokens()).isLessThanOrEqualTo(batch);
                for (int source : each.sources()) {
                    seen[source]++;
                }
            }
        }
        int[] due = new int[rows];
        IntStream.range(0, 4)
                .flatMap(epoch -> Arrays.stream(mixture.rows(seed, epoch)))
                .forEach(row -> due[row]++);
        assertThat(seen).as("seed %d", seed).isEqualTo(due);
        long resumed = steps.steps() / 2;
        assertThat(sources(again, resumed, steps.steps()))
                .as("a plan asked for its second half first")
                .isEqualTo(sources(steps, resumed, steps.steps()));
    }

    private static List<List<Integer>> sources(StepPlan plan, long from, long to) {
        return LongStream.range(from, to)
                .mapToObj(i ->
                        plan.step(i).batches().stream()
                                .flatMapToInt(each -> Arrays.stream(each.sources()))
                                .boxed()
                                .toList())
                .toList();
    }

    private static Example example(int length) {
        float[] weights = new float[length];
        Arrays.fill(weights, 1, length, 1f);
        return new Example("f:1", new int[length], weights);
    }
}
