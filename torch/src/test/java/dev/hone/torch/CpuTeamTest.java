package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
final class CpuTeamTest {
    private static final long LARGE = 1 << 20;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void eachUnitRunsExactlyOnceHoweverManyThreads(int threads) {
        try (CpuTeam team = new CpuTeam(threads)) {
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

    @Test
    void largeWorkIsSharedAndSmallWorkStaysWithTheCaller() {
        try (CpuTeam team = new CpuTeam(3)) {
            List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
            team.run(30, LARGE, (_, _, _) -> threads.add(Thread.currentThread()));
            assertThat(threads).hasSize(3).doesNotHaveDuplicates().contains(Thread.currentThread());
            threads.clear();
            team.run(30, 100, (_, _, _) -> threads.add(Thread.currentThread()));
            assertThat(threads).containsExactly(Thread.currentThread());
        }
    }

    @Test
    void aFailureInAWorkerReachesTheCallerAfterAllHaveEnded() {
        AtomicInteger ended = new AtomicInteger();
        try (CpuTeam team = new CpuTeam(2)) {
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
    void closeEndsTheThreads() {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        try (CpuTeam team = new CpuTeam(2)) {
            team.run(2, LARGE, (_, _, _) -> threads.add(Thread.currentThread()));
        }
        threads.remove(Thread.currentThread());
        assertThat(threads).hasSize(1).noneMatch(Thread::isAlive);
    }

    @Test
    void noThreadsAreRefused() {
        assertThatThrownBy(() -> new CpuTeam(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads is 0, but must be positive");
    }
}
