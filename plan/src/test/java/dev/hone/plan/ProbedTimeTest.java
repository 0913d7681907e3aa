package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbedTimeTest {
    private static final Calibration ASSUMED =
            new Calibration(
                    Calibration.ANY_PROCESSOR,
                    "bf16",
                    2,
                    1.2,
                    3.5,
                    0,
                    LocalDate.of(2026, 11, 24),
                    "assumed");

    @Test
    void steadyPassesNarrowTheIntervalAboutThemselves() {
        ProbedTime probed = ProbedTime.of(ASSUMED, List.of(4.0, 2.6, 2.5, 2.55), 60);
        assertThat(probed.settled()).isTrue();
        Calibration c = probed.calibration();
        assertThat(c.factor()).isBetween(2.4, 2.56);
        assertThat(c.low()).isBetween(2.1, 2.4);
        assertThat(c.high()).isBetween(2.6, 2.85);
    }

    @Test
    void whatWasMeasuredOftenWeighsMore() {
        Calibration sure =
                new Calibration(
                        "L4", "bf16", 2, 1.9, 2.1, 9, LocalDate.of(2026, 11, 24), "nine runs");
        double moved = ProbedTime.of(sure, List.of(2.2, 2.2), 60).calibration().factor();
        assertThat(moved).isBetween(2.0, 2.06);
        assertThat(ProbedTime.of(ASSUMED, List.of(2.2, 2.2), 60).calibration().factor())
                .isBetween(2.18, 2.2);
    }

    @Test
    void whereBeliefAndSightExcludeEachOtherTheIntervalSpansBoth() {
        ProbedTime busy = ProbedTime.of(ASSUMED, List.of(80.0, 81.0), 60);
        assertThat(busy.surprising()).isTrue();
        assertThat(busy.calibration().low()).isEqualTo(1.2);
        assertThat(busy.calibration().factor()).isBetween(80.0, 81.0);
        assertThat(busy.calibration().high()).isGreaterThan(88);
        assertThat(ProbedTime.of(ASSUMED, List.of(0.5, 0.5), 60).calibration().high())
                .isEqualTo(3.5);
        assertThat(ProbedTime.of(ASSUMED, List.of(3.4, 3.4), 60).surprising()).isFalse();
    }

    @Test
    void passesThatStillGetFasterAreAnUpperBound() {
        ProbedTime probed = ProbedTime.of(ASSUMED, List.of(9.0, 5.0, 3.0), 60);
        assertThat(probed.settled()).isFalse();
        assertThat(probed.calibration().high()).isEqualTo(3);
        assertThat(probed.calibration().factor()).isEqualTo(2);
        assertThat(probed.calibration().low()).isEqualTo(1.2);
        ProbedTime fast = ProbedTime.of(ASSUMED, List.of(2.0, 1.0), 60);
        assertThat(fast.calibration().high()).isEqualTo(1);
        assertThat(fast.calibration().low()).isLessThan(fast.calibration().factor());
    }

    @Test
    void oneAloneSettlesNothingAndNeitherDoTheFirstSeconds() {
        assertThat(ProbedTime.settled(List.of(2.0), 60)).isFalse();
        assertThat(ProbedTime.settled(List.of(2.0, 2.1), 60)).isTrue();
        assertThat(ProbedTime.settled(List.of(2.0, 2.6), 60)).isFalse();
        assertThat(ProbedTime.settled(List.of(2.0, 2.1), 0.4)).isFalse();
        assertThat(ProbedTime.of(ASSUMED, List.of(6.0, 6.0), 0.4).calibration()).isEqualTo(ASSUMED);
    }
}
