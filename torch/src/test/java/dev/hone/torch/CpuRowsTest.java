package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
final class CpuRowsTest {
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
                    CpuRows.set(first + size * i, bf16, i + 100);
                }
                scratch.reserve(1, n);
                long row = scratch.buffer(0);
                CpuRows.copyIn(first, bf16, n, -7, row);
                for (int i = 0; i < CpuRows.padded(n); i++) {
                    float expected = i < n ? i + 100 : -7;
                    assertThat(CpuRows.get(row + 4L * i, false)).isEqualTo(expected);
                    CpuRows.set(row + 4L * i, false, 2 * expected);
                }
                CpuRows.copyOut(row, first, bf16, n);
                for (int i = -1; i <= n; i++) {
                    float expected = i < 0 || i == n ? i + 100 : 2 * (i + 100);
                    assertThat(CpuRows.get(first + size * i, bf16)).isEqualTo(expected);
                }
            }
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
