package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.DynamicMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DoubleQuantizationTest {

    /** Step by step from the lowest value on, as the nearest was found before. */
    private static int nearestByStep(float x) {
        float[] map = DynamicMap.signed().values();
        double value = Math.rint((x + 1) * 32767.5f) / 32767.5 - 1;
        int above = 0;
        while (above < map.length - 1 && value > ((double) map[above] + map[above + 1]) / 2) {
            above++;
        }
        return above;
    }

    @Test
    void theNearestIsFoundWhereverTheValueIs() {
        for (int i = -70_000; i <= 70_000; i++) {
            float x = i / 65_536f;
            assertThat(DoubleQuantization.nearest(x)).as("%s", x).isEqualTo(nearestByStep(x));
        }
        Random random = new Random(4);
        for (int i = 0; i < 100_000; i++) {
            float x = (float) (random.nextGaussian() * Math.pow(10, -random.nextInt(8)));
            assertThat(DoubleQuantization.nearest(x)).as("%s", x).isEqualTo(nearestByStep(x));
        }
        for (float value : DynamicMap.signed().values()) {
            for (float x : new float[] {Math.nextDown(value), value, Math.nextUp(value)}) {
                assertThat(DoubleQuantization.nearest(x)).as("%s", x).isEqualTo(nearestByStep(x));
            }
        }
        assertThat(DoubleQuantization.nearest(Float.NaN)).isEqualTo(nearestByStep(Float.NaN));
    }
}
