package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class MemoryTest {
    private final CountingOps ops = CountingOps.composed(Device.CPU);
    private final Memory memory = ops.memory();

    @Test
    void bytesFollowTheDtype() {
        for (DType dtype : DType.values()) {
            try (Tensor tensor = ops.empty(dtype, 3, 5)) {
                assertThat(tensor.bytes()).isEqualTo(15L * dtype.bytes());
                assertThat(memory.liveBytes()).isEqualTo(tensor.bytes());
            }
        }
        assertThat(memory.liveBytes()).isZero();
    }

    @Test
    void thePeakStaysUntilItIsReset() {
        Tensor small = ops.empty(DType.F32, 10);
        ops.empty(DType.F32, 90).close();
        assertThat(memory.liveBytes()).isEqualTo(40);
        assertThat(memory.peakBytes()).isEqualTo(400);
        memory.resetPeak();
        assertThat(memory.peakBytes()).isEqualTo(40);
        small.close();
        assertThat(memory.peakBytes()).isEqualTo(40);
    }

    @Test
    void viewsAreTensorsWithoutBytesAndHoldTheirStorage() {
        Tensor base = ops.empty(DType.F32, 10, 4);
        Tensor rows = ops.rows(base, 2, 5);
        Tensor flat = ops.view(rows, 12);
        assertThat(memory.liveTensors()).isEqualTo(3);
        assertThat(memory.liveBytes()).isEqualTo(160);
        base.close();
        rows.close();
        assertThat(memory.liveTensors()).isEqualTo(1);
        assertThat(memory.liveBytes()).isEqualTo(160);
        flat.close();
        flat.close();
        assertThat(memory.liveTensors()).isZero();
        assertThat(memory.liveBytes()).isZero();
    }

    @Test
    void anObserverSeesEveryStorageComeAndGoOnceViewsOrNot() {
        List<String> seen = new ArrayList<>();
        ops.empty(DType.F32, 1);
        memory.observe(
                new Memory.Observer() {
                    @Override
                    public void allocated(long id, long bytes) {
                        seen.add("+" + id + " " + bytes);
                    }

                    @Override
                    public void freed(long id) {
                        seen.add("-" + id);
                    }
                });
        Tensor base = ops.empty(DType.F32, 10);
        Tensor view = ops.view(base, 2, 5);
        base.close();
        ops.empty(DType.BF16, 3).close();
        view.close();
        assertThat(seen).containsExactly("+1 40", "+2 6", "-2", "-1");
    }
}
