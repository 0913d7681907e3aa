package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostValuesTest {
    private static final int COUNT = 1000;

    /** What every format holds exactly. */
    private static float value(int i) {
        return i % 200 - 100;
    }

    private static HostValues stored(HostValues.Format format) {
        byte[] bytes = new byte[COUNT * 8];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        int size = 0;
        for (int i = 0; i < COUNT; i++) {
            float x = value(i);
            switch (format) {
                case F64 -> segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i, x);
                case F32 -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, x);
                case F16 ->
                        segment.set(
                                ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(x));
                case BF16 ->
                        segment.set(
                                ValueLayout.JAVA_SHORT_UNALIGNED,
                                2L * i,
                                (short) (Float.floatToRawIntBits(x) >>> 16));
            }
            size =
                    switch (format) {
                        case F64 -> 8;
                        case F32 -> 4;
                        case F16, BF16 -> 2;
                    };
        }
        return HostValues.of(
                Path.of("file"),
                new SafetensorsFile.Entry(
                        "w",
                        format.name(),
                        Shape.of(COUNT),
                        segment.asSlice(0, (long) size * COUNT)));
    }

    @ParameterizedTest
    @EnumSource
    void elementsAreReadFromAnywhereWhateverTheyAreStoredAs(HostValues.Format format) {
        HostValues values = stored(format);
        assertThat(values.count()).isEqualTo(COUNT);
        float[] some = new float[7];
        values.read(501, some);
        for (int i = 0; i < some.length; i++) {
            assertThat(some[i]).isEqualTo(value(501 + i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 999, 1000, 4096})
    void runsHoldEveryElementOnce(int most) {
        float[] seen = new float[COUNT];
        Arrays.fill(seen, Float.NaN);
        stored(HostValues.Format.BF16)
                .inRuns(
                        most,
                        (from, run) -> {
                            assertThat(run.length).isLessThanOrEqualTo(most);
                            System.arraycopy(run, 0, seen, (int) from, run.length);
                        });
        for (int i = 0; i < COUNT; i++) {
            assertThat(seen[i]).isEqualTo(value(i));
        }
    }

    @Test
    void wholeNumbersAreRefused() {
        var entry =
                new SafetensorsFile.Entry(
                        "w", "I8", Shape.of(2), MemorySegment.ofArray(new byte[2]));
        assertThatThrownBy(() -> HostValues.of(Path.of("file"), entry))
                .isInstanceOf(ModelException.class)
                .hasMessage("file: tensor 'w' has dtype I8; expected BF16, F16 or F32");
    }
}
