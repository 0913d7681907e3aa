package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;

/**
 * Cosines and sines of rotary positions: angle of position p and pair i is p · f_i, f_i =
 * theta^(−2i/E) after scaling (Su et al., arXiv 2104.09864). Angles are formed in fp32, as
 * transformers does.
 */
final class RotaryTable {
    private final float[] frequencies; // [E/2]

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
        return upload(ops, positions, true);
    }

    /** sin of every position's angles, [T, E/2]. */
    Tensor sin(Ops ops, int[] positions) {
        return upload(ops, positions, false);
    }

    private Tensor upload(Ops ops, int[] positions, boolean cosine) {
        return ops.ofFloats(() -> values(positions, cosine), positions.length, frequencies.length);
    }

    private float[] values(int[] positions, boolean cosine) {
        int half = frequencies.length;
        float[] values = new float[positions.length * half];
        for (int t = 0; t < positions.length; t++) {
            for (int i = 0; i < half; i++) {
                float angle = positions[t] * frequencies[i];
                values[t * half + i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return values;
    }
}
