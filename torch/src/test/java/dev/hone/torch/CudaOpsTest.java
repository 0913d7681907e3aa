package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.AttentionSpec;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Stat;
import org.bytedeco.pytorch.cuda.DeviceStats;
import org.bytedeco.pytorch.global.torch_cuda;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations on a card: what they hold against paper and allocator, and attention in one piece. */
@Tag("gpu")
final class CudaOpsTest {

    static Stream<Arguments> cases() {
        return OpsCountingTest.fused();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsCountedIsWhatIsHeld(OpsCases.Case program, DType dtype) {
        try (Ops paper = CountingOps.of(Device.cuda(0));
                Ops card = TorchOps.cuda(0)) {
            assertThat(OpsCountingTest.books(card, program, dtype))
                    .isEqualTo(OpsCountingTest.books(paper, program, dtype));
        }
    }

    /** The allocator gives out multiples of 512 bytes, and cuBLAS has its workspace from it. */
    @ParameterizedTest
    @MethodSource("cases")
    void theAllocatorAgrees(OpsCases.Case program, DType dtype) {
        try (Ops ops = TorchOps.cuda(0)) {
            warm(ops, program, dtype);
            long before = requested(false);
            try (Scope _ = ops.scope()) {
                Runnable operation = program.program().prepare(ops, dtype);
                long held = ops.memory().liveBytes();
                assertThat(requested(false) - before).as("prepared").isEqualTo(held);
                ops.memory().resetPeak();
                torch_cuda.getAllocator().resetPeakStats((byte) 0);
                operation.run();
                long peak = requested(true) - before;
                System.out.printf(
                        "%s %s: peak %,d, the allocator's %,d%n",
                        program, dtype, ops.memory().peakBytes(), peak);
                assertThat(peak).as("peak").isEqualTo(ops.memory().peakBytes());
            }
            assertThat(requested(false)).as("left").isEqualTo(before);
        }
    }

    /** Lets libraries take what they keep. */
    private static void warm(Ops ops, OpsCases.Case program, DType dtype) {
        try (Scope _ = ops.scope()) {
            program.program().prepare(ops, dtype).run();
        }
    }

    /** Bytes that were asked for: now, or at the peak. */
    private static long requested(boolean peak) {
        try (DeviceStats stats = torch_cuda.getAllocator().getDeviceStats((byte) 0);
                Stat requested = stats.requested_bytes()) {
            return peak ? requested.peak() : requested.current();
        }
    }

    static Stream<Arguments> attention() {
        return Stream.of(
                Arguments.of(8, 8, 64, Sequences.of(0, 300), 0),
                Arguments.of(8, 2, 128, Sequences.of(0, 7, 200, 201, 777), 0),
                Arguments.of(9, 3, 64, Sequences.of(0, 130, 1030), 50),
                Arguments.of(4, 4, 256, Sequences.of(0, 77, 90), 0),
                Arguments.of(4, 1, 64, new Sequences(new int[] {0, 9}, new int[] {0, 200}), 0));
    }

    @ParameterizedTest
    @MethodSource
    void attention(int heads, int keyHeads, int size, Sequences sequences, int window) {
        AttentionSpec spec = new AttentionSpec(1 / Math.sqrt(size), window);
        try (TorchOps card = TorchOps.cuda(0);
                Scope _ = card.scope()) {
            Tensor q = normal(card, 1, sequences.queries(), heads, size);
            Tensor k = normal(card, 2, sequences.keys(), keyHeads, size);
            Tensor v = normal(card, 3, sequences.keys(), keyHeads, size);
            Tensor dOut = normal(card, 4, sequences.queries(), heads, size);
            var whole = card.attention(q, k, v, sequences, spec);
            var gradients = card.attentionBackward(dOut, q, k, v, whole, sequences, spec);
            Tensor wideQ = card.cast(q, DType.F32);
            Tensor wideK = card.cast(k, DType.F32);
            Tensor wideV = card.cast(v, DType.F32);
            var tiles = card.attention(wideQ, wideK, wideV, sequences, spec);
            var wide =
                    card.attentionBackward(
                            card.cast(dOut, DType.F32),
                            wideQ,
                            wideK,
                            wideV,
                            tiles,
                            sequences,
                            spec);
            near("out", card, whole.out(), tiles.out());
            near("dQ", card, gradients.dQ(), wide.dQ());
            near("dK", card, gradients.dK(), wide.dK());
            near("dV", card, gradients.dV(), wide.dV());
        }
    }

    private static Tensor normal(Ops ops, long seed, long... dims) {
        return ops.normal(DType.BF16, Shape.of(dims), 1, seed);
    }

    /** Relative to all values together: bf16 products differ in their last bits. */
    private static void near(String what, Ops ops, Tensor found, Tensor expected) {
        float[] a = ops.floats(found);
        float[] b = ops.floats(expected);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            difference += Math.pow(a[i] - b[i], 2);
            size += Math.pow(b[i], 2);
        }
        double relative = Math.sqrt(difference / size);
        System.out.printf("%s %s: relative difference %.2e%n", what, found, relative);
        assertThat(relative).as(what).isLessThan(1e-2);
    }
}
