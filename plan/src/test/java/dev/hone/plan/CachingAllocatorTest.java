package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CachingAllocatorTest {
    private static final long MIB = 1 << 20;

    @Test
    void smallTensorsShareASegmentThatGrowsByTwoMebibytes() {
        CachingAllocator allocator = new CachingAllocator(0);
        for (int i = 0; i < 4096; i++) {
            allocator.allocated(i, 1);
        }
        assertThat(allocator.reservedBytes()).isEqualTo(2 * MIB);
        allocator.allocated(4096, 1);
        assertThat(allocator.reservedBytes()).isEqualTo(4 * MIB);
    }

    @Test
    void largerTensorsShareASegmentThatGrowsByTwentyMebibytes() {
        CachingAllocator allocator = new CachingAllocator(0);
        allocator.allocated(0, 5 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(20 * MIB);
        allocator.allocated(1, 36 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
        allocator.allocated(2, 19 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
    }

    @Test
    void whatIsFreeAtTheEndGrowsIntoALargerBlock() {
        CachingAllocator allocator = new CachingAllocator(0);
        allocator.allocated(0, 10 * MIB);
        allocator.allocated(1, 30 * MIB);
        allocator.freed(1);
        allocator.allocated(2, 45 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
    }

    @Test
    void theBlockAtTheEndIsTakenLast() {
        CachingAllocator allocator = new CachingAllocator(0);
        allocator.allocated(0, 10 * MIB);
        allocator.allocated(1, 6 * MIB); // 4 MiB are free behind it
        allocator.freed(0);
        allocator.allocated(2, 3 * MIB);
        allocator.allocated(3, 7 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(20 * MIB);
    }

    @Test
    void whatWasFreedIsTakenAgainBeforeTheCardIsAsked() {
        CachingAllocator allocator = new CachingAllocator(0);
        allocator.allocated(0, 60 * MIB);
        allocator.freed(0);
        allocator.allocated(1, 25 * MIB);
        allocator.allocated(2, 35 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
    }

    @Test
    void neighboursThatAreFreeAreJoined() {
        CachingAllocator allocator = new CachingAllocator(0);
        allocator.allocated(0, 60 * MIB);
        allocator.freed(0);
        allocator.allocated(1, 20 * MIB);
        allocator.allocated(2, 20 * MIB);
        allocator.allocated(3, 20 * MIB);
        allocator.freed(2);
        allocator.freed(1);
        allocator.freed(3);
        allocator.allocated(4, 60 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
    }

    @Test
    void theSmallestFreeBlockThatIsLargeEnoughIsTaken() {
        CachingAllocator allocator = new CachingAllocator(0);
        allocator.allocated(0, 40 * MIB);
        allocator.allocated(1, 20 * MIB);
        allocator.freed(0);
        allocator.freed(1);
        allocator.allocated(2, 20 * MIB);
        allocator.allocated(3, 40 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
    }

    @Test
    void cublasTakesItsWorkspaceFirst() {
        CachingAllocator allocator = new CachingAllocator();
        assertThat(allocator.reservedBytes()).isEqualTo(40 * MIB);
        allocator.allocated(0, 9 * MIB);
        assertThat(allocator.reservedBytes()).isEqualTo(60 * MIB);
    }

    @Test
    void reservedIsNeverLessThanWhatIsLive() {
        SplittableRandom random = new SplittableRandom(7);
        CachingAllocator allocator = new CachingAllocator(0);
        List<long[]> live = new ArrayList<>();
        long bytes = 0;
        long most = 0;
        for (int id = 0; id < 5000; id++) {
            if (!live.isEmpty() && random.nextInt(5) < 2) {
                long[] gone = live.remove(random.nextInt(live.size()));
                allocator.freed(gone[0]);
                bytes -= gone[1];
            }
            long size = 1L << random.nextInt(26);
            allocator.allocated(id, size);
            live.add(new long[] {id, size});
            bytes += size;
            most = Math.max(most, bytes);
            assertThat(allocator.reservedBytes()).isGreaterThanOrEqualTo(bytes);
        }
        assertThat(allocator.reservedBytes()).isLessThan(2 * most);
    }
}
