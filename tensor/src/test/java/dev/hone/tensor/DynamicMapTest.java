package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class DynamicMapTest {

    @Test
    void valuesAscendAndCoverTheirRange() {
        for (DynamicMap map : new DynamicMap[] {DynamicMap.signed(), DynamicMap.unsigned()}) {
            float[] values = map.values();
            float[] sorted = values.clone();
            Arrays.sort(sorted);
            assertThat(values).isEqualTo(sorted).doesNotHaveDuplicates().hasSize(256);
            assertThat(values[255]).isEqualTo(1);
            assertThat(values).contains(0);
            for (int code = 0; code < 256; code++) {
                assertThat(map.nearest(values[code])).isEqualTo(code);
            }
        }
        assertThat(DynamicMap.signed().value(127)).isZero();
        assertThat(DynamicMap.unsigned().value(0)).isZero();
    }

    /** The tree that bitsandbytes' kernels walk down, and what they do about a lost sign. */
    private static int walked(DynamicMap map, float x, boolean signed) {
        int pivot = 127;
        int above = 255;
        int below = 0;
        for (int half = 64; half > 0; half /= 2) {
            if (x > map.value(pivot)) {
                below = pivot;
                pivot += half;
            } else {
                above = pivot;
                pivot -= half;
            }
        }
        int code;
        if (x > map.value(pivot)) {
            code = x > (map.value(above) + map.value(pivot)) * 0.5f ? above : pivot;
        } else {
            code = x < (map.value(below) + map.value(pivot)) * 0.5f ? below : pivot;
        }
        boolean lost = signed && x != 0 && map.value(code) < 0 != x < 0;
        return lost ? code + (x > 0 ? 1 : -1) : code;
    }

    @Test
    void everyNumberGetsTheCodeThatBitsandbytesFinds() {
        SplittableRandom random = new SplittableRandom(4);
        for (boolean signed : new boolean[] {true, false}) {
            DynamicMap map = signed ? DynamicMap.signed() : DynamicMap.unsigned();
            for (int i = 0; i < 255; i++) {
                float middle = (map.value(i) + map.value(i + 1)) * 0.5f;
                for (float x : new float[] {Math.nextDown(middle), middle, Math.nextUp(middle)}) {
                    assertThat(map.nearest(x)).as("%s", x).isEqualTo(walked(map, x, signed));
                }
            }
            int wrong = 0;
            for (int i = 0; i < 200_000; i++) {
                double size = Math.pow(10, -random.nextDouble(9));
                float x = (float) (signed && random.nextBoolean() ? -size : size);
                wrong += map.nearest(x) == walked(map, x, signed) ? 0 : 1;
            }
            assertThat(wrong).isZero();
        }
    }

    @Test
    void theCodeIsTheNumberOfBoundsBelow() {
        SplittableRandom random = new SplittableRandom(5);
        float[] bounds = DynamicMap.signed().bounds();
        for (int i = 0; i < 10_000; i++) {
            float x = (float) random.nextDouble(-1, 1);
            int below = 0;
            while (below < bounds.length && x > bounds[below]) {
                below++;
            }
            assertThat(DynamicMap.signed().nearest(x)).isEqualTo(below);
        }
    }

    @Test
    void aNegativeNumberNeverBecomesZero() {
        DynamicMap map = DynamicMap.signed();
        assertThat(map.value(map.nearest(-Float.MIN_VALUE))).isNegative();
        assertThat(map.value(map.nearest(-1e-9f))).isNegative();
        assertThat(map.value(map.nearest(1e-9f))).isZero();
        assertThat(map.value(map.nearest(0))).isZero();
    }
}
