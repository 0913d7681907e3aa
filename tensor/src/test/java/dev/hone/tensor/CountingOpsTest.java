package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class CountingOpsTest {

    @Test
    void aLinearLayerCostsTwoFlopsAWeightAndToken() {
        CountingOps ops = CountingOps.fused(Device.CPU);
        Tensor x = ops.empty(DType.BF16, 100, 30);
        Tensor weight = ops.empty(DType.BF16, 40, 30);
        Tensor out = ops.linear(x, weight);
        assertThat(out.shape()).isEqualTo(Shape.of(100, 40));
        assertThat(ops.cost().flops()).isEqualTo(2L * 100 * 30 * 40);
        ops.linearBackward(out, weight);
        assertThat(ops.cost().flops()).isEqualTo(4L * 100 * 30 * 40);
    }

    @Test
    void attentionCostsFourFlopsAVisiblePairAndEntryOfAHead() {
        CountingOps ops = CountingOps.fused(Device.CPU);
        Sequences sequences = Sequences.of(0, 64);
        Tensor q = ops.empty(DType.BF16, 64, 8, 32);
        Tensor kv = ops.empty(DType.BF16, 64, 2, 32);
        ops.attention(q, kv, kv, sequences, AttentionSpec.causal(1));
        // One tile: its 64 queries are multiplied with all 64 keys, visible or not.
        assertThat(ops.cost().flops()).isEqualTo(4L * 64 * 64 * 8 * 32);
    }

    @Test
    void allLogitsNeverExistAtOnce() {
        CountingOps ops = CountingOps.fused(Device.CPU);
        long rows = 4096;
        long vocabulary = 128_000;
        Tensor hidden = ops.empty(DType.BF16, rows, 8);
        Tensor head = ops.empty(DType.BF16, vocabulary, 8);
        Tensor targets = ops.empty(DType.I64, rows);
        long before = ops.memory().liveBytes();
        ops.tokenLogProbs(hidden, head, targets);
        assertThat(ops.memory().peakBytes() - before).isLessThan(33L << 20);
        assertThat(rows * vocabulary * 2).isGreaterThan(30 * (33L << 20));
        assertThat(ops.memory().liveBytes() - before).isEqualTo(rows * 4);
    }

    @Test
    void composedKernelsTakeTemporariesThatFusedOnesDoNot() {
        long composed = peakOfNorm(CountingOps.composed(Device.CPU));
        long fused = peakOfNorm(CountingOps.fused(Device.CPU));
        long out = 10 * 64 * 2 + 10 * 4;
        assertThat(fused).isEqualTo(out);
        // x and its square, their mean and its root a row, the weight: all in fp32
        assertThat(composed).isEqualTo(out + 4 * (2 * 10 * 64 + 2 * 10 + 64));
    }

    private static long peakOfNorm(CountingOps ops) {
        Tensor x = ops.empty(DType.BF16, 10, 64);
        Tensor weight = ops.empty(DType.BF16, 64);
        long before = ops.memory().liveBytes();
        ops.rmsNorm(x, weight, 1e-6);
        return ops.memory().peakBytes() - before;
    }

    @Test
    void valuesReadBackAreZeros() {
        CountingOps ops = CountingOps.composed(Device.CPU);
        assertThat(ops.floats(ops.ofFloats(new float[] {1, 2}, 2))).containsExactly(0, 0);
        assertThat(ops.indices(ops.ofIndices(new int[] {3}))).containsExactly(0);
    }

    @Test
    void shapesThatDoNotFitAreRefusedAsOnADevice() {
        CountingOps ops = CountingOps.composed(Device.cuda(1));
        Tensor a = ops.empty(DType.F32, 2, 3);
        assertThatThrownBy(() -> ops.linearBackward(a, a))
                .hasMessage("F32[2, 3]@cuda:1 cannot be multiplied by F32[2, 3]@cuda:1");
        assertThatThrownBy(() -> ops.view(a, 7))
                .hasMessage("F32[2, 3]@cuda:1 cannot be viewed as [7]");
        assertThatThrownBy(() -> ops.rows(a, 1, 3))
                .hasMessage("[1, 3) is outside axis 0 of F32[2, 3]@cuda:1");
    }

    @Test
    void everyOperationIsKeptWithItsArithmeticAndItsTraffic() {
        CountingOps ops = CountingOps.fused(Device.CPU);
        Tensor x = ops.empty(DType.BF16, 100, 30);
        Tensor weight = ops.empty(DType.BF16, 40, 30);
        ops.linear(x, weight);
        ops.linear(x, weight);
        ops.add(x, x);
        long product = 2 * (100 * 30 + 40 * 30 + 100 * 40);
        long sum = 2 * 3 * 100 * 30;
        assertThat(ops.cost().work())
                .isEqualTo(
                        Map.of(
                                new Cost.Work(2L * 100 * 30 * 40, product), 2L,
                                new Cost.Work(0, sum), 1L));
        assertThat(ops.cost().bytesMoved()).isEqualTo(2 * product + sum);
        ops.cost().restart();
        assertThat(ops.cost().work()).isEmpty();
        assertThat(ops.cost().flops()).isZero();
    }
}
