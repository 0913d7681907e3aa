package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("unit")
final class CpuTeamTest {
    private static final long LARGE = 1 << 20;

    /** Where the threads come from. */
    enum Kind {
        OPEN_MP {
            @Override
            CpuTeam of(int threads) {
                return new OpenMpTeam(threads);
            }
        },
        OWN {
            @Override
            CpuTeam of(int threads) {
                return new CpuThreadTeam(threads);
            }
        };

        abstract CpuTeam of(int threads);
    }

    @BeforeAll
    static void loadOpenMp() {
        TorchRuntime.load();
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN_MP,1",
        "OPEN_MP,2",
        "OPEN_MP,3",
        "OPEN_MP,8",
        "OWN,1",
        "OWN,2",
        "OWN,3",
        "OWN,8"
    })
    void eachUnitRunsExactlyOnceHoweverManyThreads(Kind kind, int threads) {
        try (CpuTeam team = kind.of(threads)) {
            for (int units : new int[] {0, 1, 2, 7, 100}) {
                AtomicIntegerArray seen = new AtomicIntegerArray(units);
                for (int round = 0; round < 50; round++) {
                    team.run(
                            units,
                            LARGE,
                            (_, from, to) -> {
                                for (int unit = from; unit < to; unit++) {
                                    seen.incrementAndGet(unit);
                                }
                            });
                }
                for (int unit = 0; unit < units; unit++) {
                    assertThat(seen.get(unit)).isEqualTo(50);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void largeWorkIsSharedAndSmallWorkStaysWithTheCaller(Kind kind) {
        try (CpuTeam team = kind.of(3)) {
            List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
            team.run(30, LARGE, (_, _, _) -> threads.add(Thread.currentThread()));
            assertThat(threads).hasSize(3);
            threads.clear();
            team.run(30, 100, (_, _, _) -> threads.add(Thread.currentThread()));
            assertThat(threads).containsExactly(Thread.currentThread());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureInAPartReachesTheCallerAfterAllHaveEnded(Kind kind) {
        AtomicInteger ended = new AtomicInteger();
        try (CpuTeam team = kind.of(2)) {
            assertThatThrownBy(() ->
                            team.run(
                                    2,
                                    LARGE,
                                    (_, from, _) -> {
                                        if (from == 1) {
                                            throw new IllegalStateException("unit 1");
                                        }
                                        ended.incrementAndGet();
                                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("unit 1");
            assertThat(ended).hasValue(1);
            team.run(2, LARGE, (_, _, _) -> ended.incrementAndGet());
            assertThat(ended).hasValue(3);
        }
    }

    @Test
    void closeEndsThreadsOfOurOwn() {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        try (CpuTeam team = new CpuThreadTeam(2)) {
            team.run(2, LARGE, (_, _, _) -> threads.add(Thread.currentThread()));
        }
        threads.remove(Thread.currentThread());
        assertThat(threads).hasSize(1).noneMatch(Thread::isAlive);
    }

    @ParameterizedTest
    @EnumSource
    void noThreadsAreRefused(Kind kind) {
        assertThatThrownBy(() -> kind.of(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads is 0, but must be positive");
    }
}
