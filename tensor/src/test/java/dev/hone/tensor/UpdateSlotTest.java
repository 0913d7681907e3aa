package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class UpdateSlotTest {
    private final CountingOps ops = CountingOps.fused(Device.CPU);

    @Test
    void onlyBf16GoesWithoutAMaster() {
        Tensor value = ops.empty(DType.F32, 2, 3);
        assertThatThrownBy(() -> new UpdateSlot(null, value, value, List.of(), 1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("F32[2, 3]@cpu without a master: only BF16 is rounded by chance");
    }

    @Test
    void decayIsOfTheParametersOwnRate() {
        Tensor value = ops.empty(DType.F32, 2, 3);
        UpdateSlot slot = new UpdateSlot(value, value, value, List.of(), 16, 0.1, 0);
        UpdateStep step = new UpdateStep(1, 1e-3, 1, 0);
        assertThat(slot.rate(step)).isEqualTo(16e-3);
        assertThat(slot.decay(step)).isCloseTo(1 - 16e-4, within(1e-12));
    }
}
