package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.OutOfDeviceMemoryException;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Who frees what and when, whose thread it is, and what errors say. */
@Tag("unit")
final class TorchLifetimeTest {
    private TorchOps ops;

    @BeforeEach
    void open() {
        ops = TorchOps.cpuReference(1);
    }

    @AfterEach
    void close() {
        ops.close();
    }

    @Test
    void aCardsOutOfMemoryIsToldWithoutAdviceOnAllocators() {
        RuntimeException failure =
                new RuntimeException(
                        "CUDA out of memory. Tried to allocate 3.50 GiB. GPU 0 has a total capacity of 139.80 GiB of which 355.12 MiB is free. Including non-PyTorch memory, this process has 139.45 GiB memory in use.");
        assertThat(TorchFailure.of(failure, Device.cuda(0), ops.memory()))
                .isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessage(
                        "cuda:0 is out of memory with 0 bytes of tensors live (peak 0): CUDA out of memory. Tried to allocate 3.50 GiB. GPU 0 has a total capacity of 139.80 GiB of which 355.12 MiB is free; live are none");
    }

    @Test
    void aStepLeavesAsManyTensorsAsItFound() {
        try (Scope _ = ops.scope()) {
            Tensor x = ops.normal(DType.F32, Shape.of(20, 8), 1, 1);
            Tensor weight = ops.normal(DType.F32, Shape.of(8, 8), 1, 2);
            long tensors = ops.memory().liveTensors();
            long bytes = ops.memory().liveBytes();
            for (int step = 0; step < 3; step++) {
                try (Scope _ = ops.scope()) {
                    ops.rmsNorm(ops.linear(x, weight), ops.rows(weight, 0, 1), 1e-5);
                }
                assertThat(ops.memory().liveTensors()).isEqualTo(tensors);
                assertThat(ops.memory().liveBytes()).isEqualTo(bytes);
            }
        }
        assertThat(ops.memory().liveTensors()).isZero();
        assertThat(ops.memory().liveBytes()).isZero();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the witness speaks the Itanium C++ ABI")
    void closingFreesNativeMemoryAtOnceAndWithTheLastView() {
        try (NativeAllocations allocator = new NativeAllocations()) {
            Tensor x = ops.zeros(DType.F32, Shape.of(100, 10));
            Tensor rows = ops.rows(x, 50, 60);
            assertThat(allocator.liveBytes()).isEqualTo(4000);
            x.close();
            assertThat(allocator.liveBytes()).isEqualTo(4000);
            assertThat(ops.memory().liveBytes()).isEqualTo(4000);
            assertThat(ops.floats(rows)).containsOnly(0);
            rows.close();
            assertThat(allocator.liveBytes()).isZero();
            assertThat(ops.memory().liveBytes()).isZero();
        }
    }

    @Test
    void aTensorThatWasClosedCannotBeUsed() {
        Tensor x = ops.zeros(DType.F32, Shape.of(2, 3));
        Tensor y = ops.zeros(DType.F32, Shape.of(2, 3));
        x.close();
        x.close();
        assertThatThrownBy(() -> ops.add(x, y))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this F32[2, 3]@cpu was closed before it was used");
        assertThatThrownBy(() -> ops.view(x, 6))
                .hasMessage("this F32[2, 3]@cpu was closed before it was used");
        y.close();
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void anEngineRefusesOtherThreads() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread stranger =
                Thread.ofPlatform()
                        .name("stranger")
                        .start(() -> {
                            try {
                                ops.empty(DType.F32, 1);
                            } catch (IllegalStateException e) {
                                thrown.set(e);
                            }
                        });
        stranger.join();
        assertThat(thrown.get())
                .hasMessage(
                        "this engine belongs to thread \"%s\", but thread \"stranger\" called it: hand the work over",
                        Thread.currentThread().getName());
    }

    @Test
    void anEngineRefusesVirtualThreads() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofVirtual()
                .name("light")
                .start(() -> {
                    try {
                        TorchOps.cpu(1).close();
                    } catch (IllegalStateException e) {
                        thrown.set(e);
                    }
                })
                .join();
        assertThat(thrown.get())
                .hasMessage(
                        "an engine needs a platform thread, found the virtual thread \"light\"");
    }

    @Test
    void anEngineRefusesToRunOnNoThreads() {
        assertThatThrownBy(() -> TorchOps.cpu(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads must be at least 1, found 0");
    }

    @Test
    void aClosedEngineMakesNoTensors() {
        TorchOps closed = TorchOps.cpu(1);
        closed.close();
        assertThatThrownBy(() -> closed.empty(DType.F32, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this engine was closed before it was used");
    }

    @Test
    void outOfMemorySaysWhatIsLive() {
        try (Scope _ = ops.scope()) {
            ops.zeros(DType.F32, Shape.of(1000));
            ops.rows(ops.zeros(DType.F32, Shape.of(500)), 0, 1).close();
            assertThatThrownBy(() -> ops.empty(DType.U8, 1L << 60))
                    .isInstanceOfSatisfying(
                            OutOfDeviceMemoryException.class,
                            e -> {
                                assertThat(e.liveBytes()).isEqualTo(6000);
                                assertThat(e.peakBytes()).isEqualTo(6000);
                                assertThat(e.device()).isEqualTo(ops.device());
                            })
                    .hasMessageStartingWith(
                            "cpu is out of memory with 6,000 bytes of tensors live (peak 6,000): ")
                    .hasMessageContaining("you tried to allocate 1152921504606846976 bytes");
            assertThat(ops.memory().liveBytes()).isEqualTo(6000);
        }
    }

    @Test
    void whatLibtorchRefusesIsOneLine() {
        try (Scope _ = ops.scope()) {
            Tensor table = ops.zeros(DType.F32, Shape.of(3, 2));
            assertThatThrownBy(() -> ops.embedding(table, ops.ofIndices(new int[] {3})))
                    .isInstanceOf(TorchException.class)
                    .hasMessage("index out of range in self");
        }
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void mismatchesAreRefusedBeforeLibtorchSeesThem() {
        try (Scope _ = ops.scope()) {
            Tensor a = ops.zeros(DType.F32, Shape.of(2, 3));
            Tensor b = ops.zeros(DType.BF16, Shape.of(2, 3));
            assertThatThrownBy(() -> ops.add(a, b))
                    .hasMessage(
                            "dtypes differ: F32[2, 3]@cpu and BF16[2, 3]@cpu; cast one of them first");
            assertThatThrownBy(() -> ops.linearBackward(a, a))
                    .hasMessage("F32[2, 3]@cpu cannot be multiplied by F32[2, 3]@cpu");
            assertThatThrownBy(() -> ops.view(a, 7))
                    .hasMessage("F32[2, 3]@cpu cannot be viewed as [7]");
            assertThatThrownBy(() -> ops.rows(a, 1, 3))
                    .hasMessage("[1, 3) is outside axis 0 of F32[2, 3]@cpu");
            assertThatThrownBy(() -> ops.download(a, MemorySegment.ofArray(new float[5])))
                    .hasMessage("20 bytes on the host do not fit F32[2, 3]@cpu, which has 24");
            Tensor square = ops.zeros(DType.F32, Shape.of(2, 2));
            assertThat(ops.floats(square)).containsExactly(0, 0, 0, 0);
        }
    }
}
