package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
final class QuantizedMatrixTest {
    private final Ops ops = CountingOps.fused(Device.CPU);

    static Stream<Function<Ops, QuantizedMatrix>> kinds() {
        return Stream.of(
                ops -> int8(ops, 3, 5),
                ops ->
                        new Nf4(
                                Shape.of(3, 64),
                                ops.empty(DType.U8, 96),
                                new Nf4.Scales.Plain(ops.empty(DType.F32, 3))),
                ops ->
                        new Nf4(
                                Shape.of(3, 64),
                                ops.empty(DType.U8, 96),
                                new Nf4.Scales.Quantized(
                                        ops.empty(DType.U8, 3),
                                        ops.empty(DType.F32, 1),
                                        ops.empty(DType.F32, 256),
                                        0.25f)));
    }

    private static Int8 int8(Ops ops, long rows, long width) {
        return new Int8(ops.empty(DType.I8, rows, width), ops.empty(DType.F32, rows));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aMatrixIsRebuiltAroundTensorsLikeItsOwn(Function<Ops, QuantizedMatrix> kind) {
        QuantizedMatrix matrix = kind.apply(ops);
        List<Tensor> copies =
                matrix.tensors().stream().map(t -> ops.empty(t.dtype(), t.shape().dims())).toList();
        QuantizedMatrix rebuilt = matrix.around(copies);
        assertThat(rebuilt.tensors()).isEqualTo(copies);
        assertThat(rebuilt.shape()).isEqualTo(matrix.shape());
        assertThat(rebuilt.around(matrix.tensors())).isEqualTo(matrix);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itsTensorsAreAllThatItHolds(Function<Ops, QuantizedMatrix> kind) {
        QuantizedMatrix matrix = kind.apply(ops);
        assertThat(matrix.bytes()).isEqualTo(ops.memory().liveBytes());
        matrix.close();
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void otherTensorsAreRefused() {
        Int8 matrix = int8(ops, 3, 5);
        Int8 wider = int8(ops, 3, 6);
        assertThatThrownBy(() -> matrix.around(wider.tensors()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "expected tensors like [I8[3, 5]@cpu, F32[3]@cpu], found [I8[3, 6]@cpu,"
                                + " F32[3]@cpu]");
        assertThatThrownBy(() -> matrix.around(List.of(matrix.elements())))
                .hasMessage(
                        "expected tensors like [I8[3, 5]@cpu, F32[3]@cpu], found [I8[3, 5]@cpu]");
    }

    @Test
    void rowsWithoutAScaleEachAreRefused() {
        assertThatThrownBy(() -> new Int8(ops.empty(DType.I8, 3, 5), ops.empty(DType.F32, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("I8[3, 5]@cpu with F32[5]@cpu: expected I8 [out, in] and F32 [out]");
    }
}
