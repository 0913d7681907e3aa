package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Memory;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is counted on paper is what the engines on libtorch hold, byte for byte. */
@Tag("unit")
final class OpsCountingTest {

    /** The books after an operation, and after all it made is closed. */
    record Books(
            long liveBytes, long peakBytes, long liveTensors, long leftBytes, long leftTensors) {}

    static Stream<Arguments> composed() {
        return cases(DType.F64, DType.F32, DType.BF16);
    }

    static Stream<Arguments> fused() {
        return cases(DType.F32, DType.BF16);
    }

    private static Stream<Arguments> cases(DType... dtypes) {
        return OpsCases.all()
                .flatMap(program -> Stream.of(dtypes).map(d -> Arguments.of(program, d)));
    }

    @ParameterizedTest
    @MethodSource
    void composed(OpsCases.Case program, DType dtype) {
        try (Ops paper = CountingOps.composed(Device.CPU);
                Ops torch = TorchOps.cpuReference(1)) {
            assertThat(books(torch, program, dtype)).isEqualTo(books(paper, program, dtype));
        }
    }

    @ParameterizedTest
    @MethodSource
    void fused(OpsCases.Case program, DType dtype) {
        try (Ops paper = CountingOps.fused(Device.CPU);
                Ops torch = TorchOps.cpu(1)) {
            assertThat(books(torch, program, dtype)).isEqualTo(books(paper, program, dtype));
        }
    }

    static Books books(Ops ops, OpsCases.Case program, DType dtype) {
        Memory memory = ops.memory();
        long live;
        long peak;
        long tensors;
        try (Scope _ = ops.scope()) {
            Runnable operation = program.program().prepare(ops, dtype);
            memory.resetPeak();
            operation.run();
            live = memory.liveBytes();
            peak = memory.peakBytes();
            tensors = memory.liveTensors();
        }
        return new Books(live, peak, tensors, memory.liveBytes(), memory.liveTensors());
    }
}
