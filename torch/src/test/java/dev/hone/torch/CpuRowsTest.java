package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
final class CpuRowsTest {
    /** Something that bf16 holds exactly, as its double. */
    private static float value(int i) {
        return 1 + (i + 1) % 100;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rowsOfEveryLengthComeBackAndTouchNothingElse(boolean bf16) {
        long size = CpuRows.size(bf16);
        try (Arena arena = Arena.ofConfined();
                CpuScratch scratch = new CpuScratch()) {
            for (int n = 0; n <= 3 * CpuRows.GRANULE + 1; n++) {
                MemorySegment tensor = arena.allocate(size * (n + 2), 64);
                long first = tensor.address() + size;
                for (int i = -1; i <= n; i++) {
                    CpuRows.set(first + size * i, bf16, value(i));
                }
                scratch.reserve(1, n);
                long row = scratch.buffer(0);
                CpuRows.copyIn(first, bf16, n, -7, row);
                for (int i = 0; i < CpuRows.padded(n); i++) {
                    float expected = i < n ? value(i) : -7;
                    assertThat(CpuRows.get(row + 4L * i, false)).isEqualTo(expected);
                    CpuRows.set(row + 4L * i, false, 2 * expected);
                }
                CpuRows.copyOut(row, first, bf16, n);
                for (int i = -1; i <= n; i++) {
                    float expected = (i < 0 || i == n ? 1 : 2) * value(i);
                    assertThat(CpuRows.get(first + size * i, bf16)).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 200})
    void zeroSetsExactlyTheBytesAsked(int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes + 2L).fill((byte) 1);
            CpuRows.zero(memory.address() + 1, bytes);
            byte[] expected = new byte[bytes + 2];
            expected[0] = 1;
            expected[bytes + 1] = 1;
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 5000})
    void runsCoverATensorOnce(int elements) {
        int covered = 0;
        for (int run = 0; run < CpuRows.runs(elements); run++) {
            covered += CpuRows.runLength(run, elements);
        }
        assertThat(covered).isEqualTo(elements);
    }
}
