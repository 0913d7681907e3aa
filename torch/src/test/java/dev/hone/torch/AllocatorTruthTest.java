package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.DType;
import dev.hone.tensor.Memory;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The books of {@link Memory} against libtorch's own allocator.
 *
 * <p>What is live agrees to the byte. At the peak libtorch holds a little beside what was asked
 * for: a scalar operand it wraps into a tensor, and, during a bf16 product, oneDNN's packing
 * buffer, of which Muon has some in every dtype. Its size follows the processor's cache, not the
 * operands.
 */
@Tag("unit")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the witness speaks the Itanium C++ ABI")
final class AllocatorTruthTest {
    private static final long WRAPPED_SCALARS = 16;
    private static final long PACKING_BUFFER = 2L << 20;

    static Stream<Arguments> fused() {
        return OpsCountingTest.fused();
    }

    static Stream<Arguments> composed() {
        return OpsCountingTest.composed();
    }

    @ParameterizedTest
    @MethodSource
    void fused(OpsCases.Case program, DType dtype) {
        try (Ops ops = TorchOps.cpu(1)) {
            compare(ops, program, dtype);
        }
    }

    @ParameterizedTest
    @MethodSource
    void composed(OpsCases.Case program, DType dtype) {
        try (Ops ops = TorchOps.cpuReference(1)) {
            compare(ops, program, dtype);
        }
    }

    private static void compare(Ops ops, OpsCases.Case program, DType dtype) {
        Memory memory = ops.memory();
        try (NativeAllocations allocator = new NativeAllocations()) {
            try (Scope _ = ops.scope()) {
                Runnable operation = program.program().prepare(ops, dtype);
                memory.resetPeak();
                allocator.resetPeak();
                operation.run();
                boolean packs = dtype == DType.BF16 || program.name().startsWith("muon");
                long beside = allocator.peakBytes() - memory.peakBytes();
                System.out.printf(
                        "%s %s: peak %,d, and %,d beside it%n",
                        program, dtype, memory.peakBytes(), beside);
                assertThat(allocator.liveBytes()).as("live").isEqualTo(memory.liveBytes());
                assertThat(beside)
                        .as("peak beside %,d", memory.peakBytes())
                        .isBetween(0L, WRAPPED_SCALARS + (packs ? PACKING_BUFFER : 0));
            }
            assertThat(allocator.liveBytes()).as("left").isZero();
            assertThat(memory.liveBytes()).as("left").isZero();
        }
    }

    @Test
    void theWitnessSeesATemporaryThatLibtorchHides() {
        TorchRuntime.load();
        try (NativeAllocations allocator = new NativeAllocations();
                Tensor wide = torch.zeros(1000);
                Tensor narrow = wide.to(torch.ScalarType.BFloat16)) {
            assertThat(allocator.liveBytes()).isEqualTo(6000);
            narrow.add_(wide); // computes in fp32, in copies of its operand and result
            assertThat(allocator.liveBytes()).isEqualTo(6000);
            assertThat(allocator.peakBytes()).isGreaterThanOrEqualTo(10_000);
        }
    }
}
