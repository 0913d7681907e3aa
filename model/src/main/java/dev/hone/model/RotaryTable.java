package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.util.Arrays;

/**
 * Cosines and sines of rotary positions: angle of position p and pair i is p · f_i, f_i =
 * theta^(−2i/E) after scaling (Su et al., arXiv 2104.09864). Angles are formed in fp32, as
 * transformers does.
 */
final class RotaryTable {
    /** Positions whose angles are formed together. */
    private static final int AHEAD = 256;

    private final float[] frequencies; // [E/2]
    private float[] cosines = {}; // [positions seen, E/2]
    private float[] sines = {};

    RotaryTable(ModelConfig config) {
        int half = config.headSize() / 2;
        this.frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            double frequency = Math.pow(config.ropeTheta(), -2.0 * i / config.headSize());
            frequencies[i] = (float) config.ropeScaling().scale(frequency);
        }
    }

    /** cos of every position's angles, [T, E/2]. */
    Tensor cos(Ops ops, int[] positions) {
        return ops.ofFloats(() -> rows(positions, true), positions.length, frequencies.length);
    }

    /** sin of every position's angles, [T, E/2]. */
    Tensor sin(Ops ops, int[] positions) {
        return ops.ofFloats(() -> rows(positions, false), positions.length, frequencies.length);
    }

    /** Forms the angles of positions that were not seen before. */
    private void extend(int[] positions) {
        int half = frequencies.length;
        int known = cosines.length / half;
        int last = Arrays.stream(positions).max().orElse(-1);
        if (last < known) {
            return;
        }
        int wanted = (last / AHEAD + 1) * AHEAD;
        cosines = Arrays.copyOf(cosines, wanted * half);
        sines = Arrays.copyOf(sines, wanted * half);
        for (int position = known; position < wanted; position++) {
            for (int i = 0; i < half; i++) {
                float angle = position * frequencies[i];
                cosines[position * half + i] = (float) Math.cos(angle);
                sines[position * half + i] = (float) Math.sin(angle);
            }
        }
    }

    private float[] rows(int[] positions, boolean cosine) {
        extend(positions);
        float[] table = cosine ? cosines : sines;
        int half = frequencies.length;
        float[] values = new float[positions.length * half];
        for (int t = 0; t < positions.length; t++) {
            System.arraycopy(table, positions[t] * half, values, t * half, half);
        }
        return values;
    }
}
