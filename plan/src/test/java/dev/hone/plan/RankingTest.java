package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.model.Holding;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RankingTest {
    private static final RunFile.TrainingSection TRAINING = Given.training(8192, 4096, DType.BF16);

    private final GpuCatalogue catalogue = GpuCatalogue.load();
    private final PriceBook prices = PriceBook.load(catalogue);

    private List<Choice> rank(String model, Ranking.Wishes wishes) {
        return rank(model, TRAINING, wishes);
    }

    private List<Choice> rank(
            String model, RunFile.TrainingSection training, Ranking.Wishes wishes) {
        Workload work = Given.work(5000, 512, training);
        RunCount count =
                new RunCount(Device.cuda(0), Given.model(model), Given.lora(16), training, work);
        return Ranking.of(
                catalogue,
                prices,
                CalibrationBook.shipped(),
                count,
                TimePlan.of(count),
                DType.BF16,
                wishes);
    }

    private static Ranking.Wishes limits(OptionalDouble budget, OptionalDouble deadline) {
        return new Ranking.Wishes(
                Ranking.Sort.COST,
                Optional.empty(),
                8,
                EnumSet.allOf(Price.Kind.class),
                budget,
                deadline,
                0.15);
    }

    @Test
    void sortedByCostTheCheaperNeverStandsBelowTheDearer() {
        double before = 0;
        for (Choice c : rank("llama-3.1-8b", Given.wishes(Ranking.Sort.COST, 8))) {
            if (c.out().isEmpty()) {
                double dollars = c.dollars().orElse(Double.POSITIVE_INFINITY);
                assertThat(dollars).isGreaterThanOrEqualTo(before);
                before = dollars;
            }
        }
        assertThat(before).isPositive();
    }

    @Test
    void sortedByTimeTheFasterNeverStandsBelowTheSlower() {
        double before = 0;
        for (Choice c : rank("llama-3.1-8b", Given.wishes(Ranking.Sort.TIME, 8))) {
            if (c.out().isEmpty()) {
                assertThat(c.hours().middle()).isGreaterThanOrEqualTo(before);
                before = c.hours().middle();
            }
        }
    }

    @Test
    void sortedByDollarsPerHourSavedTheCheapestComesFirst() {
        List<Choice> saved = rank("llama-3.1-8b", Given.wishes(Ranking.Sort.SAVED, 8));
        List<Choice> cost = rank("llama-3.1-8b", Given.wishes(Ranking.Sort.COST, 8));
        assertThat(saved.getFirst()).isEqualTo(cost.getFirst());
        double second = Ranking.dollarsPerHourSaved(cost.getFirst(), saved.get(1));
        for (Choice c : saved.subList(2, saved.size())) {
            if (c.out().isEmpty()) {
                assertThat(Ranking.dollarsPerHourSaved(cost.getFirst(), c))
                        .isGreaterThanOrEqualTo(second);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Ranking.Sort.class)
    void whatWillNotDoStandsBelowWhatWill(Ranking.Sort sort) {
        boolean bad = false;
        for (Choice c : rank("llama-3.1-8b", Given.wishes(sort, 4))) {
            assertThat(bad && c.out().isEmpty()).as(c.gpu().name()).isFalse();
            bad |= c.out().isPresent();
        }
        assertThat(bad).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"smollm2-135m", "llama-3.2-1b", "llama-3.1-8b", "qwen2.5-14b", "llama-3.1-70b"})
    void moreMemoryNeverTurnsWhatFitsIntoWhatDoesNot(String model) {
        List<Choice> single = new ArrayList<>(rank(model, Given.wishes(Ranking.Sort.MEMORY, 1)));
        single.sort(Comparator.comparingLong((Choice c) -> c.gpu().usableBytes()));
        boolean fits = false;
        for (Choice c : single) {
            assertThat(fits && !c.fits()).as(c.gpu().name()).isFalse();
            fits |= c.fits();
            assertThat(c.fits()).isEqualTo(c.freeBytes() >= 0);
        }
    }

    @Test
    void aLargerModelNeverFitsWhereASmallerDoesNot() {
        List<Choice> small = rank("llama-3.2-1b", Given.wishes(Ranking.Sort.COST, 1));
        for (Choice large : rank("llama-3.1-8b", Given.wishes(Ranking.Sort.COST, 1))) {
            Choice same =
                    small.stream()
                            .filter(c -> c.gpu().equals(large.gpu()))
                            .findFirst()
                            .orElseThrow();
            assertThat(large.fits() && !same.fits()).as(large.gpu().name()).isFalse();
            assertThat(large.hours().middle()).isGreaterThan(same.hours().middle());
        }
    }

    @Test
    void everyGpuIsThereOnceForEachNumber() {
        List<Choice> all = rank("llama-3.1-8b", Given.wishes(Ranking.Sort.COST, 8));
        assertThat(all).hasSize(4 * catalogue.gpus().size());
        assertThat(rank("llama-3.1-8b", Given.wishes(Ranking.Sort.COST, 2)))
                .hasSize(2 * catalogue.gpus().size());
    }

    /** Each card by itself, against the first of every family that leaves a twentieth free. */
    @ParameterizedTest
    @CsvSource({"smollm2-135m", "llama-3.1-8b", "qwen2.5-14b", "llama-3.1-70b"})
    void everyCardGetsTheFastestMixThatLeavesATwentiethFree(String model) {
        Workload work = Given.work(5000, 512, TRAINING);
        RunCount count =
                new RunCount(Device.cuda(0), Given.model(model), Given.lora(16), TRAINING, work);
        TimePlan time = TimePlan.of(count);
        for (Choice c : rank(model, Given.wishes(Ranking.Sort.COST, 1))) {
            long room = c.gpu().usableBytes() - c.gpu().usableBytes() / 20;
            assertThat(c.peakBytes()).isEqualTo(count.peakBytes(c.holding()));
            if (c.peakBytes() > room) {
                assertThat(c.holding())
                        .as("%s on %s", model, c.gpu().name())
                        .isEqualTo(count.search().smallest());
                continue;
            }
            double seconds = time.seconds(c.gpu(), DType.BF16, 1, c.holding());
            for (List<Holding> family : count.search().families()) {
                for (Holding other : family) {
                    if (count.peakBytes(other) <= room) {
                        assertThat(time.seconds(c.gpu(), DType.BF16, 1, other))
                                .as("%s on %s: %s", model, c.gpu().name(), other)
                                .isGreaterThan(0.999 * seconds);
                        break;
                    }
                }
            }
        }
    }

    private static Choice choice(List<Choice> all, String gpu) {
        return all.stream()
                .filter(c -> c.count() == 1 && c.gpu().name().equals(gpu))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aCardThatIsOutSaysWhy() {
        List<Choice> all =
                rank(
                        "llama-3.1-8b",
                        Given.training(65_536, 65_536, DType.BF16),
                        Given.wishes(Ranking.Sort.COST, 1));
        assertThat(reason(all, "V100")).startsWith("compute capability 7.0 has no bf16");
        assertThat(reason(all, "RTX 4080"))
                .matches(
                        "too small by \\d+\\.\\d GiB, even with weights and inputs in host memory");
    }

    private static String reason(List<Choice> all, String gpu) {
        return choice(all, gpu).out().orElse("");
    }

    @Test
    void aBudgetAndADeadlineTakeOutWhatIsOverThem() {
        List<Choice> cheap =
                rank("llama-3.1-8b", limits(OptionalDouble.of(0.1), OptionalDouble.empty()));
        assertThat(cheap)
                .filteredOn(c -> c.out().isEmpty())
                .isNotEmpty()
                .allSatisfy(c ->
                        assertThat(c.dollars().orElse(Double.POSITIVE_INFINITY))
                                .isLessThanOrEqualTo(0.1));
        List<Choice> fast =
                rank("llama-3.1-8b", limits(OptionalDouble.empty(), OptionalDouble.of(0.1)));
        assertThat(fast)
                .filteredOn(c -> c.out().isEmpty())
                .isNotEmpty()
                .allSatisfy(c -> assertThat(c.hours().middle()).isLessThanOrEqualTo(0.1));
        assertThat(reason(cheap, "H200")).matches("costs \\$\\d+\\.\\d\\d, over the budget");
        assertThat(reason(cheap, "RTX A6000"))
                .isEqualTo("no price is known to hold against the budget");
        assertThat(reason(fast, "L40S")).matches("takes \\d+\\.\\d h, past the deadline");
    }

    @Test
    void owningPaysAfterThePriceDividedByWhatAnHourOfRentSaves() {
        Choice card =
                rank("llama-3.2-1b", Given.wishes(Ranking.Sort.COST, 1)).stream()
                        .filter(c -> c.gpu().name().equals("RTX 4090"))
                        .findFirst()
                        .orElseThrow();
        double rent = card.price().orElseThrow().dollarsPerHour();
        assertThat(card.owningHours().orElseThrow()).isEqualTo(1599 / (rent - 0.45 * 0.15));
    }
}
